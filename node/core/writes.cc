#include "node/core/writes.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "node/core/types/data_type.h"

namespace quorate {

namespace {

std::vector<NodeId> unreachable_nodes(const NodeState& state, const ReplicaSets& sets) {
  std::vector<NodeId> nodes;
  for (NodeId node : union_of(sets)) {
    if (!state.reachable(node)) nodes.push_back(node);
  }
  return nodes;
}

ClientReply refuse(ClientReply reply, Reason reason, std::string detail) {
  reply.outcome = Outcome::kNotApplied;
  reply.reason = reason;
  reply.detail = std::move(detail);
  return reply;
}

}  // namespace

namespace {

// A write that was applied by an earlier attempt: what a put with a context replaced is that
// context; what any other replaced is not remembered, but everything that is dead in the record is
// a closed set which covers it and erases nobody. Empty where that set would not be small: the
// client reads the key again.
std::optional<Token> token_of_replay(const DataType& type, const ClientRequest& request,
                                     const Record& known, const Dot& dot) {
  Token token;
  token.timestamp = known.latest();
  if (request.token) {
    token.context = request.token->context;
    token.timestamp = std::max(token.timestamp, request.token->timestamp);
  }
  const bool remembered = request.token || request.context_none;
  if (!remembered || type.replaces_whole_row()) {
    std::vector<Dot> living;
    for (const Sibling& sibling : known.siblings) {
      if (sibling.dot != dot) living.push_back(sibling.dot);
    }
    const std::optional<Context> closed = known.context.without(living);
    if (!closed) return std::nullopt;
    token.context.join(*closed);
  }
  token.context.add(dot);
  return token;
}

}  // namespace

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
  Write& write =
      writes_
          .emplace(
              op, Write{std::move(plan), {origin}, WriteQuorum(sets), 0, nullptr, {}, {}, 0, false})
          .first->second;
  by_request_[id] = op;

  if (lacking(sets, [&](NodeId node) { return state_.reachable(node); }) != 0) {
    const std::vector<NodeId> gone = unreachable_nodes(state_, sets);
    const std::size_t all = union_of(sets).size();
    finish(op, write,
           refuse(reply_base(write), Reason::kQuorumUnreachable,
                  "only " + std::to_string(all - gone.size()) + " of " + std::to_string(all) +
                      " primaries answer and w=" + std::to_string(sets.front().needed) + "; " +
                      node_list(gone) + " cannot be reached from node " +
                      std::to_string(state_.self())));
    end(op);
    return;
  }
  state_.env.set_timer(timer_id(op, TimerKind::kDeadline), deadline_at_ns);

  const ClientRequest& request = write.plan.request;
  if (request.verb == Verb::kDelete && !request.token && !request.context_none) {
    ReadPlan read;
    read.purpose = ReadPlan::Purpose::kDelete;
    read.key = request.key;
    read.vnode = write.plan.vnode;
    read.bucket = write.plan.bucket;
    read.sets = sets;
    for (ReplicaSet& set : read.sets) set.needed = write.plan.read_needed;
    read.deadline_at_ns = deadline_at_ns;
    write.reading = reads_.start(std::move(read));
    by_read_[write.reading] = op;
    return;
  }
  apply(op, write, nullptr);
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
    finish(op, write,
           refuse(std::move(reply), result.reason,
                  "a delete without a context reads first, and only " +
                      std::to_string(result.reached) + " of r=" + std::to_string(result.needed) +
                      " replicas answered; nothing was deleted"));
    end(op);
    return;
  }
  static const Record kNothing;
  apply(op, write, result.merged == nullptr ? &kNothing : result.merged.get());
}

void Writes::apply(OpId op, Write& write, const Record* read_first) {
  const ClientRequest& request = write.plan.request;
  Result<std::optional<Row>> stored = state_.env.store().read(write.plan.vnode, request.key);
  if (!stored) {
    state_.trace({.kind = TraceKind::kRowUnreadable, .peer = state_.self()});
    restore(request.key, write.plan.vnode, *write.plan.bucket);
    finish(op, write,
           refuse(reply_base(write), Reason::kStoreFailed,
                  "node " + std::to_string(state_.self()) + " cannot read its row of this key (" +
                      stored.error().to_string() + "); it asks its peers for it: try again"));
    end(op);
    return;
  }
  if (read_first != nullptr && replay(op, write, *read_first)) return;
  if (*stored && replay(op, write, (*stored)->record)) return;

  ClientReply refusal = reply_base(write);
  Result<Row> row = mutate(write, *stored, read_first, &refusal);
  if (!row) {
    finish(op, write, std::move(refusal));
    end(op);
    return;
  }
  hold(write, std::make_shared<const Record>(row->record));
  const BatchId batch = state_.apply_row(write.plan.vnode, write.plan.request.key, std::move(*row));
  replicate(op, write, batch);
}

