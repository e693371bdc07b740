#include "node/causality/hybrid_clock.h"

#include <gtest/gtest.h>

#include "node/base/random.h"
#include "tests/support/test_seed.h"

namespace quorate {
namespace {

Timestamp at(std::int64_t wall_ms, std::uint64_t logical) {
  return Timestamp{Timestamp::from_wall_ms(wall_ms).packed + logical};
}

TEST(TimestampTest, KeepsWallTimeAndClampsWhatDoesNotFit) {
  constexpr std::int64_t kTop = (std::int64_t{1} << 48) - 1;
  EXPECT_EQ(Timestamp::from_wall_ms(1'700'000'000'000).wall_ms(), 1'700'000'000'000);
  EXPECT_EQ(Timestamp::from_wall_ms(0).packed, 0u);
  EXPECT_EQ(Timestamp::from_wall_ms(-5).packed, 0u);
  EXPECT_EQ(Timestamp::from_wall_ms(INT64_MIN).packed, 0u);
  EXPECT_EQ(Timestamp::from_wall_ms(kTop).wall_ms(), kTop);
  EXPECT_EQ(Timestamp::from_wall_ms(INT64_MAX).wall_ms(), kTop);
  EXPECT_EQ(at(5, 0xffff).wall_ms(), 5);
  EXPECT_LT(at(5, 0xffff), at(6, 0));
}

TEST(HybridClockTest, FollowsTheTable) {
  struct Step {
    const char* what;
    enum { kTick, kObserve } input;
    std::int64_t wall_ms;  // of the tick
    Timestamp seen;        // what is observed
    Timestamp expected;    // last() after it
  };
  const Step steps[] = {
      {"the first tick takes the wall time", Step::kTick, 1000, {}, at(1000, 0)},
      {"the same millisecond counts on", Step::kTick, 1000, {}, at(1000, 1)},
      {"and on", Step::kTick, 1000, {}, at(1000, 2)},
      {"a later wall time resets the count", Step::kTick, 1001, {}, at(1001, 0)},
      {"a wall clock that went back does not take us along", Step::kTick, 400, {}, at(1001, 1)},
      {"nor one before 1970", Step::kTick, -1, {}, at(1001, 2)},
      {"something older seen changes nothing", Step::kObserve, 0, at(900, 7), at(1001, 2)},
      {"something newer seen is taken over", Step::kObserve, 0, at(5000, 3), at(5000, 3)},
      {"and exceeded by the next tick", Step::kTick, 1002, {}, at(5000, 4)},
      {"until the wall has caught up", Step::kTick, 5001, {}, at(5001, 0)},
      {"a full count is seen", Step::kObserve, 0, at(6000, 0xffff), at(6000, 0xffff)},
      {"and runs on into the milliseconds", Step::kTick, 6000, {}, at(6001, 0)},
      {"which the wall clock then meets", Step::kTick, 6001, {}, at(6001, 1)},
      {"a forged maximum is seen", Step::kObserve, 0, {UINT64_MAX}, {UINT64_MAX}},
      {"and does not wrap round to zero", Step::kTick, 7000, {}, {UINT64_MAX}},
  };
  HybridClock clock;
  for (const Step& step : steps) {
    SCOPED_TRACE(step.what);
    if (step.input == Step::kTick) {
      EXPECT_EQ(clock.tick(step.wall_ms), step.expected);
    } else {
      clock.observe(step.seen);
    }
    EXPECT_EQ(clock.last(), step.expected);
  }
}

TEST(HybridClockTest, AKeyGoesOnFromWhatItKnowsAndTheClockDoesNot) {
  HybridClock clock;
  EXPECT_EQ(clock.tick(1000, at(900, 0)), at(1000, 0));
  EXPECT_EQ(clock.tick(1001, at(9000, 3)), at(9000, 4));
  EXPECT_EQ(clock.last(), at(1001, 0));
  EXPECT_EQ(clock.tick(1001), at(1001, 1));
  EXPECT_EQ(clock.tick(1001, at(1001, 2)), at(1001, 3));
  EXPECT_EQ(clock.tick(1001, {UINT64_MAX}), Timestamp{UINT64_MAX});
  EXPECT_EQ(clock.last(), at(1001, 3));
}

TEST(HybridClockTest, EachTickExceedsAllThatWasIssuedOrSeenHoweverTheWallClockJumps) {
  Random random(testing_support::test_seed());
  HybridClock clock;
  Timestamp largest;
  std::int64_t wall_ms = 1'000'000;
  for (int step = 0; step < 100'000; ++step) {
    wall_ms += random.between(-50, 60);
    if (random.chance(1, 4)) {
      const Timestamp seen = at(wall_ms + random.between(-500, 500), random.below(70'000));
      clock.observe(seen);
      largest = std::max(largest, seen);
    } else {
      const Timestamp issued = clock.tick(wall_ms);
      ASSERT_GT(issued, largest);
      ASSERT_GE(issued.wall_ms(), wall_ms);
      largest = issued;
    }
  }
}

}  // namespace
}  // namespace quorate
