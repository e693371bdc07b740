// Writes that this node hands on to a primary, because it is none itself or cannot write now.
//
// Place:      the coordinator starts them; Core feeds it ForwardReply and openings of circuits.
// Implements: Dynamo 4.5 (a request reaches a coordinator among the first N); DESIGN 2.5 (the
//             outcome is joined over all attempts and forwards, and unknown absorbs not applied).
// Invariants: (1) each origin is answered exactly once; (2) once one primary may have taken the
//             write, "not applied" from another becomes unknown.
// Limits:     CoreOptions::requests_max, unanswered_bytes_max, deadline, resend.
#pragma once

#include <map>
#include <vector>

#include "node/core/byte_budget.h"
#include "node/core/node_state.h"

namespace quorate {

class Forwards {
 public:
  explicit Forwards(NodeState& state)
      : state_(state), unanswered_(state.options().unanswered_bytes_max) {}

  // False: as many bytes wait for primaries as may; the request is to be refused.
  bool has_room(const ClientRequest& request) const;

  // REQUIRES: has_room(request); the request has an id; `candidates` in order of preference,
  // without this node, not empty.
  void start(ClientRequest request, Origin origin, std::vector<NodeId> candidates,
             std::int64_t deadline_at_ns);

  void on_reply(NodeId from, const ForwardReply& reply);
  void on_timer(OpId op, TimerKind kind);
  void on_circuit_opened(NodeId peer);

  std::size_t in_flight() const { return forwards_.size(); }
  // Of values that wait for a primary's answer.
  std::size_t unanswered_bytes() const { return unanswered_.taken(); }

 private:
  struct Forward {
    ClientRequest request;
    Origin origin;
    std::vector<NodeId> candidates;  // whom to try, the present one first
    std::int64_t started_at_ns = 0;
    std::int64_t deadline_at_ns = 0;
    std::uint32_t sends = 0;    // to the present candidate
    bool doubt = false;         // somebody was asked who may have taken it, and never said
    Generation generation = 0;  // in which it came to this node
  };

  void send(OpId op, Forward& forward);
  void try_next(OpId op, Forward& forward, ClientReply last);
  void finish(OpId op, Forward& forward, ClientReply reply);

  NodeState& state_;
  std::map<OpId, Forward> forwards_;
  ByteBudget unanswered_;
};

}  // namespace quorate
