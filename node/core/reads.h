// The reads that this node coordinates: asks all primaries, answers at R, repairs whoever was
// stale.
//
// Place:      the coordinator starts them, and writes that must read first; results come back
//             through take_finished(), which the core drains.
// Implements: Dynamo 4.5 and 4.7, with two differences: repair reaches every stale replica of the
//             N, also those that answer after the reader was served; and a session's token makes a
//             read wait for a state that covers it (read your writes, monotonic reads at any R).
// Invariants: (1) each started read finishes exactly once; (2) it lives on until all that were
//             asked have answered or the deadline is over (or too many bytes wait), for the sake of
//             repair; (3) a row that cannot be read is restored only from answers that must include
//             every acknowledged write (restorable()).
// Limits:     CoreOptions::requests_max, late_bytes_max, deadline, resend, session poll.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "node/core/blocking_repair.h"
#include "node/core/late_replicas.h"
#include "node/core/node_state.h"
#include "node/core/read_quorum.h"
#include "node/core/replica.h"

namespace quorate {

struct ReadPlan {
  enum class Purpose : std::uint8_t {
    kGet,          // for a client
    kBeforeWrite,  // for a write that must know more than its row does
    kRestore,      // a replica could not read its row
    kSync,         // anti-entropy found replicas that differ
  };
  Purpose purpose = Purpose::kGet;
  Key key;
  VnodeId vnode = 0;
  const Bucket* bucket = nullptr;
  ReplicaSets sets;
  bool sloppy = false;  // where primaries are missing, ask fallbacks for their hints
  ReadRepair repair = ReadRepair::kAsync;
  std::optional<Token> token;  // the answer must cover it
  std::int64_t deadline_at_ns = 0;
};

struct ReadResult {
  OpId op = 0;
  ReadPlan::Purpose purpose = ReadPlan::Purpose::kGet;
  Reason reason = Reason::kNone;  // kNone: the quorum was reached
  RecordPtr merged;               // null: no replica has a row
  RecordPtr shown;                // of that what clients may see; null: nothing
  std::uint32_t needed = 0;
  std::uint32_t reached = 0;
  std::uint32_t replicas = 0;  // that hold the key
  std::vector<NodeId> answered;
  std::vector<NodeId> silent;      // did not answer, or cannot be reached
  std::vector<NodeId> rebuilding;  // answered, and do not count
  std::vector<NodeId> unreadable;
  std::vector<NodeId> unrepaired;  // blocking repair: not known to hold the answer
  Generation generation = 0;       // of the oldest record in `merged`
};

class Reads {
 public:
  Reads(NodeState& state, Replica& replica, GenerationKeeper& keeper)
      : state_(state), replica_(replica), keeper_(keeper), late_(state.options().late_bytes_max) {}

  OpId start(ReadPlan plan);

  // Some replica cannot read its row of the key: it gets what a quorum knows.
  void restore(const Key& key, VnodeId vnode, const Bucket& bucket);

  // Both return false when the reply belongs to no read of ours.
  bool on_reply(NodeId from, const ReadReply& reply);
  bool on_repair_reply(NodeId from, const WriteReply& reply);
  void on_timer(OpId op, TimerKind kind);
  void on_circuit_opened(NodeId peer);

  std::optional<ReadResult> take_finished();

  std::size_t in_flight() const { return reads_.size(); }
  // Of records, kept for replicas that are late.
  std::size_t late_bytes() const { return late_.bytes(); }

 private:
  struct Read {
    ReadPlan plan;
    ReadQuorum quorum;
    RecordPtr own;  // what this node's row held when the read began
    bool asked_self = false;
    bool asked_fallbacks = false;
    bool finished = false;
    bool polling = false;                  // a session read waits for the next round
    std::optional<BlockingRepair> repair;  // begun before the answer
  };

  void ask(OpId op, Read& read, NodeId node);
  void ask_self(OpId op, Read& read);
  void ask_fallbacks(OpId op, Read& read);
  void advance(OpId op);
  bool covers_token(const Read& read) const;
  void start_blocking_repair(OpId op, Read& read);
  void advance_blocking_repair(OpId op, Read& read);
  void resend_repair(OpId op, Read& read);
  void finish(OpId op, Read& read, Reason reason);
  void end(OpId op);
  void send_repair(OpId op, const Read& read, NodeId node, const RecordPtr& record);
  void repair_stale(const Read& read);
  bool restorable(const Read& read) const;
  static std::size_t held_bytes(const Read& read);

  NodeState& state_;
  Replica& replica_;
  GenerationKeeper& keeper_;
  std::map<OpId, Read> reads_;
  LateReplicas late_;  // of those that have been answered
  std::deque<ReadResult> finished_;
};

}  // namespace quorate
