#include "sim/world/fixed_point.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "node/base/random.h"

namespace quorate::sim {
namespace {

double real(std::uint64_t fixed) {
  return static_cast<double>(fixed) / static_cast<double>(kFixedOne);
}

// Numbers of all sizes, and those where something changes: powers of two, table entries and their
// neighbours.
std::vector<std::uint64_t> telling_numbers() {
  std::vector<std::uint64_t> numbers;
  for (int bit = 0; bit < 64; ++bit) {
    const std::uint64_t power = std::uint64_t{1} << bit;
    for (const std::uint64_t number : {power - 1, power, power + 1}) {
      if (number > 0) numbers.push_back(number);
    }
  }
  for (std::uint64_t i = 128; i < 256; ++i) {
    for (const std::uint64_t number : {(i << 56) - 1, i << 56, (i << 56) + 1}) {
      numbers.push_back(number);
    }
  }
  numbers.push_back(UINT64_MAX);
  Random random(1);
  for (int i = 0; i < 100'000; ++i) {
    numbers.push_back(std::max<std::uint64_t>(random.next() >> random.below(64), 1));
  }
  return numbers;
}

TEST(FixedPointTest, log2_is_that_of_libm) {
  for (const std::uint64_t number : telling_numbers()) {
    const double expected = std::log2(static_cast<double>(number));
    ASSERT_NEAR(real(fixed_log2(number)), expected, 1e-13) << number;
  }
}

TEST(FixedPointTest, log2_never_falls) {
  std::vector<std::uint64_t> numbers = telling_numbers();
  std::sort(numbers.begin(), numbers.end());
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    // Where two table entries meet, the last bits may cross.
    ASSERT_LE(fixed_log2(numbers[i - 1]), fixed_log2(numbers[i]) + 16) << numbers[i];
  }
}

TEST(FixedPointTest, powers_are_those_of_libm) {
  Random random(2);
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t factor = std::uint64_t{1} << 20 | random.next() >> random.below(60);
    const std::uint64_t exponent = random.below(60 * kFixedOne);
    const double expected = static_cast<double>(factor) * std::exp2(real(exponent));
    const std::uint64_t power = scaled_exp2(factor, exponent);
    if (expected >= 0x1p64) {
      ASSERT_EQ(power, UINT64_MAX);
    } else {
      // Rounded down to an integer, hence the one.
      ASSERT_NEAR(static_cast<double>(power), expected, 1 + expected * 1e-12);
    }
  }
}

TEST(FixedPointTest, what_does_not_fit_is_the_largest_there_is) {
  EXPECT_EQ(scaled_exp2(1, 63 * static_cast<Wide>(kFixedOne)), std::uint64_t{1} << 63);
  EXPECT_EQ(scaled_exp2(2, 63 * static_cast<Wide>(kFixedOne)), UINT64_MAX);
  EXPECT_EQ(scaled_exp2(1, 64 * static_cast<Wide>(kFixedOne)), UINT64_MAX);
  EXPECT_EQ(scaled_exp2(1, static_cast<Wide>(UINT64_MAX) * 1'000), UINT64_MAX);
  EXPECT_EQ(scaled_exp2(0, static_cast<Wide>(UINT64_MAX) * 1'000), 0u);
}

TEST(FixedPointTest, exact_where_the_result_is) {
  for (std::uint64_t bit = 0; bit < 64; ++bit) {
    EXPECT_EQ(fixed_log2(std::uint64_t{1} << bit), bit << kFixedBits);
    EXPECT_EQ(scaled_exp2(1, static_cast<Wide>(bit) << kFixedBits), std::uint64_t{1} << bit);
  }
}

// The same bits from every compiler and in every build: a run's trace hash hangs on the last one.
TEST(FixedPointTest, golden_vectors) {
  std::uint64_t logs = 0;
  std::uint64_t powers = 0;
  Random random(3);
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t number = random.next();
    logs = logs * 31 + fixed_log2(number);
    powers = powers * 31 + scaled_exp2(number >> 30, number >> 6);
  }
  EXPECT_EQ(fixed_log2(3), 114208584442304135ULL);
  EXPECT_EQ(fixed_log2(10), 239370146084580907ULL);
  EXPECT_EQ(fixed_log2(0x123456789abcdef0), 4336874121601185430ULL);
  EXPECT_EQ(fixed_log2(UINT64_MAX), 4611686018427387903ULL);
  EXPECT_EQ(scaled_exp2(1'000'000'000'000, kFixedOne / 2), 1414213562373ULL);
  EXPECT_EQ(scaled_exp2(1'000'000'000'000, kFixedOne / 3), 1259921049894ULL);
  EXPECT_EQ(scaled_exp2(1'000'000'000'000, kFixedOne - 1), 1999999999999ULL);
  EXPECT_EQ(logs, 5476579983440353912ULL);
  EXPECT_EQ(powers, 2045183985089532830ULL);
}

}  // namespace
}  // namespace quorate::sim
