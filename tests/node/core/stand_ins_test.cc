#include "node/core/stand_ins.h"

#include <gtest/gtest.h>

#include <set>

namespace quorate {
namespace {

std::vector<StandIn> chosen(const std::vector<NodeId>& list, std::size_t n,
                            const std::set<NodeId>& serving) {
  return stand_ins(
      std::span<const NodeId>(list), n, [&](NodeId node) { return !serving.contains(node); },
      [&](NodeId node) { return serving.contains(node); });
}

TEST(StandIns, NobodyStandsInWhileAllPrimariesServe) {
  EXPECT_TRUE(chosen({1, 2, 3, 4, 5}, 3, {1, 2, 3, 4, 5}).empty());
}

TEST(StandIns, TheFirstFallbackStandsForTheFirstPrimaryThatIsAway) {
  EXPECT_EQ(chosen({1, 2, 3, 4, 5}, 3, {1, 3, 4, 5}), (std::vector<StandIn>{{2, 4}}));
  EXPECT_EQ(chosen({1, 2, 3, 4, 5}, 3, {3, 4, 5}), (std::vector<StandIn>{{1, 4}, {2, 5}}));
}

TEST(StandIns, AFallbackThatIsAwayIsPassedOver) {
  EXPECT_EQ(chosen({1, 2, 3, 4, 5}, 3, {1, 2, 5}), (std::vector<StandIn>{{3, 5}}));
}

TEST(StandIns, ThereAreNoMoreThanFallbacks) {
  EXPECT_EQ(chosen({1, 2, 3, 4}, 3, {4}), (std::vector<StandIn>{{1, 4}}));
  EXPECT_TRUE(chosen({1, 2, 3}, 3, {1}).empty());
  EXPECT_TRUE(chosen({1, 2}, 3, {1}).empty());
}

// Every set of five nodes that serve, every n: each place is filled at most once, by nobody who has
// another, and left empty only when no fallback is left.
TEST(StandIns, EveryPlaceIsFilledOnceByAFallbackOfItsOwn) {
  const std::vector<NodeId> list = {4, 2, 5, 1, 3};
  for (std::size_t n = 1; n <= 5; ++n) {
    for (unsigned mask = 0; mask < 32; ++mask) {
      std::set<NodeId> serving;
      for (NodeId node = 1; node <= 5; ++node) {
        if ((mask >> (node - 1)) & 1) serving.insert(node);
      }
      std::set<NodeId> primaries;
      std::set<NodeId> fallbacks;
      for (const StandIn& stand_in : chosen(list, n, serving)) {
        EXPECT_FALSE(serving.contains(stand_in.primary));
        EXPECT_TRUE(serving.contains(stand_in.fallback));
        EXPECT_TRUE(primaries.insert(stand_in.primary).second);
        EXPECT_TRUE(fallbacks.insert(stand_in.fallback).second);
      }
      std::size_t away = 0;
      std::size_t free = 0;
      for (std::size_t i = 0; i < list.size(); ++i) {
        const bool serves = serving.contains(list[i]);
        away += i < n && !serves ? 1 : 0;
        free += i >= n && serves ? 1 : 0;
      }
      EXPECT_EQ(primaries.size(), std::min(away, free));
    }
  }
}

}  // namespace
}  // namespace quorate
