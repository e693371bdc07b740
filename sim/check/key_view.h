// What the clients asked of one key, in the order in which they asked: the shape in which most
// checkers look at a history.
//
// Not here:   the simulator's own reads after healing, which are no client's; keys of partial
// types.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "sim/check/property.h"

namespace quorate::sim {

struct KeyView {
  std::vector<const Operation*> operations;  // all of them
  std::vector<const Operation*> writes;      // all but those that were refused
  std::vector<const Operation*> reads;       // that were answered
  // Of each client, which is one session: its writes and reads of the two lists above.
  std::map<HostId, std::vector<const Operation*>> sessions;
};

// Did `a` end before `b` began? Operations that touch in one moment are concurrent, but for those
// of one client, which does one thing after the other.
bool ended_before(const Operation& a, const Operation& b);

std::map<Key, KeyView> view_by_key(const Evidence& evidence);

}  // namespace quorate::sim
