#include "node/core/hash_tree.h"

#include <gtest/gtest.h>

#include <map>

#include "node/base/keyed_hash.h"
#include "node/base/random.h"

namespace quorate {
namespace {

// The vectors of the SipHash paper (Aumasson and Bernstein 2012, appendix A): key 00..0f.
TEST(KeyedHash, IsSipHash) {
  HashKey key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<unsigned char>(i);
  std::string bytes;
  for (char c = 0; c < 15; ++c) bytes.push_back(c);
  EXPECT_EQ(keyed_hash64(key, bytes), 0xa129ca6149be45e5u);
}

TEST(HashTree, IsTheSumOfItsLeavesOnEveryLevelInWhateverOrderTheyChange) {
  Random random(1);
  for (int round = 0; round < 20; ++round) {
    HashTree tree;
    std::map<std::uint32_t, std::uint64_t> leaves;
    for (int step = 0; step < 400; ++step) {
      const auto leaf = static_cast<std::uint32_t>(random.below(HashTree::kLeaves));
      const std::uint64_t hash = random.next();
      if (random.chance(1, 2)) {
        tree.add(leaf, hash);
        leaves[leaf] += hash;
      } else {
        tree.subtract(leaf, hash);
        leaves[leaf] -= hash;
      }
    }
    for (int level = 0; level <= HashTree::kLeafLevel; ++level) {
      const std::uint32_t below = HashTree::kLeaves / HashTree::width(level);
      std::map<std::uint32_t, std::uint64_t> sums;
      for (const auto& [leaf, sum] : leaves) sums[leaf / below] += sum;
      for (std::uint32_t index = 0; index < HashTree::width(level); ++index) {
        ASSERT_EQ(tree.sum(level, index), sums.contains(index) ? sums[index] : 0)
            << "level " << level << ", node " << index;
      }
    }
  }
}

TEST(HashTree, WhatWasAddedAndTakenAwayLeavesNothing) {
  HashTree tree;
  tree.add(7, 99);
  EXPECT_FALSE(tree == HashTree());
  tree.subtract(7, 99);
  EXPECT_TRUE(tree == HashTree());
}

TEST(HashTree, SpreadsTheKeysOfOneVnodeOverItsLeaves) {
  const Ring ring = *Ring::compute(1, {1, 2, 3}, 64);
  std::map<std::uint32_t, int> counts;
  int keys = 0;
  for (int i = 0; i < 100'000; ++i) {
    const Key key{"default", "key-" + std::to_string(i)};
    if (ring.vnode_of(key.bucket, key.name) != 5) continue;
    ++keys;
    ++counts[HashTree::leaf_of(key)];
  }
  ASSERT_GT(keys, 1'000);
  int most = 0;
  for (const auto& [leaf, count] : counts) most = std::max(most, count);
  EXPECT_LE(most, 8);
}

}  // namespace
}  // namespace quorate
