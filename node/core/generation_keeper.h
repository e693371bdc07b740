// Keeps up with the generations of the vnodes: hears of them in every message that bears a record,
// asks for them at a start, and begins anew where this node turns out to be of another age.
//
// Place:      Core ticks it; whoever takes a message with a generation tells it first.
// Implements: papers/decisions/0010-generations.md.
// Invariants: a node that finds a generation begun without the word that it must have given keeps
// nothing
//             of that vnode but what it has minted in this run. tests/sim/reaping_test.cc.
// Limits:     beginning anew takes one batch with all rows of the vnode in it; it happens to nodes
// that
//             were restored from an old backup.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "node/core/hints.h"
#include "node/core/lineage.h"
#include "node/core/node_state.h"

namespace quorate {

class GenerationKeeper {
 public:
  GenerationKeeper(NodeState& state, Lineage& lineage, Hints& hints)
      : state_(state), lineage_(lineage), hints_(hints) {}

  void tick();
  void on_circuit_closed(NodeId peer);
  void on_request(NodeId from, const GenerationsRequest& request);
  void on_reply(NodeId from, const GenerationsReply& reply);

  // Somebody is in this generation, so everybody has agreed to it.
  void hear(VnodeId vnode, Generation generation);
  // This node may go first.
  void advance(VnodeId vnode);
  // Would this node still be in its generation after a crash?
  bool is_durable(VnodeId vnode) const;
  // The reply is this node's word that the next generation may begin: it goes out once that is
  // durable.
  void give_word(NodeId to, VnodeId vnode, ReapReply reply);

 private:
  void ask(NodeId peer);
  void learn(NodeId from, const std::vector<Generation>& heard);
  void raise(VnodeId vnode, Generation generation);
  // Puts the end of all rows of the vnode into the batch, and of hints that were delivered.
  void begin_anew(VnodeId vnode, Generation generation, Batch& batch);

  NodeState& state_;
  Lineage& lineage_;
  Hints& hints_;
  OpId op_ = 0;
  std::set<NodeId> unasked_;  // reachable since, and not heard of yet
  std::int64_t asked_at_ns_ = 0;
  std::set<NodeId> as_ignorant_;  // who answered that they do not know either
};

}  // namespace quorate
