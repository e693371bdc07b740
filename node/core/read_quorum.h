// A quorum read as a value: takes replies, says when they are enough, what the answer is and who
// needs repair. It sends nothing.
//
// Implements: Dynamo 4.5 (R of N) and 4.7 (read repair), returned instead of performed, as
//             riak_kv_get_core does.
// Invariants: (1) a replica that cannot read its row, or is being rebuilt, never counts; (2) the
//             merged record is the sync of everything that any replica answered, in whatever order;
//             (3) repairs() names every primary that answered and is not known to hold the merged
//             record; (4) a fallback that keeps the key counts in the place of one primary that
//             does not answer; (5) an answer two generations behind another is none: that replica
//             has forgotten (decision 0010). tests/node/core/read_quorum_test.cc.
// Not here:   repair before the answer: blocking_repair.h.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "node/core/messages.h"
#include "node/core/quorum_sets.h"

namespace quorate {

class ReadQuorum {
 private:
  enum class State : std::uint8_t { kSilent, kGood, kRebuilding, kUnreadable, kUnreachable };

 public:
  ReadQuorum(ReplicaSets sets, std::int64_t retry_window_ms);

  // What is left of a record once its remains are reaped; without it nothing counts as retired.
  // With `alike` replicas that show the same with more or less behind it are repaired too.
  using Reaped = std::function<Record(const Record&)>;
  void set_reaped(Reaped reaped, bool alike);

  // A sloppy read asks this node too, for the hints that it keeps.
  void add_fallback(NodeId node);
  bool is_fallback(NodeId node) const;
  std::vector<NodeId> fallbacks() const;

  // The newest reply of a replica replaces its earlier ones. `record` may be null: it has no row.
  // Returns false if equal contexts came with unequal siblings (somebody broke the law); merged
  // anyway.
  struct Answer {
    RecordPtr record;
    bool rebuilding = false;
    Generation generation = 0;
    bool retired = false;  // the record's remains are shown to nobody
  };
  bool add(NodeId from, Answer answer);
  // It answered that its row cannot be read.
  void add_unreadable(NodeId from);
  // It cannot answer now: nothing reaches it, or it refused.
  void add_unreachable(NodeId from);
  // One that has answered holds this record since.
  void add_repaired(NodeId from, RecordPtr record);

  bool enough() const;
  // Whatever the silent ones may still say, it will not be enough.
  bool impossible() const;
  // Replicas that have said nothing yet, one way or the other.
  std::vector<NodeId> silent() const { return in_state(State::kSilent); }
  bool any_silent() const;

  // Null when no replica that answered has a row.
  const RecordPtr& merged() const { return merged_; }
  // Of that, what clients may see. Null: nothing. It is merged() unless some replica has retired
  // the remains of just that.
  RecordPtr shown() const;
  // Of the oldest record in it; without any, of the newest answer.
  Generation generation() const;

  std::uint32_t reached() const;            // places with a good answer
  std::uint32_t reached_primaries() const;  // primaries among them
  std::vector<NodeId> answered() const { return in_state(State::kGood); }  // who gave them
  std::vector<NodeId> repairs() const;  // primaries that answered, and hold less than merged()
  std::vector<NodeId> unreadable() const { return in_state(State::kUnreadable); }
  std::vector<NodeId> rebuilding() const { return in_state(State::kRebuilding); }
  std::vector<NodeId> unreachable() const { return in_state(State::kUnreachable); }

  const ReplicaSets& sets() const { return sets_; }

  // Of the records that it keeps.
  std::size_t held_bytes() const;

 private:
  struct Reply {
    NodeId node = 0;
    State state = State::kSilent;
    RecordPtr record;
    Generation generation = 0;
    bool retired = false;
    bool fallback = false;
  };
  bool merge(Reply& reply);
  bool is_retired(const Reply& reply) const;
  bool any_retired() const;
  void leave_outdated();
  std::uint32_t fallbacks_in(State state) const;
  std::vector<NodeId> in_state(State state) const;
  Reply* find(NodeId node);
  const Reply* find(NodeId node) const;

  ReplicaSets sets_;
  std::int64_t retry_window_ms_;
  Reaped reaped_;
  bool alike_ = false;
  std::vector<Reply> replies_;
  RecordPtr merged_;
  Generation newest_ = 0;
};

}  // namespace quorate
