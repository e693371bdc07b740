#include "client/kvbench/zipf.h"

#include <algorithm>
#include <cmath>

#include "node/base/check.h"

namespace quorate::client::kvbench {
namespace {

constexpr std::uint64_t kSummed = 10'000;  // terms one by one; the rest as an integral

double term(std::uint64_t k) { return std::pow(static_cast<double>(k), -kZipfTheta); }

// FNV-1a over the eight octets, as YCSB's Utils.fnvhash64.
std::uint64_t fnv_hash(std::uint64_t value) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (int i = 0; i < 8; ++i) {
    hash ^= value & 0xff;
    hash *= 1'099'511'628'211u;
    value >>= 8;
  }
  const auto number = static_cast<std::int64_t>(hash);
  return number < 0 ? 0 - hash : hash;
}

}  // namespace

double zipf_zeta(std::uint64_t n) {
  double sum = 0;
  const std::uint64_t exact = std::min(n, kSummed);
  for (std::uint64_t k = 1; k <= exact; ++k) sum += term(k);
  if (n == exact) return sum;
  // Euler and Maclaurin: the integral between the ends, and half of the difference of the ends.
  const double rest = 1 - kZipfTheta;
  const auto power = [rest](std::uint64_t k) { return std::pow(static_cast<double>(k), rest); };
  return sum + (power(n) - power(exact)) / rest + (term(n) - term(exact)) / 2;
}

Zipf::Zipf(std::uint64_t items) : items_(items), zeta_(zipf_zeta(items)) {
  QUORATE_CHECK(items >= 1);
  prepare();
}

void Zipf::prepare() {
  const double zeta_of_two = 1 + std::pow(0.5, kZipfTheta);
  eta_ = items_ <= 2 ? 0
                     : (1 - std::pow(2.0 / static_cast<double>(items_), 1 - kZipfTheta)) /
                           (1 - zeta_of_two / zeta_);
}

void Zipf::grow(std::uint64_t items) {
  QUORATE_CHECK(items >= items_);
  if (items == items_) return;
  if (items - items_ > kSummed) {
    zeta_ = zipf_zeta(items);
  } else {
    for (std::uint64_t k = items_ + 1; k <= items; ++k) zeta_ += term(k);
  }
  items_ = items;
  prepare();
}

std::uint64_t Zipf::next(Random& random) const {
  const double u = uniform_fraction(random);
  const double at = u * zeta_;
  if (at < 1) return 0;
  if (at < 1 + std::pow(0.5, kZipfTheta)) return std::min<std::uint64_t>(1, items_ - 1);
  const double rank =
      static_cast<double>(items_) * std::pow(eta_ * u - eta_ + 1, 1 / (1 - kZipfTheta));
  return std::min(static_cast<std::uint64_t>(rank), items_ - 1);
}

std::uint64_t ScrambledZipf::next(Random& random) const {
  return fnv_hash(rank_.next(random)) % items_;
}

double uniform_fraction(Random& random) {
  return static_cast<double>(random.next() >> 11) * 0x1.0p-53;
}

}  // namespace quorate::client::kvbench
