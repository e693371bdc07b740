#include "sim/pbs/log_histogram.h"

#include <gtest/gtest.h>

#include <cmath>

#include "node/base/random.h"

namespace quorate::sim {
namespace {

TEST(LogHistogramTest, a_quantile_is_that_of_the_times) {
  LogHistogram histogram;
  for (SimTime time = 1; time <= 100'000; ++time) histogram.add(time * 1'000);
  EXPECT_NEAR(histogram.quantile(0.5), 50e6, 50e6 * 2e-4);
  EXPECT_NEAR(histogram.quantile(0.999), 99.9e6, 99.9e6 * 2e-4);
  EXPECT_NEAR(histogram.share_up_to(25'000'000), 0.25, 1e-4);
  EXPECT_DOUBLE_EQ(histogram.share_up_to(from_seconds(10)), 1);
}

TEST(LogHistogramTest, what_is_not_above_zero_counts_as_zero) {
  LogHistogram histogram;
  for (const SimTime time : {-5, 0, 0, 1'000}) histogram.add(time);
  EXPECT_DOUBLE_EQ(histogram.share_up_to(0), 0.75);
  EXPECT_DOUBLE_EQ(histogram.share_up_to(-1), 0);
  EXPECT_DOUBLE_EQ(histogram.quantile(0.75), 0);
  EXPECT_NEAR(histogram.quantile(1), 1'000, 1);
}

// Of an exponential the 99.9th percentile of n draws scatters by sqrt(999 / n) means.
TEST(LogHistogramTest, knows_its_standard_error) {
  Random random(1);
  LogHistogram histogram;
  constexpr int kDraws = 100'000;
  for (int i = 0; i < kDraws; ++i) {
    const double uniform = (static_cast<double>(random.next() >> 11) + 1) / 0x1p53;
    histogram.add(std::llround(-std::log(uniform) * 1e6));
  }
  EXPECT_NEAR(histogram.standard_error(0.999), std::sqrt(999.0 / kDraws) * 1e6, 0.03e6);
}

}  // namespace
}  // namespace quorate::sim
