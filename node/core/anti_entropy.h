// Makes replicas equal that nobody reads: compares hash trees with every other primary, and syncs
// the keys in which they differ.
//
// A meeting of two replicas of a vnode goes down the trees level by level, then has the peer list
// its keys in the leaves that differ, and reads each key that differs from all its
// primaries, with blocking read repair. So there is one way only in which a row is mended, and a
// message that arrives late or twice is as harmless as it is there. What is compared may change
// meanwhile; that costs a needless read.
//
// Place:      the core ticks it, hands it the replies, and tells it of circuits that closed.
// Implements: Dynamo 4.7; papers/decisions/0009-anti-entropy.md.
// Invariants: changes nothing but by reads. tests/sim/anti_entropy_test.cc.
// Limits:     one meeting at a time, CoreOptions::anti_entropy_interval_ns between two of a pair;
//             repair_bytes_per_second, repair_rows_per_second and repair_keys_per_second, less the
//             more clients ask of this node (foreground.h), of the rows no less than a quarter;
//             kReadsMax keys under way.
// Not here:   when who meets (meeting_schedule.h), the trees (trees.h), answers (tree_answers.h).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "node/core/hints.h"
#include "node/core/leaf_walk.h"
#include "node/core/lineage.h"
#include "node/core/meeting_schedule.h"
#include "node/core/node_state.h"
#include "node/core/pace.h"
#include "node/core/reads.h"
#include "node/core/tree_comparison.h"

namespace quorate {

class AntiEntropy {
 public:
  AntiEntropy(NodeState& state, Reads& reads, const Lineage& lineage, Hints& hints);

  // At every tick, and when its pace lets it go on.
  void tick();
  void on_pace();
  void on_circuit_closed(NodeId peer);

  // A peer asks to compare the vnode before anything else; so does an operator, or all vnodes.
  void hurry(NodeId from, VnodeId vnode);
  void hurry_all(std::optional<VnodeId> only = std::nullopt);

  // Has this node, with every other primary of the vnode for whom it calls, come to hold the same
  // since it was first asked this in the generation? If not it is about to.
  bool compared(VnodeId vnode, Generation generation);

  void on_tree_reply(NodeId from, const TreeReply& reply);
  void on_leaves_reply(NodeId from, LeavesReply&& reply);
  void on_read_finished(const ReadResult& result);

  const std::map<PairId, MeetingSchedule::Pair>& pairs() const { return schedule_.pairs(); }
  // Nothing is walked, compared or synced now, and nothing is overdue that can be.
  bool at_rest() const;

 private:
  static constexpr std::size_t kReadsMax = 16;
  static constexpr int kAttemptsMax = 3;
  static constexpr int kLeavesAttemptsMax = 30;

  struct Meeting {
    Meeting(const PairId& id, std::int64_t now_ns) : pair(id), begun_ns(now_ns) {}

    PairId pair;
    TreeComparison comparison;
    std::optional<Key> after;  // the keys up to here have been compared
    // What the peer has of the rows that come next, and where it stopped; empty: at the end. Then
    // own rows are looked at as far.
    std::vector<LeavesReply::Entry> theirs;
    std::optional<LeafWalk> own;
    bool compared = false;      // all keys have been
    std::deque<Key> differing;  // still to be synced
    std::uint64_t differed = 0;
    bool agreed = true;  // so far: no key could not be synced
    std::int64_t begun_ns = 0;
    // The question that waits for an answer; 0: none.
    OpId op = 0;
    std::int64_t asked_at_ns = 0;
    int attempts = 0;
  };

  void proceed();
  void refill();
  void walk();
  bool can_meet(const PairId& id) const;
  void begin_next();
  void ask();
  void ask_again(std::int64_t now_ns);
  void ask_trees();
  void ask_leaves();
  template <typename Request>
  void pose(Request request);
  void walk_own();
  void compare(const std::optional<Key>& through);
  void sync(VnodeId vnode, const Key& key, NodeId peer);
  void give_up();
  void end();
  void send_receipts();
  bool answers_meeting(NodeId from, OpId op) const;

  NodeState& state_;
  Reads& reads_;
  const Lineage& lineage_;
  Hints& hints_;
  MeetingSchedule schedule_;
  Pace bytes_;
  Pace rows_;
  Pace keys_;
  std::optional<Meeting> meeting_;
  std::set<OpId> syncing_;  // reads under way
  struct Asked {
    Generation generation = 0;
    std::int64_t at_ns = 0;
  };
  std::map<VnodeId, Asked> compare_since_;
  std::optional<OpId> receipt_op_;
  std::pair<VnodeId, NodeId> receipt_;  // that receipt_op_ is about
  std::uint64_t receipt_count_ = 0;     // what it said
  std::int64_t receipts_at_ns_ = 0;
  std::int64_t verify_at_ns_ = 0;
  bool waiting_ = false;  // for the timer
};

}  // namespace quorate
