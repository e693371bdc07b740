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

TEST(Compose, AsGivenTakesNoNoticeOfWhatWasRead) {
  EXPECT_EQ(made(Compose::kAsGiven, {"a"}, "b"), "b");
}

}  // namespace
}  // namespace quorate::sim
