#include "client/kvbench/workload.h"

#include <algorithm>
#include <cctype>
#include <cstdio>

#include "node/base/check.h"

namespace quorate::client::kvbench {
namespace {

constexpr std::size_t kPoolBytes = 4u << 20;
constexpr std::uint32_t kSmallBytes = 100;
constexpr std::uint32_t kYcsbBytes = 1000;  // ten fields of 100 bytes

}  // namespace

const char* operation_name(OperationKind kind) {
  switch (kind) {
    case OperationKind::kGet:
      return "get";
    case OperationKind::kPut:
      return "put";
    case OperationKind::kInsert:
      return "insert";
    case OperationKind::kReadModifyWrite:
      return "read-modify-write";
    case OperationKind::kCounterAdd:
      return "counter add";
    case OperationKind::kSetAdd:
      return "set add";
  }
  return "?";
}

const char* distribution_name(Distribution distribution) {
  switch (distribution) {
    case Distribution::kUniform:
      return "uniform";
    case Distribution::kZipf:
      return "zipf";
    case Distribution::kLatest:
      return "latest";
  }
  return "?";
}

bool Mix::reads() const {
  return percent[static_cast<std::size_t>(OperationKind::kGet)] > 0 ||
         percent[static_cast<std::size_t>(OperationKind::kReadModifyWrite)] > 0;
}

const std::vector<Mix>& all_mixes() {
  constexpr auto kUniform = Distribution::kUniform;
  constexpr auto kZipf = Distribution::kZipf;
  static const std::vector<Mix> mixes{
      {"put", "puts", {0, 100, 0, 0}, kUniform, kSmallBytes},
      {"counter", "additions to counters", {0, 0, 0, 0, 100}, kUniform, 0, "counter"},
      {"set", "adds of one element to sets", {0, 0, 0, 0, 0, 100}, kUniform, kSmallBytes, "set"},
      {"get", "gets", {100, 0, 0, 0}, kUniform, kSmallBytes},
      {"mixed", "mixed: half gets, half puts", {50, 50, 0, 0}, kUniform, kSmallBytes},
      {"A", "YCSB A: half gets, half puts", {50, 50, 0, 0}, kZipf, kYcsbBytes},
      {"B", "YCSB B: 95 % gets, 5 % puts", {95, 5, 0, 0}, kZipf, kYcsbBytes},
      {"C", "YCSB C: gets", {100, 0, 0, 0}, kZipf, kYcsbBytes},
      {"D",
       "YCSB D: 95 % gets of the latest, 5 % inserts",
       {95, 0, 5, 0},
       Distribution::kLatest,
       kYcsbBytes},
      {"F", "YCSB F: half gets, half read-modify-writes", {50, 0, 0, 50}, kZipf, kYcsbBytes}};
  return mixes;
}

const Mix* find_mix(std::string_view name) {
  std::string wanted(name);
  if (wanted.size() == 1) {
    wanted[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(wanted[0])));
  }
  for (const Mix& mix : all_mixes()) {
    if (wanted == mix.name) return &mix;
  }
  return nullptr;
}

std::string key_name(std::uint64_t key) {
  char text[32];
  const int length =
      std::snprintf(text, sizeof text, "bench:%012llu", static_cast<unsigned long long>(key));
  return std::string(text, static_cast<std::size_t>(length));
}

Values::Values(std::size_t bytes, std::uint64_t seed) : bytes_(bytes), random_(seed) {
  QUORATE_CHECK(bytes <= kBytesMax);
  pool_.reserve(kPoolBytes);
  while (pool_.size() < kPoolBytes) {
    const std::uint64_t bits = random_.next();
    for (int i = 0; i < 8; ++i) pool_.push_back(static_cast<char>(bits >> (8 * i)));
  }
}

std::string Values::next() { return pool_.substr(random_.below(kPoolBytes - bytes_), bytes_); }

std::string Values::of_key(std::uint64_t key) const {
  return pool_.substr(key * bytes_ % (kPoolBytes - bytes_), bytes_);
}

Workload::Workload(const Mix& mix, Distribution distribution, std::uint64_t keys,
                   std::uint64_t seed)
    : random_(seed), distribution_(distribution), keys_(keys), next_insert_(keys) {
  QUORATE_CHECK(keys >= 1);
  std::copy(std::begin(mix.percent), std::end(mix.percent), std::begin(percent_));
  if (distribution == Distribution::kZipf) popular_.emplace(keys);
  if (distribution == Distribution::kLatest) recent_.emplace(keys);
}

Operation Workload::next() {
  auto drawn = static_cast<unsigned>(random_.below(100));
  std::size_t kind = 0;
  while (kind + 1 < kOperationKinds && drawn >= percent_[kind]) drawn -= percent_[kind++];
  Operation operation{static_cast<OperationKind>(kind), 0};
  operation.key = operation.kind == OperationKind::kInsert ? next_insert_++ : choose_key();
  return operation;
}

std::uint64_t Workload::choose_key() {
  switch (distribution_) {
    case Distribution::kUniform:
      return random_.below(keys_);
    case Distribution::kZipf:
      return popular_->next(random_);
    case Distribution::kLatest:
      return keys_ - 1 - recent_->next(random_);
  }
  return 0;
}

void Workload::inserted(std::uint64_t key) {
  inserted_.insert(key);
  while (!inserted_.empty() && *inserted_.begin() == keys_) {
    inserted_.erase(inserted_.begin());
    ++keys_;
  }
  if (recent_) recent_->grow(keys_);
}

}  // namespace quorate::client::kvbench
