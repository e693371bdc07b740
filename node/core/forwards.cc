#include "node/core/forwards.h"

#include <algorithm>
#include <utility>

#include "node/core/types/data_type.h"

namespace quorate {

bool Forwards::has_room(const ClientRequest& request) const {
  return unanswered_.has_room(request.value.size());
}

void Forwards::start(ClientRequest request, Origin origin, std::vector<NodeId> candidates,
                     std::int64_t deadline_at_ns) {
  const OpId op = state_.new_op();
  unanswered_.take(request.value.size());
  const VnodeId vnode = state_.ring.vnode_of(request.key.bucket, request.key.name);
  Forward& forward = forwards_
                         .emplace(op, Forward{std::move(request), origin, std::move(candidates),
                                              state_.env.now_ns(), deadline_at_ns, 0, false,
                                              state_.generations.of(vnode)})
                         .first->second;
  state_.env.set_timer(timer_id(op, TimerKind::kDeadline), deadline_at_ns);
  send(op, forward);
}

void Forwards::send(OpId op, Forward& forward) {
  const std::int64_t now_ns = state_.env.now_ns();
  ClientRequest request = forward.request;
  request.deadline_ns = std::max<std::int64_t>(1, forward.deadline_at_ns - now_ns);
  request.age_ns += now_ns - forward.started_at_ns;
  // Whoever takes it after another had it must look for what came of that. So must a later run of
  // the same node, where two events of the write would count twice.
  const Bucket* bucket = state_.config.buckets.find(request.key.bucket);
  const bool once = bucket != nullptr && data_type(bucket->type).is_partial();
  if (forward.doubt || (once && forward.sends > 0))
    request.attempt = std::max<std::uint32_t>(request.attempt, 1);
  state_.trace({.kind = TraceKind::kRequestForwarded,
                .peer = forward.candidates.front(),
                .b = forward.request.id.low});
  state_.send(forward.candidates.front(),
              ForwardRequest{op, std::move(request), forward.generation});
  ++forward.sends;
  state_.env.set_timer(timer_id(op, TimerKind::kResend), now_ns + state_.options().resend_ns);
}

void Forwards::on_reply(NodeId from, const ForwardReply& message) {
  const auto found = forwards_.find(message.op);
  if (found == forwards_.end()) return;
  Forward& forward = found->second;
  if (message.reply.outcome == Outcome::kNotApplied) {
    // From an earlier candidate it settles nothing: its doubt stands. The present one says that it
    // did nothing: perhaps the next can. Of several sends another copy may still be taken, by a
    // later run of that node.
    if (from != forward.candidates.front()) return;
    if (forward.sends > 1) forward.doubt = true;
    try_next(message.op, forward, message.reply);
    return;
  }
  finish(message.op, forward, message.reply);
}

void Forwards::try_next(OpId op, Forward& forward, ClientReply last) {
  forward.candidates.erase(forward.candidates.begin());
  std::erase_if(forward.candidates, [&](NodeId node) { return !state_.health.closed(node); });
  forward.sends = 0;
  if (!forward.candidates.empty() && state_.env.now_ns() < forward.deadline_at_ns) {
    state_.trace({.kind = TraceKind::kForwardTriedNext, .peer = forward.candidates.front()});
    send(op, forward);
    return;
  }
  if (forward.doubt && last.outcome == Outcome::kNotApplied) {
    state_.trace({.kind = TraceKind::kForwardDoubted, .b = forward.request.id.low});
    last.outcome = Outcome::kUnknown;
    last.detail =
        "one coordinator did not answer and may have applied it; another did not: " + last.detail;
  }
  finish(op, forward, std::move(last));
}

void Forwards::on_timer(OpId op, TimerKind kind) {
  const auto found = forwards_.find(op);
  if (found == forwards_.end()) return;
  Forward& forward = found->second;
  if (kind == TimerKind::kResend && state_.env.now_ns() < forward.deadline_at_ns) {
    state_.trace({.kind = TraceKind::kResent, .peer = forward.candidates.front()});
    send(op, forward);
    return;
  }
  ClientReply reply;
  reply.id = forward.request.id;
  reply.outcome = Outcome::kUnknown;
  reply.reason = Reason::kDeadline;
  reply.detail = "node " + std::to_string(forward.candidates.front()) +
                 ", which coordinates this write, did not answer in time";
  finish(op, forward, std::move(reply));
}

void Forwards::on_circuit_opened(NodeId peer) {
  std::vector<OpId> ops;
  for (const auto& [op, forward] : forwards_) {
    if (forward.candidates.front() == peer) ops.push_back(op);
  }
  for (OpId op : ops) {
    Forward& forward = forwards_.at(op);
    forward.doubt = true;
    ClientReply reply;
    reply.id = forward.request.id;
    reply.outcome = Outcome::kUnknown;
    reply.reason = Reason::kQuorumUnreachable;
    reply.detail =
        "node " + std::to_string(peer) +
        ", which coordinates this write, stopped answering, and no other primary can be reached";
    try_next(op, forward, std::move(reply));
  }
}

void Forwards::finish(OpId op, Forward& forward, ClientReply reply) {
  if (reply.coordinator == 0) reply.coordinator = state_.self();
  state_.trace({.kind = TraceKind::kRequestFinished,
                .a = static_cast<std::uint64_t>(reply.outcome),
                .b = forward.request.id.low,
                .c = static_cast<std::uint64_t>(reply.reason)});
  state_.env.cancel_timer(timer_id(op, TimerKind::kDeadline));
  state_.env.cancel_timer(timer_id(op, TimerKind::kResend));
  answer(state_, forward.origin, std::move(reply));
  unanswered_.give_back(forward.request.value.size());
  forwards_.erase(op);
}

}  // namespace quorate
