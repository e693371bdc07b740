// Finds the leaves in which two hash trees differ, level by level: asks for the children of those
// nodes only whose sums were unequal.
//
// Place:      AntiEntropy has one for each meeting; a value, with no message in it.
// Invariants: asks for at most 16 sums for each differing leaf and level, and one if nothing
//             differs: tests/node/core/tree_comparison_test.cc.
#pragma once

#include <cstdint>
#include <vector>

#include "node/core/hash_tree.h"

namespace quorate {

class TreeComparison {
 public:
  // The next question: the children, which are on level(), of parents(); of level 0 the root alone.
  std::uint32_t level() const { return level_; }
  const std::vector<std::uint32_t>& parents() const { return differing_; }

  // Takes the other's sums. False: they do not answer the question.
  bool add(const HashTree& own, const std::vector<std::uint64_t>& theirs);

  bool done() const { return done_; }
  // Where they differ, ascending. REQUIRES: done().
  const std::vector<std::uint32_t>& leaves() const { return differing_; }

 private:
  std::uint32_t level_ = 0;
  std::vector<std::uint32_t> differing_;  // of the level above, or when done of the leaves
  bool done_ = false;
};

// The nodes that a question names, in the order of the answer: all children of `parents`.
std::vector<std::uint32_t> children_of(std::uint32_t level,
                                       const std::vector<std::uint32_t>& parents);

}  // namespace quorate
