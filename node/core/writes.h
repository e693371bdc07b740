// The writes that this node coordinates: mints the event, stores it, sends the record to the other
// primaries, answers at W.
//
// Of a large record only what changed is sent. Whoever does not know the rest says so, and is sent
// the whole; so a replica that has acknowledged knows all that the coordinator knew, either way.
//
// A replica whose disk is slow acknowledges late, but in order. Once the client is answered, only
// one that has acknowledged a later write is asked again (tests/sim/repair_test.cc, LateReplica).
//
// Place:      the coordinator starts them, where this node is a primary of the key; or, of a sloppy
//             write, where no primary can be reached: then this node is the first stand-in, and its
//             hint takes the place of a row.
// Implements: Dynamo 4.5; DESIGN 2.1 (what a put and a delete do), 2.2 (marks), 2.5 (outcomes,
//             retries).
// Invariants: (1) a write is *not applied* only before its batch is handed to the store; from then
//             on it is ok or unknown; (2) row, mark and remembered request id are one batch; (3) a
//             request id that the row remembers is never applied again: its write is replicated
//             again and answered with its old dot; (4) each origin is answered exactly once.
// Limits:     CoreOptions::requests_max, unanswered_bytes_max until the answer and late_bytes_max
//             after it, deadline, resend; the bucket's siblings_max and record_bytes_max.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "node/base/keyed_hash.h"
#include "node/core/byte_budget.h"
#include "node/core/late_replicas.h"
#include "node/core/node_state.h"
#include "node/core/places.h"
#include "node/core/read_before_write.h"
#include "node/core/reads.h"
#include "node/core/write_event.h"
#include "node/core/write_plan.h"
#include "node/core/write_quorum.h"

namespace quorate {

class Writes {
 public:
  Writes(NodeState& state, Reads& reads, GenerationKeeper& keeper, const Lineage& lineage,
         Hints& hints)
      : state_(state),
        reads_(reads),
        keeper_(keeper),
        places_(state, lineage, hints),
        unanswered_(state.options().unanswered_bytes_max),
        late_(state.options().late_bytes_max),
        by_request_(0, RequestHash{keyed_hash64(state.config.tree_key, "requests")}) {}

  // A retry of a request that is still in flight here waits for the same outcome. False: there is
  // none.
  bool join(const RequestId& id, const Origin& origin);

  void start(WritePlan plan);

  void on_read_finished(const ReadResult& result);
  // False when the reply belongs to no write of ours.
  bool on_reply(NodeId from, const WriteReply& reply);
  void on_timer(OpId op, TimerKind kind);
  void on_circuit_opened(NodeId peer);

  std::size_t in_flight() const { return writes_.size(); }
  // Of records whose writes are not answered yet.
  std::size_t unanswered_bytes() const { return unanswered_.taken(); }
  // Of records, kept for replicas that are late.
  std::size_t late_bytes() const { return late_.bytes(); }

 private:
  struct Write {
    WritePlan plan;
    std::vector<Origin> origins;
    WriteQuorum quorum;
    OpId reading = 0;  // the read that it waits for
    ReadBefore read_for = ReadBefore::kNothing;
    RecordPtr record;  // what is being replicated; null before the event is minted
    Dot dot;
    std::optional<Token> token;  // what the client gets: the write's effective context and its dot
    std::size_t bytes = 0;       // taken of the budget until it is answered
    bool answered = false;
    std::vector<NodeId> asked;  // fallbacks, to stand in
    std::vector<NodeId> owed;   // primaries for whom the row's own batch has a hint
    Generation generation = 0;  // of `record`
    RecordPtr change = {};      // what of `record` is new `since`; null: all of it
    Context since = {};
    std::vector<NodeId> need_whole = {};  // whose rows know too little for the change
  };

  void fill_places(OpId op, Write& write);
  void read(OpId op, Write& write, ReadBefore what);
  void unread(OpId op, Write& write, Reason reason, ClientReply reply, std::string detail);
  void apply(OpId op, Write& write, const Record* read_first);
  bool replay(OpId op, Write& write, const Record& known, Generation generation);
  void trace_minted(const Dot& dot, bool epoch_renewed, const Record& record,
                    const ClientRequest& request);
  void hold(Write& write, RecordPtr record);
  std::string no_room() const;
  void replicate(OpId op, Write& write, BatchId wait_for);
  void refresh(Write& write);
  void send_record(OpId op, Write& write, NodeId node);
  bool has_missed(NodeId node, OpId op) const;
  void advance(OpId op);
  void finish(Write& write, ClientReply reply);
  void give_up(OpId op, Write& write, ClientReply reply);  // finish, then end
  void end(OpId op);
  ClientReply reply_base(const Write& write) const;
  ClientReply unknown_reply(const Write& write, Reason reason) const;

  NodeState& state_;
  Reads& reads_;
  GenerationKeeper& keeper_;
  Places places_;
  // Clients choose the names of requests, and must not choose which of them collide.
  struct RequestHash {
    using is_avalanching = void;
    std::uint64_t seed = 0;
    std::size_t operator()(const RequestId& id) const;
  };

  std::unordered_map<OpId, Write> writes_;  // never gone through in its own order
  ByteBudget unanswered_;                   // what they hold until they are answered
  LateReplicas late_;                       // and afterwards
  boost::unordered_flat_map<RequestId, OpId, RequestHash> by_request_;
  std::map<OpId, OpId> by_read_;
  std::map<NodeId, OpId> latest_ack_;  // of each replica, the newest write that it acknowledged
};

}  // namespace quorate
