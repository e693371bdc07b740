#include "client/kvbench/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>

namespace quorate::client::kvbench {
namespace {

constexpr std::size_t kParts = 128;  // of each power of two
constexpr int kPartBits = 7;

// Values below 2 * kParts have a bucket each; of each power of two above, the upper 8 bits tell.
std::size_t bucket_of(std::uint64_t value) {
  const int shift = std::max(0, static_cast<int>(std::bit_width(value)) - kPartBits - 1);
  return static_cast<std::size_t>(shift) * kParts + static_cast<std::size_t>(value >> shift);
}

std::uint64_t last_of(std::size_t bucket) {
  const std::size_t shift = bucket < 2 * kParts ? 0 : bucket / kParts - 1;
  return ((std::uint64_t{bucket - shift * kParts} + 1) << shift) - 1;
}

}  // namespace

Histogram::Histogram() : buckets_(bucket_of(static_cast<std::uint64_t>(kLongest)) + 1) {}

void Histogram::record(std::int64_t ns) {
  const std::int64_t value = std::max<std::int64_t>(0, ns);
  ++buckets_[bucket_of(static_cast<std::uint64_t>(std::min(value, kLongest)))];
  ++count_;
  max_ = std::max(max_, value);
}

void Histogram::merge(const Histogram& other) {
  for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

std::int64_t Histogram::at(double fraction) const {
  if (count_ == 0) return 0;
  const double wanted = std::ceil(fraction * static_cast<double>(count_));
  const std::uint64_t rank =
      std::clamp<std::uint64_t>(static_cast<std::uint64_t>(std::max(wanted, 1.0)), 1, count_);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= rank) return std::min(static_cast<std::int64_t>(last_of(i)), max_);
  }
  return max_;
}

}  // namespace quorate::client::kvbench
