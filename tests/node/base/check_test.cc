#include "node/base/check.h"

#include <gtest/gtest.h>

#include <csignal>

namespace quorate {
namespace {

TEST(CheckDeathTest, SaysWhereAndWhatThenAborts) {
  const int answer = 41;
  EXPECT_EXIT(QUORATE_CHECK(answer == 42), testing::KilledBySignal(SIGABRT),
              "check_test.cc:[0-9]+: check failed: answer == 42");
  EXPECT_EXIT(QUORATE_CHECK_MSG(answer == 42, "not the answer"), testing::KilledBySignal(SIGABRT),
              "check failed: answer == 42: not the answer");
}

TEST(CheckTest, LooksOnceAndGoesOnWhenItHolds) {
  int looked = 0;
  QUORATE_CHECK(++looked == 1);
  QUORATE_CHECK_MSG(++looked == 2, "unused");
  EXPECT_EQ(looked, 2);
}

}  // namespace
}  // namespace quorate
