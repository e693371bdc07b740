#include "sim/report/time_scale.h"

#include <gtest/gtest.h>

namespace quorate::sim {
namespace {

TEST(TimeScale, EveryMomentHasAColumn) {
  const TimeScale scale(1000, 10);
  EXPECT_EQ(scale.column_of(-5), 0u);
  EXPECT_EQ(scale.column_of(0), 0u);
  EXPECT_EQ(scale.column_of(99), 0u);
  EXPECT_EQ(scale.column_of(100), 1u);
  EXPECT_EQ(scale.column_of(999), 9u);
  EXPECT_EQ(scale.column_of(1000), 9u);
  EXPECT_EQ(scale.column_of(5000), 9u);
}

TEST(TimeScale, AStretchHoldsTheColumnsThatItTouches) {
  const TimeScale scale(1000, 10);
  EXPECT_EQ(scale.columns_of(100, 300), std::pair(1u, 2u));
  EXPECT_EQ(scale.columns_of(100, 301), std::pair(1u, 3u));
  EXPECT_EQ(scale.columns_of(0, 1000), std::pair(0u, 9u));
}

TEST(TimeScale, TheShortestStretchHoldsOneColumn) {
  const TimeScale scale(from_seconds(100), 10);
  EXPECT_EQ(scale.columns_of(from_seconds(50), from_seconds(50)), std::pair(5u, 5u));
  EXPECT_EQ(scale.columns_of(from_seconds(50), from_seconds(50) + 1), std::pair(5u, 5u));
}

TEST(TimeScale, AnEmptyWorldHasColumnsToo) {
  const TimeScale scale(0, 10);
  EXPECT_EQ(scale.column_of(0), 0u);
  EXPECT_EQ(scale.columns_of(0, 0), std::pair(0u, 0u));
}

TEST(TimeScale, TicksAreRoundAndApart) {
  for (const SimTime end : {from_us(3), from_ms(7), from_ms(900), from_seconds(6),
                            from_seconds(125), from_seconds(7200)}) {
    for (const unsigned columns : {20u, 65u, 105u}) {
      const TimeScale scale(end, columns);
      const auto ticks = scale.ticks(9);
      ASSERT_GE(ticks.size(), 2u) << end << " in " << columns;
      for (std::size_t i = 1; i < ticks.size(); ++i) {
        const unsigned before = scale.column_of(ticks[i - 1].time);
        EXPECT_GE(scale.column_of(ticks[i].time), before + 8) << end << " in " << columns;
        EXPECT_LT(ticks[i - 1].label.size(), 8u);
      }
    }
  }
}

TEST(TimeScale, TheFirstTickNamesTheUnit) {
  const auto ticks = TimeScale(from_seconds(6), 65).ticks(9);
  ASSERT_EQ(ticks.size(), 6u);
  EXPECT_EQ(ticks[0].label, "0 s");
  EXPECT_EQ(ticks[1].label, "1");
  EXPECT_EQ(ticks[1].time, from_seconds(1));
}

TEST(DurationText, HasThreeDigitsAndAUnit) {
  EXPECT_EQ(duration_text(0), "0");
  EXPECT_EQ(duration_text(7), "7 ns");
  EXPECT_EQ(duration_text(from_us(850)), "850 us");
  EXPECT_EQ(duration_text(from_us(12'340)), "12.3 ms");
  EXPECT_EQ(duration_text(from_ms(1'250)), "1.25 s");
  EXPECT_EQ(duration_text(from_us(99'960)), "100 ms");
  EXPECT_EQ(duration_text(from_seconds(3600)), "3600 s");
}

}  // namespace
}  // namespace quorate::sim
