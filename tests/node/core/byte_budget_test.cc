#include "node/core/byte_budget.h"

#include <gtest/gtest.h>

namespace quorate {
namespace {

TEST(ByteBudget, HasRoomUpToItsBound) {
  ByteBudget budget(100);
  budget.take(60);
  EXPECT_TRUE(budget.has_room(40));
  EXPECT_FALSE(budget.has_room(41));
  budget.take(40);
  EXPECT_FALSE(budget.has_room(1));
  EXPECT_TRUE(budget.has_room(0));
  budget.give_back(60);
  EXPECT_TRUE(budget.has_room(60));
  EXPECT_EQ(budget.taken(), 40u);
}

TEST(ByteBudget, TakesOneThatIsLargerThanItAlone) {
  ByteBudget budget(100);
  EXPECT_TRUE(budget.has_room(1000));
  budget.take(1000);
  EXPECT_FALSE(budget.has_room(1));
  budget.give_back(1000);
  EXPECT_TRUE(budget.has_room(1000));
}

}  // namespace
}  // namespace quorate
