#include "sim/world/compose.h"

#include <gtest/gtest.h>

#include <string>

namespace quorate::sim {
namespace {

std::string made(Compose how, const std::vector<std::string>& read, const std::string& own) {
  std::vector<Blob> values;
  for (const std::string& value : read) values.emplace_back(value);
  return std::string(composed(how, values, Blob(own)).view());
}

TEST(Compose, AUnionHasEachElementOnceInOrder) {
  EXPECT_EQ(made(Compose::kUnion, {"b,a", "c,a"}, "d"), "a,b,c,d");
  EXPECT_EQ(made(Compose::kUnion, {}, "a"), "a");
  EXPECT_EQ(made(Compose::kUnion, {"", ",,a,"}, ""), "a");
}

TEST(Compose, ASumAddsToTheLargest) {
  EXPECT_EQ(made(Compose::kSum, {"3", "7"}, "1"), "8");
  EXPECT_EQ(made(Compose::kSum, {}, "1"), "1");
  EXPECT_EQ(made(Compose::kSum, {"what"}, "2"), "2");
}

TEST(Compose, WithoutLeavesOutWhatTheStepNames) {
  EXPECT_EQ(made(Compose::kWithout, {"b,a", "c,a"}, "a"), "b,c");
  EXPECT_EQ(made(Compose::kWithout, {"a"}, "a,b"), "");
  EXPECT_EQ(made(Compose::kWithout, {}, "a"), "");
}

TEST(Compose, AFieldTakesThePlaceOfItsOlderValues) {
  EXPECT_EQ(made(Compose::kField, {"x=1,y=1", "x=2,y=1"}, "x=3"), "x=3,y=1");
  EXPECT_EQ(made(Compose::kField, {}, "x=3"), "x=3");
  EXPECT_EQ(made(Compose::kField, {"xx=1"}, "x=3"), "x=3,xx=1");
}

TEST(Compose, AsGivenTakesNoNoticeOfWhatWasRead) {
  EXPECT_EQ(made(Compose::kAsGiven, {"a"}, "b"), "b");
}

}  // namespace
}  // namespace quorate::sim
