// Removes values whose time is over, by an ordinary delete of just those events.
//
// The coordinator of a read judges expiry by itself, so this is housekeeping: it frees the space,
// and makes the value's end an event that replicas agree on. Of the primaries of a key the first
// that can be reached does it; should two do it, that is one event more.
//
// Place:      the core ticks it; Trees tells which vnode has something to look for, and from when
// on. Implements: DESIGN 2.3. Invariants: (1) no value is removed before its expiry and
// clock_skew_max on top; (2) a concurrent
//             write is not replaced, and in a last-writer-wins bucket not beaten: the delete's
//             timestamp is just behind what it removes. tests/sim/expiry_test.cc.
// Limits:     kDeletesMax deletes a tick, one vnode at a time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "node/core/node_state.h"
#include "node/core/writes.h"

namespace quorate {

class Expirer {
 public:
  Expirer(NodeState& state, const Lineage& lineage, Writes& writes)
      : state_(state), lineage_(lineage), writes_(writes) {}

  void tick();

 private:
  static constexpr std::size_t kDeletesMax = 128;

  struct Look {
    VnodeId vnode = 0;
    std::optional<Key> after;
    std::int64_t earliest_ms = 0;  // of what was met and has not been removed
  };

  void begin_next();
  void look_on();
  // Is this node the one to remove it?
  bool ours(VnodeId vnode, const Bucket& bucket) const;
  void remove(VnodeId vnode, const Key& key, const Bucket& bucket, std::vector<Dot> dots);

  NodeState& state_;
  const Lineage& lineage_;
  Writes& writes_;
  std::optional<Look> look_;
  std::map<VnodeId, std::int64_t> not_before_ns_;
};

}  // namespace quorate
