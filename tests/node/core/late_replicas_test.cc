#include "node/core/late_replicas.h"

#include <gtest/gtest.h>

namespace quorate {
namespace {

TEST(LateReplicas, NamesTheOldestWhileTooMuchIsHeld) {
  LateReplicas late(100);
  late.enter(7, 60);
  late.enter(9, 40);
  EXPECT_FALSE(late.surplus());
  late.enter(11, 30);
  ASSERT_EQ(late.surplus(), 7u);
  late.leave(7);
  EXPECT_FALSE(late.surplus());
  EXPECT_EQ(late.bytes(), 70u);
}

TEST(LateReplicas, CountsAnOperationOnceWithWhatItHoldsNow) {
  LateReplicas late(100);
  late.enter(1, 90);
  late.enter(1, 20);
  EXPECT_EQ(late.bytes(), 20u);
  late.leave(1);
  late.leave(1);
  EXPECT_EQ(late.bytes(), 0u);
}

// Seed 62898: no repair of a row of more than the bound was ever sent.
TEST(LateReplicas, TheNewestStaysHoweverLargeItIs) {
  LateReplicas late(10);
  late.enter(1, 11);
  EXPECT_FALSE(late.surplus());
  late.enter(2, 5);
  ASSERT_EQ(late.surplus(), 1u);
  late.leave(1);
  EXPECT_FALSE(late.surplus());
}

}  // namespace
}  // namespace quorate