bool Writes::replay(OpId op, Write& write, const Record& known) {
  const ClientRequest& request = write.plan.request;
  const std::vector<Dot> dots = known.applied.find(request.id);
  if (!dots.empty()) {
    state_.trace({.kind = TraceKind::kRequestReplayed, .dot = dots.back(), .b = request.id.low});
    if (!unanswered_.has_room(known.size_bytes())) {
      ClientReply reply = unknown_reply(write, Reason::kOverloaded);
      reply.detail = no_room() + "; this write was applied before, by which replicas is not known";
      finish(op, write, std::move(reply));
      end(op);
      return true;
    }
    hold(write, std::make_shared<const Record>(known));
    write.dot = dots.back();
    write.token = token_of_replay(data_type(write.plan.bucket->type), request, known, write.dot);
    // The earlier attempt may not have reached its quorum: replicate what came of it, to all, this
    // node too.
    replicate(op, write, 0);
    return true;
  }
  if (request.attempt == 0) return false;
  // Not remembered. If the first attempt may be as old as what the record has let go of, it may
  // have been applied.
  const std::int64_t first_ms =
      state_.wall_now_ms() - request.age_ns / kNsPerMs - state_.options().clock_skew_max_ms;
  if (Timestamp::from_wall_ms(first_ms) > known.applied.floor()) return false;
  state_.trace({.kind = TraceKind::kRetryTooOld, .b = request.id.low});
  finish(op, write, unknown_reply(write, Reason::kRetryTooOld));
  end(op);
  return true;
}

