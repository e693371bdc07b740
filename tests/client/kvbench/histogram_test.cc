#include "client/kvbench/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "node/base/random.h"

namespace quorate::client::kvbench {
namespace {

constexpr double kFractions[] = {0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1};

std::int64_t exact(const std::vector<std::int64_t>& sorted, double fraction) {
  const double rank = std::ceil(fraction * static_cast<double>(sorted.size()));
  return sorted[static_cast<std::size_t>(std::max(1.0, rank)) - 1];
}

// Never below the exact quantile, and at most 1/128 above it.
void expect_near(const Histogram& histogram, std::vector<std::int64_t> values) {
  std::sort(values.begin(), values.end());
  for (const double fraction : kFractions) {
    const std::int64_t right = exact(values, fraction);
    EXPECT_GE(histogram.at(fraction), right) << fraction;
    EXPECT_LE(histogram.at(fraction), right + right / 128) << fraction;
  }
  EXPECT_EQ(histogram.count(), values.size());
  EXPECT_EQ(histogram.max(), values.back());
  EXPECT_EQ(histogram.at(1), values.back());
}

TEST(Histogram, QuantilesAreThoseOfTheValuesWithinTheirBound) {
  Random random(7);
  for (int round = 0; round < 200; ++round) {
    Histogram histogram;
    std::vector<std::int64_t> values;
    const auto count = 1 + random.below(2'000);
    const int bits = static_cast<int>(random.between(1, 41));
    for (std::uint64_t i = 0; i < count; ++i) {
      // Of every size up to so many bits, as latencies are.
      const int size = static_cast<int>(random.between(0, bits));
      values.push_back(static_cast<std::int64_t>(random.below(std::uint64_t{1} << size)));
      histogram.record(values.back());
    }
    expect_near(histogram, values);
  }
}

TEST(Histogram, SmallValuesAreExact) {
  Histogram histogram;
  for (int i = 0; i < 256; ++i) histogram.record(i);
  for (int i = 1; i <= 256; ++i) EXPECT_EQ(histogram.at(i / 256.0), i - 1);
}

TEST(Histogram, MergedIsAsIfAllHadBeenRecordedInOne) {
  Random random(8);
  Histogram parts[3];
  Histogram merged;
  std::vector<std::int64_t> values;
  for (int i = 0; i < 3'000; ++i) {
    values.push_back(random.between(0, 1'000'000'000));
    parts[i % 3].record(values.back());
  }
  for (const Histogram& part : parts) merged.merge(part);
  expect_near(merged, values);
}

TEST(Histogram, NothingAndTheExtremes) {
  Histogram histogram;
  EXPECT_EQ(histogram.at(0.99), 0);
  EXPECT_EQ(histogram.max(), 0);
  histogram.record(-5);
  EXPECT_EQ(histogram.at(0.5), 0) << "a clock cannot run backwards: nothing was measured";
  histogram.record(Histogram::kLongest + 12'345);
  EXPECT_EQ(histogram.max(), Histogram::kLongest + 12'345);
  EXPECT_EQ(histogram.at(1), Histogram::kLongest);
}

}  // namespace
}  // namespace quorate::client::kvbench
