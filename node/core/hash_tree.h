// A tree of sums of hashes over the rows of one vnode: two replicas that hold the same rows have
// the same root, and where they differ a few levels down the tree say in which 4096th.
//
// A leaf is the sum of the hashes of its rows, a node the sum of its children, all modulo 2^64. So
// a changed row costs one subtraction and one addition a level, whatever stands beside it, and the
// order of changes does not matter. The hashes are keyed (base/keyed_hash.h): nobody outside the
// cluster can make sums meet.
//
// Place:      Trees keeps one for each vnode and n; anti-entropy compares them.
// Implements: Merkle 1987 and Dynamo 4.7, with sums in place of hashes of hashes (Bellare and
//             Micciancio 1997).
// Limits:     36 KiB when every part is used; parts without rows take none.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "node/core/messages.h"

namespace quorate {

class HashTree {
 public:
  static constexpr std::uint32_t kFanout = 16;
  static constexpr int kLeafLevel = 3;  // the root is level 0
  static constexpr std::uint32_t kLeaves = 4096;

  // How many nodes there are on a level, which is at most kLeafLevel.
  static constexpr std::uint32_t width(int level) { return 1u << (4 * level); }

  static std::uint32_t leaf_of(const Key& key);

  void add(std::uint32_t leaf, std::uint64_t hash);
  void subtract(std::uint32_t leaf, std::uint64_t hash) { add(leaf, 0 - hash); }

  // REQUIRES: level <= kLeafLevel, index < width(level).
  std::uint64_t sum(int level, std::uint32_t index) const;

  // Of leaves, not of roots alone.
  friend bool operator==(const HashTree& a, const HashTree& b);

 private:
  // A sixteenth of the tree, below a child of the root.
  struct Branch {
    std::array<std::uint64_t, kFanout * kFanout> leaves{};
    std::array<std::uint64_t, kFanout> sums{};
    std::uint64_t sum = 0;
  };
  std::uint64_t root_ = 0;
  std::array<std::unique_ptr<Branch>, kFanout> branches_;
};

}  // namespace quorate
