// What this node can tell of itself on the way to reaping: facts that stay true once they are.
//
// Place:      Core hands it the questions; the leader of a vnode asks itself like everybody else.
// Implements: papers/decisions/0010-generations.md.
// Invariants: nothing is said of a row that is not durable. tests/sim/reaping_test.cc.
// Not here:   what is asked when: reaper.h.
#pragma once

#include "node/core/anti_entropy.h"
#include "node/core/generation_keeper.h"
#include "node/core/hints.h"
#include "node/core/lineage.h"
#include "node/core/node_state.h"

namespace quorate {

class ReapAnswers {
 public:
  ReapAnswers(NodeState& state, const Lineage& lineage, const Hints& hints,
              GenerationKeeper& keeper, AntiEntropy& anti_entropy)
      : state_(state),
        lineage_(lineage),
        hints_(hints),
        keeper_(keeper),
        anti_entropy_(anti_entropy) {}

  void on_request(NodeId from, const ReapRequest& request);

 private:
  ReapHold hold(const ReapRequest& request);
  bool holds(VnodeId vnode, const ReapRequest::Entry& entry) const;
  void retire(const ReapRequest& request);

  NodeState& state_;
  const Lineage& lineage_;
  const Hints& hints_;
  GenerationKeeper& keeper_;
  AntiEntropy& anti_entropy_;
};

// Of what a primary holds exactly, and what would be left of it.
std::uint64_t proof_of(const NodeState& state, const Key& key, const Record& record);

}  // namespace quorate
