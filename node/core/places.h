// Where the record of a write is kept: in this node's row, at fallbacks in the place of primaries
// that are away, or nowhere yet, and then owed.
//
// Place:      Writes asks, and sends.
// Implements: Dynamo 4.6; papers/decisions/0008-hints.md.
// Invariants: (1) a strict write has no stand-ins; (2) of a node that is no primary the hint is the
//             row, with its mark; (3) a primary that has acknowledged nothing when the write ends
//             is owed the record, unless somebody stands in for it. tests/sim/handoff_test.cc.
// Not here:   what becomes of hints (hints.h, handoff.h).
#pragma once

#include <vector>

#include "node/core/hints.h"
#include "node/core/lineage.h"
#include "node/core/node_state.h"
#include "node/core/stand_ins.h"
#include "node/core/write_plan.h"
#include "node/core/write_quorum.h"

namespace quorate {

class Places {
 public:
  Places(NodeState& state, const Lineage& lineage, Hints& hints)
      : state_(state), lineage_(lineage), hints_(hints) {}

  // Fallbacks for the primaries that have nobody now; none of those that were asked before.
  std::vector<StandIn> find_stand_ins(const WritePlan& plan, const WriteQuorum& quorum,
                                      const std::vector<NodeId>& asked) const;

  // What this node has of the key: its row, or as a stand-in what its hints say; and of which
  // generation that is.
  Generation generation_here(const WritePlan& plan) const;
  Result<RowPtr> known_here(const WritePlan& plan, const WriteQuorum& quorum) const;

  // Stores the row, in place of what was known here, with a hint for each primary that cannot be
  // reached and has no stand-in: those are appended to `owed`. As a stand-in: stores the hint; 0:
  // there is no room for it.
  BatchId store(const WritePlan& plan, const WriteQuorum& quorum, const Result<RowPtr>& before,
                Row row, std::vector<NodeId>& owed);

  // The write ends: nobody waits any more for those who have not acknowledged it, nor have anybody
  // in their place. `owed` are those for whom there is a hint already.
  void owe_the_rest(const WritePlan& plan, const WriteQuorum& quorum,
                    const std::vector<NodeId>& owed);

 private:
  bool is_primary(const WritePlan& plan) const;
  HintId own_hint(const WritePlan& plan, const WriteQuorum& quorum) const;
  void owe(const WritePlan& plan, NodeId primary, Batch& batch);

  NodeState& state_;
  const Lineage& lineage_;
  Hints& hints_;
};

}  // namespace quorate
