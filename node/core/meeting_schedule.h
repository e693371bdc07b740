// Which two replicas of a vnode compare what they have, and when: every pair once in an interval,
// those first that have reason to hurry.
//
// Place:      AntiEntropy asks it whom to meet next; a value without clock or message.
// Invariants: of two nodes the lower calls, so that a pair does not meet twice; in a hurry anybody
//             does. tests/node/core/meeting_schedule_test.cc.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>

#include "node/core/bucket.h"
#include "node/ring/ring.h"

namespace quorate {

// This node and a peer, both primaries of the vnode for buckets of `n`.
struct PairId {
  VnodeId vnode = 0;
  std::uint32_t n = 0;
  NodeId peer = 0;

  friend auto operator<=>(const PairId&, const PairId&) = default;
};

class MeetingSchedule {
 public:
  struct Pair {
    std::int64_t due_ns = 0;
    bool hurried = false;
    std::int64_t met_ns = -1;    // -1: not since the start; only the one who called knows
    std::uint64_t differed = 0;  // keys, when they last met
    // When the last meeting began after which nothing was left that differed then; -1: none.
    std::int64_t agreed_ns = -1;
  };

  MeetingSchedule(NodeId self, const Buckets& buckets, const Ring& ring, std::int64_t interval_ns);

  // Every pair for which this node calls is due, or those of one vnode: at the start, and when an
  // operator says so.
  void hurry_all(std::optional<VnodeId> only = std::nullopt);
  void hurry_vnode(VnodeId vnode);
  void hurry_peer(NodeId peer);

  // The pair that is due for longest, the hurried before all others, of those that can meet.
  std::optional<PairId> next(std::int64_t now_ns,
                             const std::function<bool(const PairId&)>& can_meet) const;
  // `agreed`: all that differed has been synced.
  void met(const PairId& id, std::int64_t begun_ns, std::int64_t now_ns, std::uint64_t differed,
           bool agreed);
  void not_met(const PairId& id, std::int64_t again_ns);

  // Has every pair of the vnode for which this node calls agreed in a meeting that began since
  // then? Those that have not are in a hurry now.
  bool agreed_since(VnodeId vnode, std::int64_t since_ns);

  const std::map<PairId, Pair>& pairs() const { return pairs_; }

 private:
  void hurry(Pair& pair) const;

  const NodeId self_;
  const std::int64_t interval_ns_;
  std::map<PairId, Pair> pairs_;
};

}  // namespace quorate
