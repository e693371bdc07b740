// Copies back what this node has lost: for each vnode to rebuild, every row of every other primary,
// page by page, merged into its own.
//
// All other primaries are asked, not a quorum of them: a write acknowledged by this node and one
// other may be on just that one. While a source does not answer, its vnodes stay rebuilding, and
// status says so.
//
// Place:      the core starts it on Lineage's order and ticks it.
// Limits:     one page under way at a time (CoreOptions::rebuild_rows_page, rebuild_bytes_page);
//             starts over after a restart, since merging twice is harmless.
// Not here:   finding differences cheaply between replicas that are nearly equal: anti-entropy.
#pragma once

#include <optional>

#include "node/core/generation_keeper.h"
#include "node/core/lineage.h"
#include "node/core/node_state.h"
#include "node/core/replica.h"

namespace quorate {

class Rebuild {
 public:
  Rebuild(NodeState& state, Lineage& lineage, GenerationKeeper& keeper, Replica& replica)
      : state_(state), lineage_(lineage), keeper_(keeper), replica_(replica) {}

  // Starts if it was ordered; asks again for a page that did not come.
  void tick();

  // False when the reply is not for this.
  bool on_scan_reply(NodeId from, const ScanReply& reply);

 private:
  void next_vnode();
  void ask();
  bool absorb(const ScanReply& reply);

  NodeState& state_;
  Lineage& lineage_;
  GenerationKeeper& keeper_;
  Replica& replica_;

  bool running_ = false;
  VnodeId vnode_ = 0;
  std::vector<NodeId> sources_;  // still to be read for vnode_, the present one last
  std::optional<Key> after_;
  OpId op_ = 0;
  std::int64_t asked_at_ns_ = 0;
};

}  // namespace quorate
