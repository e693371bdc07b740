// Answers what other nodes ask of this one's hash trees, and which rows it has in a leaf.
//
// Place:      the core hands it the requests; anti_entropy.h is the asking side.
// Limits:     one page of rows for a question, whatever was asked for: CoreOptions::
//             rebuild_rows_page and rebuild_bytes_page.
#pragma once

#include <optional>
#include <vector>

#include "node/core/lineage.h"
#include "node/core/node_state.h"

namespace quorate {

class TreeAnswers {
 public:
  TreeAnswers(NodeState& state, const Lineage& lineage) : state_(state), lineage_(lineage) {}

  void on_tree_request(NodeId from, const TreeRequest& request);
  void on_leaves_request(NodeId from, const LeavesRequest& request);

 private:
  NodeState& state_;
  const Lineage& lineage_;
};

// The rows of a vnode in a range of keys and in the leaves given (ascending), of buckets of this n:
// one page of at most `rows_max` rows looked at.
struct LeavesPage {
  std::vector<LeavesReply::Entry> entries;
  std::optional<Key> through;  // how far it looked; empty: to the end of the range
  std::uint32_t rows = 0;      // looked at
};
struct LeavesQuestion {
  VnodeId vnode = 0;
  std::uint32_t n = 0;
  const std::vector<std::uint32_t>& leaves;
  const std::optional<Key>& after;
  const std::optional<Key>& through;
  std::uint32_t rows_max = 0;
  std::uint32_t bytes_max = 0;
};
Result<LeavesPage> rows_in_leaves(const NodeState& state, const LeavesQuestion& question);

}  // namespace quorate