Result<Row> Writes::mutate(Write& write, const std::optional<Row>& stored, const Record* read_first,
                           ClientReply* refusal) {
  const ClientRequest& request = write.plan.request;
  const Bucket& bucket = *write.plan.bucket;
  const DataType& type = data_type(bucket.type);
  if (type.needs_clock() && state_.clocks.skewed()) {
    const auto offset_ms = static_cast<std::uint64_t>(std::abs(state_.clocks.median_offset_ms()));
    state_.trace({.kind = TraceKind::kClockSkewed, .a = offset_ms});
    *refusal = refuse(std::move(*refusal), Reason::kClockSkew,
                      "the clock of node " + std::to_string(state_.self()) + " is " +
                          std::to_string(offset_ms) +
                          " ms away from its peers', more than clock_skew_max (" +
                          std::to_string(state_.options().clock_skew_max_ms) +
                          " ms): in a last-writer-wins bucket its writes could hide newer "
                          "ones; set the clock, or write through another node");
    return Error{ErrorCode::kInvalidInput, ""};
  }

  Row row = stored ? *stored : Row{};
  Mutation mutation;
  mutation.verb = request.verb;
  mutation.value = request.value;
  mutation.expiry_ms = request.expiry_ms;
  if (request.token) {
    mutation.context = request.token->context;
  } else if (read_first != nullptr) {
    row.record = sync(row.record, *read_first, state_.options().retry_window_ms);
    mutation.context = row.record.context;
  } else if (!request.context_none) {
    mutation.context = row.record.context;
  }
  Timestamp known = row.record.latest();
  if (request.token) known = std::max(known, request.token->timestamp);
  state_.observe(known);
  mutation.timestamp = state_.clock.tick(state_.wall_now_ms(), known);
  const bool had_mark = row.mark.counter != 0;
  mutation.dot = state_.mint.mint(&row, mutation.context);
  type.apply(&mutation, &row.record);
  row.record.applied.add(AppliedRequest{request.id, mutation.dot, mutation.timestamp},
                         state_.options().retry_window_ms);
  row.mark = Mark{mutation.dot.actor, mutation.dot.counter};

  const std::size_t values = type.concurrent_values(row.record);
  if (request.verb == Verb::kPut && values > bucket.siblings_max) {
    *refusal = refuse(std::move(*refusal), Reason::kTooManySiblings,
                      "the key already has " + std::to_string(values - 1) +
                          " siblings, siblings_max of bucket \"" + bucket.name + "\" is " +
                          std::to_string(bucket.siblings_max) +
                          "; read the key, merge its values and write the result with the "
                          "context of that read (kvcli resolve)");
    return Error{ErrorCode::kInvalidInput, ""};
  }
  if (request.verb == Verb::kPut && row.record.size_bytes() > bucket.record_bytes_max) {
    *refusal = refuse(std::move(*refusal), Reason::kRecordTooLarge,
                      "with this value the key's siblings would take " +
                          std::to_string(row.record.size_bytes()) +
                          " bytes, record_bytes_max of bucket \"" + bucket.name + "\" is " +
                          std::to_string(bucket.record_bytes_max) +
                          "; resolve the siblings first (kvcli resolve)");
    return Error{ErrorCode::kInvalidInput, ""};
  }
  if (!unanswered_.has_room(row.record.size_bytes())) {
    *refusal = refuse(std::move(*refusal), Reason::kOverloaded, no_room());
    return Error{ErrorCode::kInvalidInput, ""};
  }
  const std::size_t context_bytes = row.record.context.size_bytes();
  if (context_bytes > state_.options().context_bytes_max) {
    state_.trace({.kind = TraceKind::kContextLarge, .a = context_bytes});
  }
  if (had_mark && mutation.dot.counter == 1) {
    state_.trace({.kind = TraceKind::kEpochRenewed, .dot = mutation.dot});
  }
  state_.trace({.kind = TraceKind::kDotMinted, .dot = mutation.dot, .b = request.id.low});
  write.dot = mutation.dot;
  // What the write replaced plus its own dot, never the record's whole context: with that the
  // client would erase siblings which it never saw.
  Token token;
  token.context = std::move(mutation.context);
  token.context.add(mutation.dot);
  token.timestamp = mutation.timestamp;
  write.token = std::move(token);
  return row;
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
  for (NodeId node : union_of(write.plan.sets)) {
    if (node == state_.self() && wait_for != 0) {
      state_.gate.hold(wait_for, HeldMessage{node, WriteReply{op, ReplicaStatus::kOk},
                                             WriteReply{op, ReplicaStatus::kFailed}, false});
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

void Writes::send_record(OpId op, const Write& write, NodeId node) {
  WriteRequest request;
  request.op = op;
  request.ring_version = state_.ring.version();
  request.vnode = write.plan.vnode;
  request.key = write.plan.request.key;
  request.purpose = WriteRequest::Purpose::kWrite;
  request.record = write.record;
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
      break;
    case ReplicaStatus::kCorrupt:
      write.quorum.add_refusal(from);
      restore(write.plan.request.key, write.plan.vnode, *write.plan.bucket);
      break;
    case ReplicaStatus::kNoSpace:
    case ReplicaStatus::kFailed:
    case ReplicaStatus::kWrongRing:
      write.quorum.add_refusal(from);
      break;
  }
  advance(reply.op);
  return true;
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
        reply.token = write.token;
      }
      finish(op, write, std::move(reply));
    } else if (late) {
      finish(op, write, unknown_reply(write, Reason::kDeadline));
    } else if (write.quorum.impossible()) {
      finish(op, write, unknown_reply(write, Reason::kQuorumUnreachable));
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

void Writes::finish(OpId op, Write& write, ClientReply reply) {
  (void)op;
  write.answered = true;
  unanswered_.give_back(std::exchange(write.bytes, 0));
  by_request_.erase(write.plan.request.id);
  state_.trace({.kind = TraceKind::kRequestFinished,
                .a = static_cast<std::uint64_t>(reply.outcome),
                .b = write.plan.request.id.low,
                .c = static_cast<std::uint64_t>(reply.reason)});
  for (const Origin& origin : write.origins) answer(state_, origin, reply);
  write.origins.clear();
}

void Writes::end(OpId op) {
  const auto found = writes_.find(op);
  if (found == writes_.end()) return;
  state_.env.cancel_timer(timer_id(op, TimerKind::kDeadline));
  state_.env.cancel_timer(timer_id(op, TimerKind::kResend));
  if (found->second.reading != 0) by_read_.erase(found->second.reading);
  late_.leave(op);
  writes_.erase(found);
}

void Writes::on_timer(OpId op, TimerKind kind) {
  const auto found = writes_.find(op);
  if (found == writes_.end()) return;
  Write& write = found->second;
  if (write.record == nullptr) {
    // Still reading first, and the deadline is over: the read tells the same in its own time, or
    // has just done so.
    if (kind == TimerKind::kDeadline && !write.answered) {
      finish(op, write,
             refuse(reply_base(write), Reason::kDeadline,
                    "the read before the delete did not end in time; nothing was deleted"));
      end(op);
    }
    return;
  }
  if (kind == TimerKind::kResend) {
    for (NodeId node : write.quorum.unacknowledged()) {
      if (node == state_.self() || !state_.health.closed(node)) continue;
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
  for (auto& [op, write] : writes_) {
    if (write.record == nullptr) continue;
    write.quorum.add_unreachable(peer);
    ops.push_back(op);
  }
  for (OpId op : ops) advance(op);
}

void Writes::restore(const Key& key, VnodeId vnode, const Bucket& bucket) {
  ReadPlan read;
  read.purpose = ReadPlan::Purpose::kRestore;
  read.key = key;
  read.vnode = vnode;
  read.bucket = &bucket;
  const auto primaries = state_.ring.primaries(vnode, bucket.n);
  ReplicaSet set{{primaries.begin(), primaries.end()}, 0};
  const auto n = static_cast<std::uint32_t>(set.nodes.size());
  set.needed = n - std::min(bucket.w, n) + 1;
  read.sets.push_back(std::move(set));
  read.deadline_at_ns = state_.env.now_ns() + state_.options().deadline_default_ns;
  reads_.start(std::move(read));
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
  } else {
    reply.detail = std::to_string(reply.reached) + " of w=" + std::to_string(reply.needed) +
                   " replicas acknowledged (" + node_list(reply.answered) +
                   "); the value may be on others and may still surface; read the key, or retry "
                   "with the same request id";
  }
  return reply;
}

}  // namespace quorate
