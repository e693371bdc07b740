// When every two replicas of every vnode last compared what they have, as the nodes tell of it.
//
// Not here:   asking the nodes (admin.h), waiting for them (kvcli/repair.cc).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "client/admin.h"

namespace quorate::client {

// Two primaries of a vnode for buckets of n.
struct PairMeeting {
  VnodeId vnode = 0;
  std::uint32_t n = 0;
  NodeId low = 0;  // who calls
  NodeId high = 0;
  bool known = false;          // the one who calls has answered
  std::int64_t since_ms = -1;  // since they last met, whoever called; -1: not since both started
  std::uint64_t differed = 0;  // keys, then
  bool hurried = false;        // they are about to meet, ahead of their turn

  // They have met since they were last asked to, and nothing differed.
  bool settled() const { return known && !hurried && since_ms >= 0 && differed == 0; }
};

// By vnode, n, low, high. `nodes`: those that answered. `only`: of this vnode alone.
std::vector<PairMeeting> pair_meetings(const RingView& ring, const std::vector<BucketView>& buckets,
                                       const std::vector<const NodeView*>& nodes,
                                       std::optional<VnodeId> only);

}  // namespace quorate::client
