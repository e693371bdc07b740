// The rows of a vnode that lie in some leaves of its hash tree, found page by page: rows lie in the
// order of their keys, so every row of the vnode has to be looked at.
//
// Place:      both sides of a meeting of anti-entropy: tree_answers.h for the one that is asked,
//             anti_entropy.h for the one that asks.
// Limits:     a page at a time, as long as the owner wishes: clients wait meanwhile.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "node/core/node_state.h"

namespace quorate {

class LeafWalk {
 public:
  // Rows of buckets of this n, in these leaves (ascending), with keys above `after` and up to
  // `through`; empty: from the first, to the last.
  LeafWalk(VnodeId vnode, std::uint32_t n, std::vector<std::uint32_t> leaves,
           std::optional<Key> after, std::optional<Key> through)
      : vnode_(vnode),
        n_(n),
        leaves_(std::move(leaves)),
        after_(std::move(after)),
        through_(std::move(through)) {}

  // Looks at the next so many rows; returns how many there were, or why they cannot be read.
  Result<std::uint32_t> step(const NodeState& state, std::uint32_t rows_max,
                             std::uint32_t bytes_max);

  bool done() const { return done_; }
  // How far it has looked.
  const std::optional<Key>& looked_through() const { return after_; }
  // How far it goes; empty: to the last row.
  const std::optional<Key>& through() const { return through_; }
  const std::vector<LeavesReply::Entry>& entries() const { return entries_; }

 private:
  bool asked_for(const NodeState& state, const Key& key) const;

  VnodeId vnode_;
  std::uint32_t n_;
  std::vector<std::uint32_t> leaves_;
  std::optional<Key> after_;
  std::optional<Key> through_;
  std::vector<LeavesReply::Entry> entries_;  // by key
  bool done_ = false;
};

}  // namespace quorate
