// Latencies in log-linear buckets, as HdrHistogram has them: every power of two is cut into 128
// equal parts, so that a quantile is never below the exact one and at most 1/128 (0.8 %) above it.
//
// Limits:     36 KiB whatever is recorded; what took longer than kLongest counts as kLongest, but
//             for max(), which is exact. tests/client/kvbench/histogram_test.cc.
#pragma once

#include <cstdint>
#include <vector>

namespace quorate::client::kvbench {

class Histogram {
 public:
  static constexpr std::int64_t kLongest = (std::int64_t{1} << 42) - 1;  // ns: 73 minutes

  Histogram();

  void record(std::int64_t ns);  // below 0 counts as 0
  void merge(const Histogram& other);

  std::uint64_t count() const { return count_; }
  std::int64_t max() const { return max_; }
  // The smallest of what was recorded that at least this fraction of it does not exceed, rounded up
  // to the end of its bucket; 0: nothing was recorded.
  std::int64_t at(double fraction) const;

 private:
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  std::int64_t max_ = 0;
};

}  // namespace quorate::client::kvbench
