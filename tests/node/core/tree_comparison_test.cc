#include "node/core/tree_comparison.h"

#include <gtest/gtest.h>

#include <set>

#include "node/base/random.h"

namespace quorate {
namespace {

// Plays the comparison to its end; counts the sums that were asked for.
TreeComparison compare(const HashTree& own, const HashTree& theirs, std::size_t* asked) {
  TreeComparison comparison;
  while (!comparison.done()) {
    std::vector<std::uint64_t> sums;
    for (const std::uint32_t node : children_of(comparison.level(), comparison.parents())) {
      sums.push_back(theirs.sum(static_cast<int>(comparison.level()), node));
    }
    *asked += sums.size();
    EXPECT_TRUE(comparison.add(own, sums));
  }
  return comparison;
}

TEST(TreeComparison, FindsExactlyTheLeavesThatDifferAndAsksForLittleElse) {
  Random random(1);
  for (int round = 0; round < 100; ++round) {
    HashTree a;
    HashTree b;
    for (int i = 0; i < 500; ++i) {
      const auto leaf = static_cast<std::uint32_t>(random.below(HashTree::kLeaves));
      const std::uint64_t hash = random.next();
      a.add(leaf, hash);
      b.add(leaf, hash);
    }
    std::set<std::uint32_t> differing;
    for (std::uint64_t i = random.below(12); i > 0; --i) {
      differing.insert(static_cast<std::uint32_t>(random.below(HashTree::kLeaves)));
    }
    for (const std::uint32_t leaf : differing)
      (random.chance(1, 2) ? a : b).add(leaf, random.next());
    std::size_t asked = 0;
    const TreeComparison comparison = compare(a, b, &asked);
    EXPECT_EQ(std::set<std::uint32_t>(comparison.leaves().begin(), comparison.leaves().end()),
              differing);
    EXPECT_LE(asked, 1 + differing.size() * HashTree::kFanout * HashTree::kLeafLevel);
  }
}

TEST(TreeComparison, AnAnswerOfAnotherLengthIsNone) {
  TreeComparison comparison;
  EXPECT_FALSE(comparison.add(HashTree(), {}));
  EXPECT_FALSE(comparison.add(HashTree(), {0, 0}));
  EXPECT_FALSE(comparison.done());
  EXPECT_TRUE(comparison.add(HashTree(), {1}));
  EXPECT_EQ(comparison.level(), 1u);
  EXPECT_FALSE(comparison.add(HashTree(), {1}));
}

}  // namespace
}  // namespace quorate
