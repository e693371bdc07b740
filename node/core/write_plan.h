// What a coordinator has decided about a write before it begins.
#pragma once

#include <cstdint>

#include "node/core/messages.h"
#include "node/core/node_state.h"
#include "node/core/quorum_sets.h"

namespace quorate {

struct WritePlan {
  ClientRequest request;  // its id is set
  Origin origin;
  VnodeId vnode = 0;
  const Bucket* bucket = nullptr;
  ReplicaSets sets;               // with the w of the request
  bool sloppy = false;            // fallbacks may keep the record in the place of primaries
  std::uint32_t read_needed = 1;  // the r of the request: a delete without a token reads first
  std::int64_t deadline_at_ns = 0;
  // The event's time is no later than it must be: it gives way to whatever is concurrent.
  bool just_behind = false;
};

}  // namespace quorate
