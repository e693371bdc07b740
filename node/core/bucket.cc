#include "node/core/bucket.h"

#include <algorithm>
#include <charconv>

#include "node/base/hash.h"

namespace quorate {

std::uint32_t Quorum::resolve(std::uint32_t n, std::uint32_t default_count) const {
  switch (kind) {
    case Kind::kDefault:
      return default_count;
    case Kind::kCount:
      return count;
    case Kind::kOne:
      return 1;
    case Kind::kQuorum:
      return n / 2 + 1;
    case Kind::kAll:
      return n;
  }
  return default_count;
}

Result<Quorum> Quorum::parse(std::string_view text) {
  if (text == "default") return Quorum{};
  if (text == "one") return Quorum{Kind::kOne, 0};
  if (text == "quorum") return Quorum{Kind::kQuorum, 0};
  if (text == "all") return Quorum{Kind::kAll, 0};
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number == 0 ||
      number > kReplicasMax) {
    return invalid_input("\"" + std::string(text) + "\" is no quorum: give a number from 1 to " +
                         std::to_string(kReplicasMax) + ", or one, quorum or all");
  }
  return Quorum::of(number);
}

std::string Quorum::to_string() const {
  switch (kind) {
    case Kind::kDefault:
      return "default";
    case Kind::kCount:
      return std::to_string(count);
    case Kind::kOne:
      return "one";
    case Kind::kQuorum:
      return "quorum";
    case Kind::kAll:
      return "all";
  }
  return "unknown";
}

namespace {

Status within(const Bucket& bucket, const char* member, std::uint64_t value, std::uint64_t low,
              std::uint64_t high, const char* why_high) {
  if (value >= low && value <= high) return {};
  return invalid_input("bucket \"" + bucket.name + "\": " + member + " = " + std::to_string(value) +
                       " must be from " + std::to_string(low) + " to " + std::to_string(high) +
                       why_high);
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

}  // namespace

Status Bucket::validate() const {
  if (name.empty() || name.size() > kBucketNameBytesMax) {
    return invalid_input("a bucket's name must have 1 to " + std::to_string(kBucketNameBytesMax) +
                         " characters, \"" + name + "\" has " + std::to_string(name.size()));
  }
  for (char c : name) {
    if (!is_name_character(c)) {
      return invalid_input("bucket \"" + name +
                           "\": a name is made of letters, digits, '-', '_' and '.'");
    }
  }
  struct Bound {
    const char* member;
    std::uint64_t value, low, high;
    const char* why_high;
  };
  const Bound bounds[] = {
      {"n", n, 1, kReplicasMax, ""},
      {"r", r, 1, n, " (n: a read cannot wait for more replicas than there are)"},
      {"w", w, 1, n, " (n: a write cannot wait for more replicas than there are)"},
      {"key_bytes_max", key_bytes_max, 1, 65536, ""},
      {"value_bytes_max", value_bytes_max, 1, 1u << 20, ""},
      {"record_bytes_max", record_bytes_max, value_bytes_max, 16u << 20, ""},
      {"siblings_max", siblings_max, 1, 1000, ""},
  };
  for (const Bound& bound : bounds) {
    if (Status status =
            within(*this, bound.member, bound.value, bound.low, bound.high, bound.why_high);
        !status) {
      return status;
    }
  }
  return {};
}

Buckets::Buckets() { buckets_.emplace("default", Bucket{}); }

Status Buckets::add(Bucket bucket) {
  if (Status status = bucket.validate(); !status) return status;
  buckets_.insert_or_assign(bucket.name, std::move(bucket));
  return {};
}

const Bucket* Buckets::find(std::string_view name) const {
  const auto found = buckets_.find(name);
  return found == buckets_.end() ? nullptr : &found->second;
}

std::uint32_t Buckets::n_max() const {
  std::uint32_t most = 1;
  for (const auto& [name, bucket] : buckets_) most = std::max(most, bucket.n);
  return most;
}

std::uint64_t Buckets::hash() const {
  std::string text;
  for (const auto& [name, bucket] : buckets_) {
    text += name;
    for (const std::uint64_t member :
         {std::uint64_t{0}, static_cast<std::uint64_t>(bucket.type), std::uint64_t{bucket.n},
          std::uint64_t{bucket.r}, std::uint64_t{bucket.w},
          static_cast<std::uint64_t>(bucket.sloppy), static_cast<std::uint64_t>(bucket.read_repair),
          std::uint64_t{bucket.key_bytes_max}, std::uint64_t{bucket.value_bytes_max},
          std::uint64_t{bucket.record_bytes_max}, std::uint64_t{bucket.siblings_max}}) {
      text += '\0';
      text += std::to_string(member);
    }
    text += '\n';
  }
  return hash64(text);
}

}  // namespace quorate
