#include "node/core/writes.h"

#include <algorithm>
#include <array>
#include <utility>

#include "node/base/hash.h"
#include "node/core/write_event.h"

namespace quorate {

namespace {

std::vector<NodeId> unreachable_nodes(const NodeState& state, const ReplicaSets& sets) {
  std::vector<NodeId> nodes;
  for (NodeId node : union_of(sets)) {
    if (!state.reachable(node)) nodes.push_back(node);
  }
  return nodes;
}

bool contains(const std::vector<NodeId>& nodes, NodeId node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

ClientReply refuse(ClientReply reply, Reason reason, std::string detail) {
  reply.outcome = Outcome::kNotApplied;
  reply.reason = reason;
  reply.detail = std::move(detail);
  return reply;
}

}  // namespace

std::size_t Writes::RequestHash::operator()(const RequestId& id) const {
  const std::array<std::uint64_t, 2> words{id.high, id.low};
  return hash64({reinterpret_cast<const char*>(words.data()), sizeof words}, seed);
}

bool Writes::join(const RequestId& id, const Origin& origin) {
  const auto found = by_request_.find(id);
  if (found == by_request_.end()) return false;
  Write& write = writes_.at(found->second);
  state_.trace({.kind = TraceKind::kRequestJoinedRetry, .b = id.low});
  if (std::find(write.origins.begin(), write.origins.end(), origin) == write.origins.end()) {
    write.origins.push_back(origin);
  }
  return true;
}

void Writes::start(WritePlan plan) {
  const OpId op = state_.new_op();
  const ReplicaSets sets = plan.sets;
  const std::int64_t deadline_at_ns = plan.deadline_at_ns;
  const RequestId id = plan.request.id;
  const Origin origin = plan.origin;
  Write& write = writes_
                     .emplace(op, Write{std::move(plan),
                                        {origin},
                                        WriteQuorum(sets),
                                        0,
                                        ReadBefore::kNothing,
                                        nullptr,
                                        {},
                                        {},
                                        0,
                                        false,
                                        {},
                                        {},
                                        0})
                     .first->second;
  by_request_[id] = op;

  const auto fallbacks = static_cast<std::uint32_t>(
      places_.find_stand_ins(write.plan, write.quorum, write.asked).size());
  if (lacking(
          sets, [&](NodeId node) { return state_.reachable(node); }, fallbacks) != 0) {
    const std::vector<NodeId> gone = unreachable_nodes(state_, sets);
    const std::size_t all = union_of(sets).size();
    std::string detail = "only " + std::to_string(all - gone.size()) + " of " +
                         std::to_string(all) + " primaries answer";
    if (write.plan.sloppy) {
      detail += ", " + std::to_string(fallbacks) + (fallbacks == 1 ? " fallback" : " fallbacks") +
                " can stand in";
    }
    detail += " and w=" + std::to_string(sets.front().needed) + "; " + node_list(gone) +
              " cannot be reached from node " + std::to_string(state_.self());
    give_up(op, write, refuse(reply_base(write), Reason::kQuorumUnreachable, std::move(detail)));
    return;
  }
  fill_places(op, write);
  state_.env.set_timer(timer_id(op, TimerKind::kDeadline), deadline_at_ns);

  // A retry is first looked for in the row here.
  const ReadBefore what = read_before(*write.plan.bucket, write.plan.request, nullptr);
  if (what == ReadBefore::kQuorum) {
    read(op, write, what);
  } else {
    apply(op, write, nullptr);
  }
}

void Writes::read(OpId op, Write& write, ReadBefore what) {
  write.read_for = what;
  write.reading = reads_.start(plan_read(what, write.plan));
  by_read_[write.reading] = op;
}

// What had to be read was not. An earlier attempt of a retry may have been applied for all that is
// known.
void Writes::unread(OpId op, Write& write, Reason reason, ClientReply reply, std::string detail) {
  if (is_partial_retry(*write.plan.bucket, write.plan.request)) {
    give_up(op, write, unknown_reply(write, Reason::kRetryUnsure));
  } else {
    give_up(op, write, refuse(std::move(reply), reason, std::move(detail)));
  }
}

void Writes::on_read_finished(const ReadResult& result) {
  const auto found = by_read_.find(result.op);
  if (found == by_read_.end()) return;
  const OpId op = found->second;
  by_read_.erase(found);
  Write& write = writes_.at(op);
  write.reading = 0;
  if (result.reason != Reason::kNone) {
    state_.trace({.kind = TraceKind::kDeleteNotRead, .b = write.plan.request.id.low});
    ClientReply reply = reply_base(write);
    reply.needed = result.needed;
    reply.reached = result.reached;
    reply.answered = result.answered;
    unread(op, write, result.reason, std::move(reply), why_not_read(write.read_for, result));
    return;
  }
  if (result.merged != nullptr &&
      !state_.generations.takes_row(write.plan.vnode, result.generation, false)) {
    // Meanwhile something that is alive in this answer may have been reaped.
    read(op, write, write.read_for);
    return;
  }
  static const Record kNothing;
  write.generation = result.generation;
  apply(op, write, result.merged == nullptr ? &kNothing : result.merged.get());
}

void Writes::fill_places(OpId op, Write& write) {
  for (const StandIn& found : places_.find_stand_ins(write.plan, write.quorum, write.asked)) {
    write.quorum.set_stand_in(found.primary, found.fallback);
    write.asked.push_back(found.fallback);
    if (write.record != nullptr) send_record(op, write, found.fallback);
  }
}

void Writes::apply(OpId op, Write& write, const Record* read_first) {
  const ClientRequest& request = write.plan.request;
  fill_places(op, write);
  const Result<RowPtr> stored = places_.known_here(write.plan, write.quorum);
  if (!stored) {
    state_.trace({.kind = TraceKind::kRowUnreadable, .peer = state_.self()});
    reads_.restore(request.key, write.plan.vnode, *write.plan.bucket);
    give_up(op, write,
            refuse(reply_base(write), Reason::kStoreFailed,
                   "node " + std::to_string(state_.self()) + " cannot read its row of this key (" +
                       stored.error().to_string() + "); it asks its peers for it: try again"));
    return;
  }
  const Generation of_row = places_.generation_here(write.plan);
  if (read_first != nullptr && replay(op, write, *read_first, write.generation)) return;
  if (*stored && replay(op, write, (*stored)->record, of_row)) return;
  if (read_first == nullptr) {
    const Record* row = *stored ? &(*stored)->record : nullptr;
    if (const ReadBefore what = read_before(*write.plan.bucket, request, row);
        what != ReadBefore::kNothing) {
      state_.trace({.kind = TraceKind::kReadBeforeWrite,
                    .a = static_cast<std::uint64_t>(what),
                    .b = request.id.low});
      read(op, write, what);
      return;
    }
  } else if (is_partial_retry(*write.plan.bucket, request)) {
    state_.trace({.kind = TraceKind::kRetryUnsure, .b = request.id.low});
    give_up(op, write, unknown_reply(write, Reason::kRetryUnsure));
    return;
  }

  auto minted =
      mint_event(state_, *write.plan.bucket, request, *stored, read_first, write.plan.just_behind);
  if (const auto* refusal = std::get_if<Refusal>(&minted)) {
    give_up(op, write, refuse(reply_base(write), refusal->reason, refusal->detail));
    return;
  }
  NewEvent& event = std::get<NewEvent>(minted);
  if (!unanswered_.has_room(event.row.record.size_bytes())) {
    give_up(op, write, refuse(reply_base(write), Reason::kOverloaded, no_room()));
    return;
  }
  RecordPtr record = std::make_shared<const Record>(event.row.record);
  write.generation = of_row;
  const BatchId batch =
      places_.store(write.plan, write.quorum, stored, std::move(event.row), write.owed);
  if (batch == 0) {
    give_up(
        op, write,
        refuse(reply_base(write), Reason::kOverloaded,
               "node " + std::to_string(state_.self()) + " would have to keep the value for node " +
                   std::to_string(write.quorum.stands_for(state_.self())) +
                   " and has no room for another hint; ask another node, or try again when a "
                   "primary answers"));
    return;
  }
  if (event.concurrent_values >= siblings_warning(*write.plan.bucket)) {
    state_.trace(
        {.kind = TraceKind::kSiblingsMany, .dot = event.dot, .a = event.concurrent_values});
  }
  trace_minted(event.dot, event.epoch_renewed, *record, request);
  write.dot = event.dot;
  write.token = std::move(event.token);
  hold(write, std::move(record));
  if (event.delta) {
    write.change = std::make_shared<const Record>(std::move(event.delta->change));
    write.since = std::move(event.delta->since);
  }
  replicate(op, write, batch);
}

bool Writes::replay(OpId op, Write& write, const Record& known, Generation generation) {
  const ClientRequest& request = write.plan.request;
  const std::optional<KnownEvent> event = find_event(*write.plan.bucket, request, known);
  if (!event) {
    // What is not found of a partial write is never applied again, forgotten or not.
    if (is_partial_retry(*write.plan.bucket, request)) return false;
    if (!may_be_forgotten(state_, request, known)) return false;
    state_.trace({.kind = TraceKind::kRetryTooOld, .b = request.id.low});
    give_up(op, write, unknown_reply(write, Reason::kRetryTooOld));
    return true;
  }
  state_.trace({.kind = TraceKind::kRequestReplayed, .dot = event->dot, .b = request.id.low});
  if (!unanswered_.has_room(known.size_bytes())) {
    ClientReply reply = unknown_reply(write, Reason::kOverloaded);
    reply.detail = no_room() + "; this write was applied before, by which replicas is not known";
    give_up(op, write, std::move(reply));
    return true;
  }
  write.dot = event->dot;
  write.token = event->token;
  hold(write, std::make_shared<const Record>(known));
  write.generation = generation;
  // The earlier attempt may not have reached its quorum: replicate what came of it, to all, this
  // node too.
  replicate(op, write, 0);
  return true;
}

void Writes::trace_minted(const Dot& dot, bool epoch_renewed, const Record& record,
                          const ClientRequest& request) {
  const std::size_t context_bytes = record.context.size_bytes();
  if (context_bytes > state_.options().context_bytes_max) {
    state_.trace({.kind = TraceKind::kContextLarge, .a = context_bytes});
  }
  if (epoch_renewed) state_.trace({.kind = TraceKind::kEpochRenewed, .dot = dot});
  state_.trace({.kind = TraceKind::kDotMinted, .dot = dot, .b = request.id.low});
}

void Writes::hold(Write& write, RecordPtr record) {
  write.bytes = record->size_bytes();
  unanswered_.take(write.bytes);
  write.record = std::move(record);
}

std::string Writes::no_room() const {
  return "node " + std::to_string(state_.self()) + " holds " + std::to_string(unanswered_.taken()) +
         " bytes of writes that are not answered yet, and unanswered_bytes_max is " +
         std::to_string(state_.options().unanswered_bytes_max) +
         "; try again later or ask another node";
}

void Writes::replicate(OpId op, Write& write, BatchId wait_for) {
  NodeList receivers = union_of(write.plan.sets);
  for (NodeId node : write.quorum.stand_ins()) receivers.push_back(node);
  for (NodeId node : receivers) {
    if (node == state_.self() && wait_for != 0) {
      state_.gate.hold_ack(wait_for, node, op);
    } else if (state_.reachable(node)) {
      send_record(op, write, node);
    } else {
      write.quorum.add_unreachable(node);
    }
  }
  state_.env.set_timer(timer_id(op, TimerKind::kResend),
                       state_.env.now_ns() + state_.options().resend_ns);
  advance(op);
}

// What was read in an earlier generation is refused in a later one: what the row holds now is of
// today.
void Writes::refresh(Write& write) {
  if (write.generation == state_.generations.of(write.plan.vnode)) return;
  const Result<RowPtr> known = places_.known_here(write.plan, write.quorum);
  // A row that knows nothing of the event any more was reaped: all primaries had the event.
  if (!known || *known == nullptr || !(*known)->record.context.contains(write.dot)) return;
  write.record = record_of(*known);
  write.change = nullptr;
  write.generation = places_.generation_here(write.plan);
}

void Writes::send_record(OpId op, Write& write, NodeId node) {
  refresh(write);

  WriteRequest request;
  request.op = op;
  request.ring_version = state_.ring.version();
  request.vnode = write.plan.vnode;
  request.key = write.plan.request.key;
  request.purpose = WriteRequest::Purpose::kWrite;
  request.record = write.record;
  request.hint_for = write.quorum.stands_for(node);
  request.generation = write.generation;
  if (write.change != nullptr && request.hint_for == 0 && !contains(write.need_whole, node)) {
    state_.trace({.kind = TraceKind::kChangeSent,
                  .peer = node,
                  .a = write.record->size_bytes(),
                  .b = write.change->size_bytes()});
    request.record = write.change;
    request.since = write.since;
  }
  state_.send(node, std::move(request));
}

bool Writes::on_reply(NodeId from, const WriteReply& reply) {
  const auto found = writes_.find(reply.op);
  if (found == writes_.end()) return false;
  Write& write = found->second;
  if (write.record == nullptr) return true;
  switch (reply.status) {
    case ReplicaStatus::kOk:
      write.quorum.add_ack(from);
      latest_ack_[from] = std::max(latest_ack_[from], reply.op);
      break;
    case ReplicaStatus::kCorrupt:
      write.quorum.add_refusal(from);
      reads_.restore(write.plan.request.key, write.plan.vnode, *write.plan.bucket);
      break;
    case ReplicaStatus::kOldGeneration: {
      // Who was just created does not know its own yet: it is asked again.
      if (reply.generation == 0) break;
      keeper_.hear(write.plan.vnode, reply.generation);
      const Generation before = write.generation;
      refresh(write);
      if (write.generation == before) {
        write.quorum.add_refusal(from);
      } else {
        send_record(reply.op, write, from);
      }
      break;
    }
    case ReplicaStatus::kNeedsWhole:
      // Once: the same answer to a copy of the change may still come.
      if (contains(write.need_whole, from)) break;
      write.need_whole.push_back(from);
      send_record(reply.op, write, from);
      break;
    case ReplicaStatus::kNoSpace:
    case ReplicaStatus::kFailed:
    case ReplicaStatus::kWrongRing:
    case ReplicaStatus::kNoHint:
    case ReplicaStatus::kNoRoom:
      write.quorum.add_refusal(from);
      break;
  }
  if (!write.answered) fill_places(reply.op, write);
  advance(reply.op);
  return true;
}

// What a replica stores becomes durable in order, and so it acknowledges. Who has acknowledged a
// later write has missed this one, or its acknowledgement was lost; who has not may be slow only,
// and would be slower for being asked again.
bool Writes::has_missed(NodeId node, OpId op) const {
  const auto found = latest_ack_.find(node);
  return found != latest_ack_.end() && found->second > op;
}

void Writes::advance(OpId op) {
  const auto found = writes_.find(op);
  if (found == writes_.end()) return;
  Write& write = found->second;
  const bool late = state_.env.now_ns() >= write.plan.deadline_at_ns;
  if (!write.answered) {
    if (write.quorum.enough() && !late) {
      ClientReply reply = reply_base(write);
      reply.outcome = Outcome::kOk;
      reply.dot = write.dot;
      if (write.token) {
        write.token->minted_at_ms = state_.wall_now_ms();
        reply.token = std::move(write.token);
      }
      finish(write, std::move(reply));
    } else if (late) {
      finish(write, unknown_reply(write, Reason::kDeadline));
    } else if (write.quorum.impossible()) {
      finish(write, unknown_reply(write, Reason::kQuorumUnreachable));
    }
  }
  // It lives on to ask again those that have not acknowledged: fewer stale replicas to repair
  // later.
  if (!write.answered) return;
  if (late || write.quorum.all_settled()) {
    end(op);
    return;
  }
  late_.enter(op, write.record->size_bytes());
  while (const std::optional<OpId> oldest = late_.surplus()) {
    state_.trace({.kind = TraceKind::kLateGivenUp});
    end(*oldest);
  }
}

void Writes::finish(Write& write, ClientReply reply) {
  write.answered = true;
  unanswered_.give_back(std::exchange(write.bytes, 0));
  by_request_.erase(write.plan.request.id);
  state_.trace({.kind = TraceKind::kRequestFinished,
                .a = static_cast<std::uint64_t>(reply.outcome),
                .b = write.plan.request.id.low,
                .c = static_cast<std::uint64_t>(reply.reason)});
  // All but the last get a copy.
  for (std::size_t i = 0; i + 1 < write.origins.size(); ++i) {
    answer(state_, write.origins[i], reply);
  }
  if (!write.origins.empty()) answer(state_, write.origins.back(), std::move(reply));
  write.origins.clear();
}

void Writes::give_up(OpId op, Write& write, ClientReply reply) {
  finish(write, std::move(reply));
  end(op);
}

void Writes::end(OpId op) {
  const auto found = writes_.find(op);
  if (found == writes_.end()) return;
  state_.env.cancel_timer(timer_id(op, TimerKind::kDeadline));
  state_.env.cancel_timer(timer_id(op, TimerKind::kResend));
  if (found->second.reading != 0) by_read_.erase(found->second.reading);
  late_.leave(op);
  const Write& write = found->second;
  if (write.record != nullptr) places_.owe_the_rest(write.plan, write.quorum, write.owed);
  writes_.erase(found);
}

void Writes::on_timer(OpId op, TimerKind kind) {
  const auto found = writes_.find(op);
  if (found == writes_.end()) return;
  Write& write = found->second;
  if (write.record == nullptr) {
    // Still reading first, and the deadline is over: the read tells the same in its own time, or
    // has just done so.
    if (write.read_for == ReadBefore::kToken) return;  // which knows better why
    if (kind == TimerKind::kDeadline && !write.answered) {
      unread(op, write, Reason::kDeadline, reply_base(write),
             "the read before this write did not end in time; nothing was changed");
    }
    return;
  }
  if (kind == TimerKind::kResend) {
    for (NodeId node : write.quorum.unacknowledged()) {
      if (node == state_.self() || !state_.health.closed(node)) continue;
      if (write.answered && !has_missed(node, op)) continue;
      state_.trace({.kind = TraceKind::kResent, .peer = node});
      send_record(op, write, node);
    }
    state_.env.set_timer(timer_id(op, TimerKind::kResend),
                         state_.env.now_ns() + state_.options().resend_ns);
  }
  advance(op);
}

void Writes::on_circuit_opened(NodeId peer) {
  std::vector<OpId> ops;
  for (const auto& [op, write] : writes_) {
    if (write.record != nullptr) ops.push_back(op);
  }
  std::sort(ops.begin(), ops.end());
  for (OpId op : ops) {
    Write& write = writes_.at(op);
    write.quorum.add_unreachable(peer);
    if (!write.answered) fill_places(op, write);
  }
  for (OpId op : ops) advance(op);
}

ClientReply Writes::reply_base(const Write& write) const {
  ClientReply reply;
  reply.id = write.plan.request.id;
  reply.needed = write.plan.sets.front().needed;
  reply.reached = write.quorum.reached();
  reply.replicas = static_cast<std::uint32_t>(write.plan.sets.front().nodes.size());
  reply.answered = write.quorum.acknowledged();
  reply.coordinator = state_.self();
  return reply;
}

ClientReply Writes::unknown_reply(const Write& write, Reason reason) const {
  ClientReply reply = reply_base(write);
  reply.outcome = Outcome::kUnknown;
  reply.reason = reason;
  if (reason == Reason::kRetryTooOld) {
    reply.detail =
        "this is a retry, and its first attempt is older than what the key remembers: it may or "
        "may not have been "
        "applied; read the key to find out";
  } else if (reason == Reason::kRetryUnsure) {
    reply.detail =
        "this is a retry, and no replica that answered remembers an earlier attempt, which may "
        "still be on its way: nothing was applied now; read the key to find out";
  } else {
    reply.detail = std::to_string(reply.reached) + " of w=" + std::to_string(reply.needed) +
                   " replicas acknowledged (" + node_list(reply.answered) +
                   "); the value may be on others and may still surface; read the key, or retry "
                   "with the same request id";
  }
  return reply;
}

}  // namespace quorate
