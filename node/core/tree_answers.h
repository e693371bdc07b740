// Answers what other nodes ask of this one's hash trees, and which rows it has in a leaf.
//
// Place:      the core hands it the requests; anti_entropy.h is the asking side.
// Limits:     one question about leaves at a time of each node, a page of rows each few
//             milliseconds: CoreOptions::rebuild_rows_page and rebuild_bytes_page.
#pragma once

#include <cstdint>
#include <map>

#include "node/core/leaf_walk.h"
#include "node/core/lineage.h"
#include "node/core/node_state.h"

namespace quorate {

class TreeAnswers {
 public:
  TreeAnswers(NodeState& state, const Lineage& lineage) : state_(state), lineage_(lineage) {}

  void on_tree_request(NodeId from, const TreeRequest& request);
  // Is answered when the rows have been found, which may take seconds; a newer one of the same node
  // takes its place.
  void on_leaves_request(NodeId from, const LeavesRequest& request);
  void on_pace();

 private:
  struct Walk {
    OpId op = 0;
    std::uint32_t entries_max = 0;
    std::uint32_t bytes_max = 0;
    LeafWalk leaves;
  };

  // True: it was answered.
  bool step(NodeId to, Walk& walk, std::uint32_t page);
  void refuse(NodeId to, OpId op, ReplicaStatus status);

  NodeState& state_;
  const Lineage& lineage_;
  std::map<NodeId, Walk> walks_;  // by who asked
  bool waiting_ = false;          // for the timer
};

}  // namespace quorate
