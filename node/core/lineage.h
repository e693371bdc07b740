// What this node's life so far allows it to promise: has it forgotten something, and which vnodes
// is it therefore rebuilding?
//
// A store cannot prove that it forgot nothing. So peers remember, durably, the highest high-water
// mark that they heard of one another, and tell it with every pong:
//   * a mark of another run above this node's own: its disk was wiped, or an old backup was
//     restored. It rebuilds all its vnodes, and until then counts towards no read quorum;
//   * a store that was just created waits until a majority of the members (itself included) says
//     that it never heard of this node: then it is new, and has nothing to rebuild.
//
// Place:      the core feeds it pings and pongs; the replica and the coordinators ask rebuilding().
// Implements: DESIGN 2.2 (marks notice, run ids protect) and 2.5 (rebuilding counts towards w,
//             never towards r); papers/decisions/0003-noticing-what-was-forgotten.md.
// Limits:     one set of marks a member (peer_marks.h).
// Not here:   copying the rows: rebuild.h. What pongs tell of the peers' clocks: peer_clocks.h.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "node/core/hints.h"
#include "node/core/node_state.h"
#include "node/core/peer_marks.h"

namespace quorate {

class Lineage {
 public:
  Lineage(NodeState& state, const Hints& hints) : state_(state), hints_(hints) {}

  // Loads what the store remembers.
  void start();

  void on_ping(NodeId from, const Ping& ping);
  // `sent_ns`: this node's clock when the ping went out.
  void on_pong(NodeId from, const Pong& pong, std::int64_t sent_ns);
  // This node's mark as it tells others: the store's, lifted above everything that was ever heard
  // of this node. Without the lift a node that was wiped once would find at every start that its
  // peers know more of it.
  std::uint64_t announced() const;

  // At every tick: writes down marks that moved far enough since.
  void save_marks();

  // Counts this node's copies of the vnode towards no read quorum?
  bool rebuilding(VnodeId vnode) const;
  std::uint32_t rebuilding_count() const;
  // A peer knew more of this node than it did itself, and what it lost has not been copied back
  // yet.
  bool forgot() const { return forgot_ && !to_rebuild_.empty(); }

  // Of buckets with the most copies.
  bool is_primary(VnodeId vnode) const;
  // Nobody has told yet whether this node had another store before.
  bool newborn() const { return age_ == Age::kNewborn; }
  // One vnode needs copying back, if this node is a primary of it.
  void rebuild(VnodeId vnode);
  // All vnodes of which this node is a primary need copying back; a rebuild under way starts over.
  void rebuild_all();
  // True once after the decision to rebuild was taken.
  bool take_rebuild_order();
  const std::set<VnodeId>& to_rebuild() const { return to_rebuild_; }
  void vnode_rebuilt(VnodeId vnode);

  std::uint64_t high_water_of(NodeId peer) const;

  // As it last said: has the peer room for another hint? Oneself is asked directly.
  bool takes_hints(NodeId node) const;

 private:
  enum class Age : std::uint8_t {
    kNewborn,  // the store was just created; nobody has told yet whether this node had another one
    kSettled,  // its rows are all that it ever had, or they are being rebuilt
  };
  struct Heard {
    PeerMarks marks;
    std::uint64_t saved = 0;  // the highest mark that the store has
  };

  void settle(bool is_new);
  void begin_rebuild();
  void lift_above(std::uint64_t heard);

  NodeState& state_;
  const Hints& hints_;
  Age age_ = Age::kSettled;
  std::uint64_t base_ = 0;       // added to the store's mark, see announced()
  std::uint64_t born_with_ = 0;  // announced() when the run began
  bool forgot_ = false;
  bool rebuild_ordered_ = false;
  std::set<VnodeId> to_rebuild_;
  std::set<NodeId> strangers_;  // members that never heard of this node
  std::map<NodeId, Heard> heard_;
  std::set<NodeId> full_of_hints_;
};

}  // namespace quorate
