// Reaps what is dead: leads the vnodes of which this node is the first primary from one generation
// to the next, retires what all primaries hold, and removes what has been retired long enough.
//
// A round of one vnode asks all members whether they are ready, then the primaries whether they
// have compared, then, page by page, whether they hold exactly what has remains; what all hold is
// retired; and then the generation advances, if anything waits for that.
//
// Place:      the core ticks it and hands it the answers.
// Implements: papers/decisions/0010-generations.md.
// Invariants: (1) a generation advances only when every member has said yes in it; (2) remains are
//             retired only when every primary has said that it holds them exactly; (3) they are
//             reaped two generations later. tests/sim/reaping_test.cc.
// Limits:     one round at a time, CoreOptions::reap_interval_ns between two of a vnode; kReapPage
//             entries under way; retired_max at this node; kReapsMax rows a tick.
// Not here:   the answers: reap_answers.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "node/core/generation_keeper.h"
#include "node/core/node_state.h"

namespace quorate {

class Reaper {
 public:
  Reaper(NodeState& state, GenerationKeeper& keeper, const Lineage& lineage);

  void tick();
  void on_reply(NodeId from, const ReapReply& reply);

  // What holds up vnodes in which this node has something dead: of those that it leads, the last
  // round; of others, a leader who does not answer.
  std::map<VnodeId, ReapHoldStatus> holds() const;
  // Rows of this node that show remains.
  std::uint64_t remains() const;

 private:
  static constexpr std::size_t kReapsMax = 64;
  static constexpr std::size_t kLooksMax = 1024;  // at retired rows, a tick
  static constexpr int kPagesMax = 8;             // a tick
  static constexpr int kAttemptsMax = 5;
  static constexpr int kComparingMax = 50;

  struct Round {
    Round(VnodeId vnode_in, Generation generation_in)
        : vnode(vnode_in), generation(generation_in) {}

    VnodeId vnode;
    Generation generation;
    ReapRequest::Step step = ReapRequest::Step::kReady;
    OpId op = 0;
    std::set<NodeId> waiting;
    std::set<NodeId> heard;  // who is in the generation
    std::int64_t asked_at_ns = 0;
    int attempts = 0;
    std::vector<ReapRequest::Entry> entries;  // of the page
    std::vector<std::size_t> holders;         // how many primaries hold each
    std::size_t asked = 0;                    // primaries
    std::optional<Key> after;                 // the rows up to here have been looked at
    bool scanned = false;                     // all have been
  };

  void reap();
  // Puts the change of one row that is due into the batch, unless it cannot be read now.
  void reap_row(const Retired::Id& id, Batch& batch);
  void begin_next();
  // Something dead waits for a round.
  bool anything_waits(VnodeId vnode) const;
  bool wants_round(VnodeId vnode) const;
  void held_by(NodeId node, ReapHold hold);
  // Something retired waits for the vnode to advance.
  bool wants_advance(VnodeId vnode) const;
  void begin(ReapRequest::Step step);
  void ask(NodeId node);
  void ask_again();
  void step_done();
  // Looks for rows with remains, and asks about those of the first page that has some.
  void next_page();
  // False: the store cannot list its keys.
  bool read_page();
  void finish();
  void give_up();

  NodeState& state_;
  GenerationKeeper& keeper_;
  const Lineage& lineage_;
  std::vector<VnodeId> led_;
  std::map<VnodeId, std::int64_t> due_ns_;
  // Whose members may not all have heard of their generation.
  std::set<VnodeId> unheard_;
  std::map<VnodeId, ReapHoldStatus> holds_;
  std::size_t last_ = 0;  // of led_
  std::optional<Round> round_;
  bool paging_ = false;                // the round goes on to look for rows at the next tick
  std::optional<Retired::Id> reaped_;  // how far the look at retired rows has come
};

}  // namespace quorate
