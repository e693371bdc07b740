#include "node/base/random.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <vector>

namespace quorate {
namespace {

// Simulations are replayed by their seeds: the sequence never changes. The first line is the
// published one of xoshiro256** seeded through splitmix64.
TEST(RandomTest, GivesTheSameSequenceForEver) {
  const struct {
    std::uint64_t seed;
    std::vector<std::uint64_t> draws;
  } vectors[] = {
      {0, {0x99ec5f36cb75f2b4, 0xbf6e1f784956452a, 0x1a5f849d4933e6e0, 0x6aa594f1262d2d2c}},
      {1, {0xb3f2af6d0fc710c5, 0x853b559647364cea, 0x92f89756082a4514, 0x642e1c7bc266a3a7}},
      {42, {0x15780b2e0c2ec716, 0x6104d9866d113a7e, 0xae17533239e499a1, 0xecb8ad4703b360a1}},
  };
  for (const auto& v : vectors) {
    Random random(v.seed);
    for (const std::uint64_t draw : v.draws) EXPECT_EQ(random.next(), draw);
  }
}

TEST(RandomTest, GivesTheSameBoundedSequenceForEver) {
  Random random(5);
  for (const std::uint64_t draw : {85u, 16u, 62u, 93u, 93u, 95u, 55u, 96u, 93u, 74u}) {
    EXPECT_EQ(random.below(100), draw);
  }
  for (const std::int64_t draw : {0, -8, -3, -6, 5, -10}) EXPECT_EQ(random.between(-10, 10), draw);
}

TEST(RandomTest, BelowIsEvenAlsoForBoundsThatDoNotDivide) {
  constexpr int kDraws = 100'000;
  for (const std::uint64_t bound :
       {std::uint64_t{2}, std::uint64_t{3}, std::uint64_t{7}, std::uint64_t{10}}) {
    Random random(bound);
    std::vector<int> counts(bound);
    for (int i = 0; i < kDraws; ++i) ++counts[random.below(bound)];
    const int mean = kDraws / static_cast<int>(bound);
    for (const int count : counts) {
      EXPECT_GT(count, mean * 95 / 100) << "bound " << bound;
      EXPECT_LT(count, mean * 105 / 100) << "bound " << bound;
    }
  }
}

// With a bound of three quarters of all numbers, taking the remainder alone would draw from the
// lower third twice as often as from the rest.
TEST(RandomTest, BelowHasNoBiasTowardsSmallNumbers) {
  constexpr std::uint64_t kBound = 3ULL << 62;
  Random random(9);
  int lower_third = 0;
  for (int i = 0; i < 30'000; ++i) {
    const std::uint64_t draw = random.below(kBound);
    ASSERT_LT(draw, kBound);
    if (draw < kBound / 3) ++lower_third;
  }
  EXPECT_GT(lower_third, 9'600);
  EXPECT_LT(lower_third, 10'400);
}

TEST(RandomTest, BelowOneIsZero) {
  Random random(3);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(random.below(1), 0u);
}

TEST(RandomTest, BetweenReachesBothEndsAndTheWholeRange) {
  Random random(4);
  std::set<std::int64_t> seen;
  for (int i = 0; i < 1'000; ++i) seen.insert(random.between(-2, 2));
  EXPECT_EQ(seen, (std::set<std::int64_t>{-2, -1, 0, 1, 2}));
  EXPECT_EQ(random.between(7, 7), 7);
  EXPECT_EQ(random.between(INT64_MAX, INT64_MAX), INT64_MAX);
  bool negative = false;
  bool positive = false;
  for (int i = 0; i < 100; ++i) {
    const std::int64_t draw = random.between(INT64_MIN, INT64_MAX);
    negative |= draw < 0;
    positive |= draw > 0;
  }
  EXPECT_TRUE(negative && positive);
}

TEST(RandomTest, ChanceIsNeverAlwaysOrAboutRight) {
  Random random(6);
  int hits = 0;
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_FALSE(random.chance(0, 5));
    ASSERT_TRUE(random.chance(5, 5));
    if (random.chance(1, 4)) ++hits;
  }
  EXPECT_GT(hits, 2'300);
  EXPECT_LT(hits, 2'700);
}

TEST(RandomTest, StreamsAreTheSameForOneConcernAndDifferForAnother) {
  std::set<std::uint64_t> first_draws;
  for (const char* concern : {"network", "disk", "workload"}) {
    for (std::uint64_t index = 0; index < 100; ++index) {
      Random once = Random::stream(7, concern, index);
      Random again = Random::stream(7, concern, index);
      const std::uint64_t draw = once.next();
      EXPECT_EQ(draw, again.next());
      EXPECT_TRUE(first_draws.insert(draw).second);
    }
  }
  EXPECT_NE(Random::stream(7, "network").next(), Random::stream(8, "network").next());
}

TEST(RandomDeathTest, AnEmptyRangeIsABug) {
  Random random(1);
  EXPECT_DEATH(random.below(0), "check failed");
  EXPECT_DEATH(random.between(1, 0), "check failed");
}

}  // namespace
}  // namespace quorate
