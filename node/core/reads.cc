#include "node/core/reads.h"

#include <algorithm>
#include <utility>

#include "node/causality/codec.h"

namespace quorate {

namespace {

ReadRequest make_request(const NodeState& state, OpId op, const ReadPlan& plan,
                         const RecordPtr& own, bool of_hints) {
  ReadRequest request;
  request.op = op;
  request.ring_version = state.ring.version();
  request.vnode = plan.vnode;
  request.key = plan.key;
  request.known_hash = own == nullptr ? 0 : context_hash(own->context);
  request.of_hints = of_hints;
  request.background =
      plan.purpose == ReadPlan::Purpose::kRestore || plan.purpose == ReadPlan::Purpose::kSync;
  return request;
}

WriteRequest make_repair(const NodeState& state, OpId op, const ReadPlan& plan, RecordPtr record,
                         Generation generation, WriteRequest::Purpose purpose) {
  WriteRequest request;
  request.op = op;
  request.ring_version = state.ring.version();
  request.vnode = plan.vnode;
  request.key = plan.key;
  request.purpose = purpose;
  request.record = std::move(record);
  request.generation = generation;
  return request;
}

template <typename Nodes>
bool contains(const Nodes& nodes, NodeId node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

}  // namespace

OpId Reads::start(ReadPlan plan) {
  const OpId op = state_.new_op();
  const std::int64_t deadline_at_ns = plan.deadline_at_ns;
  ReadQuorum quorum(plan.sets, state_.options().retry_window_ms);
  Read& read =
      reads_
          .emplace(
              op, Read{std::move(plan), std::move(quorum), nullptr, false, false, false, false, {}})
          .first->second;
  // A sync is there to make replicas alike also in what they show.
  read.quorum.set_reaped([this, key = &read.plan.key](
                             const Record& record) { return state_.retired.reaped(*key, record); },
                         read.plan.purpose == ReadPlan::Purpose::kSync);
  const NodeList nodes = union_of(read.plan.sets);
  // Oneself first: what the own row holds need not be sent by the others again.
  if (contains(nodes, state_.self())) ask_self(op, read);
  for (NodeId node : nodes) {
    if (node == state_.self()) continue;
    if (state_.health.closed(node)) {
      ask(op, read, node);
    } else {
      read.quorum.add_unreachable(node);
      ask_fallbacks(op, read);
    }
  }
  state_.env.set_timer(timer_id(op, TimerKind::kDeadline), deadline_at_ns);
  state_.env.set_timer(timer_id(op, TimerKind::kResend),
                       state_.env.now_ns() + state_.options().resend_ns);
  // This node's own answer is under way and will advance the read; deciding before it would tell of
  // one answer too few.
  if (!read.asked_self) advance(op);
  return op;
}

void Reads::restore(const Key& key, VnodeId vnode, const Bucket& bucket) {
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
  start(std::move(read));
}

void Reads::ask(OpId op, Read& read, NodeId node) {
  state_.send(node, make_request(state_, op, read.plan, read.own, read.quorum.is_fallback(node)));
}

// Once, when a primary turns out to be away: whoever else may keep the key in its place.
void Reads::ask_fallbacks(OpId op, Read& read) {
  if (!read.plan.sloppy || read.asked_fallbacks) return;
  read.asked_fallbacks = true;
  const auto list = state_.ring.preference_list(read.plan.vnode);
  const std::size_t n = std::min(union_of(read.plan.sets).size(), list.size());
  for (NodeId node : list.subspan(n)) {
    if (!state_.reachable(node)) continue;
    read.quorum.add_fallback(node);
    ask(op, read, node);
  }
}

void Reads::ask_self(OpId op, Read& read) {
  const Result<RowPtr> row = state_.env.store().read(read.plan.vnode, read.plan.key);
  if (!row) {
    state_.trace({.kind = TraceKind::kRowUnreadable, .peer = state_.self()});
    read.quorum.add_unreadable(state_.self());
    return;
  }
  const ReadRequest request = make_request(state_, op, read.plan, nullptr, false);
  // What others compare theirs with stays what the first requests named, also when asked again.
  if (!read.asked_self) read.own = record_of(*row);
  read.asked_self = true;
  // Through the replica, which holds the answer back until the row is durable.
  replica_.send_row(state_.self(), request, *row);
}

bool Reads::on_reply(NodeId from, const ReadReply& reply) {
  const auto found = reads_.find(reply.op);
  if (found == reads_.end()) return false;
  Read& read = found->second;
  switch (reply.status) {
    case ReplicaStatus::kOk: {
      const RecordPtr record = reply.same ? read.own : reply.record;
      keeper_.hear(read.plan.vnode, reply.generation);
      if (!read.quorum.add(from, {record, reply.rebuilding, reply.generation, reply.retired})) {
        state_.trace({.kind = TraceKind::kContextCollision, .peer = from});
      }
      if (read.repair) read.repair->add_answer(from, record);
      break;
    }
    case ReplicaStatus::kCorrupt:
      read.quorum.add_unreadable(from);
      if (read.repair) read.repair->add_refusal(from);
      break;
    case ReplicaStatus::kNoSpace:
    case ReplicaStatus::kFailed:
    case ReplicaStatus::kWrongRing:
    case ReplicaStatus::kNoHint:
    case ReplicaStatus::kNoRoom:
    case ReplicaStatus::kOldGeneration:
    case ReplicaStatus::kNeedsWhole:
      read.quorum.add_unreachable(from);
      if (read.repair) read.repair->add_unreachable(from);
      break;
  }
  advance(reply.op);
  return true;
}

bool Reads::on_repair_reply(NodeId from, const WriteReply& reply) {
  const auto found = reads_.find(reply.op);
  if (found == reads_.end()) return false;
  Read& read = found->second;
  if (!read.repair) return true;
  if (reply.status == ReplicaStatus::kOk) {
    read.repair->add_ack(from);
    read.quorum.add_repaired(from, read.repair->record());
  } else if (reply.status != ReplicaStatus::kOldGeneration || reply.generation != 0) {
    keeper_.hear(read.plan.vnode, reply.generation);
    read.repair->add_refusal(from);
  }
  advance(reply.op);
  return true;
}

bool Reads::covers_token(const Read& read) const {
  if (!read.plan.token) return true;
  const RecordPtr& merged = read.quorum.merged();
  static const Context kNothing;
  return (merged == nullptr ? kNothing : merged->context).descends(read.plan.token->context);
}

void Reads::advance(OpId op) {
  const auto found = reads_.find(op);
  if (found == reads_.end()) return;
  Read& read = found->second;
  const bool late = state_.env.now_ns() >= read.plan.deadline_at_ns;
  if (!read.finished) {
    if (late) {
      finish(op, read,
             read.quorum.enough() && !covers_token(read) ? Reason::kTokenNotCovered
                                                         : Reason::kDeadline);
    } else if (read.repair) {
      advance_blocking_repair(op, read);
    } else if (read.quorum.enough()) {
      if (!covers_token(read)) {
        if (!read.quorum.any_silent() && !read.polling) {
          read.polling = true;
          state_.trace({.kind = TraceKind::kSessionWaiting});
          state_.env.set_timer(timer_id(op, TimerKind::kPoll),
                               state_.env.now_ns() + state_.options().session_poll_ns);
        }
      } else if (read.plan.repair == ReadRepair::kBlocking && !read.quorum.repairs().empty()) {
        start_blocking_repair(op, read);
      } else {
        finish(op, read, Reason::kNone);
      }
    } else if (read.quorum.impossible()) {
      finish(op, read,
             read.quorum.unreadable().empty() ? Reason::kQuorumUnreachable : Reason::kStoreFailed);
    }
  }
  if (!read.finished) return;
  const bool wait_for_repair =
      read.plan.repair != ReadRepair::kOff || read.plan.purpose != ReadPlan::Purpose::kGet;
  if (late || !wait_for_repair || !read.quorum.any_silent()) {
    repair_stale(read);
    end(op);
    return;
  }
  late_.enter(op, held_bytes(read));
  while (const std::optional<OpId> oldest = late_.surplus()) {
    state_.trace({.kind = TraceKind::kLateGivenUp});
    repair_stale(reads_.at(*oldest));
    end(*oldest);
  }
}

void Reads::start_blocking_repair(OpId op, Read& read) {
  // The answer waits until as many replicas as were asked for hold what it says.
  read.repair.emplace(read.quorum);
  if (!read.repair->enough()) {
    state_.trace({.kind = TraceKind::kBlockingRepair});
    state_.env.set_timer(timer_id(op, TimerKind::kResend),
                         state_.env.now_ns() + state_.options().resend_ns);
  }
  advance_blocking_repair(op, read);
}

void Reads::advance_blocking_repair(OpId op, Read& read) {
  BlockingRepair& repair = *read.repair;
  if (repair.enough()) {
    finish(op, read, Reason::kNone);
    return;
  }
  for (NodeId node : repair.take_lacking()) {
    if (state_.reachable(node)) {
      send_repair(op, read, node, repair.record());
    } else {
      repair.add_unreachable(node);
    }
  }
  if (repair.impossible()) finish(op, read, Reason::kQuorumUnreachable);
}

// Those that are silent on the read get it too: they may stand in for one that refuses or is gone.
void Reads::resend_repair(OpId op, Read& read) {
  for (NodeId node : read.repair->missing()) {
    if (node == state_.self() || !state_.health.closed(node)) continue;
    state_.trace({.kind = TraceKind::kRepairResent, .peer = node});
    send_repair(op, read, node, read.repair->record());
  }
}

void Reads::finish(OpId op, Read& read, Reason reason) {
  read.finished = true;
  ReadResult result;
  result.op = op;
  result.purpose = read.plan.purpose;
  result.reason = reason;
  result.merged = read.quorum.merged();
  result.shown = read.quorum.shown();
  if (read.repair) {
    result.merged = read.repair->record();
    if (result.merged != read.quorum.merged()) result.shown = result.merged;
    result.unrepaired = read.repair->missing();
  }
  result.generation = read.quorum.generation();
  result.needed = read.plan.sets.front().needed;
  result.reached = read.quorum.reached();
  const NodeList nodes = union_of(read.plan.sets);
  result.replicas = static_cast<std::uint32_t>(nodes.size());
  result.answered = read.quorum.answered();
  result.unreadable = read.quorum.unreadable();
  result.rebuilding = read.quorum.rebuilding();
  for (NodeId node : nodes) {
    if (!contains(result.answered, node) && !contains(result.unreadable, node) &&
        !contains(result.rebuilding, node)) {
      result.silent.push_back(node);
    }
  }
  finished_.push_back(std::move(result));
}

// Of operation 0 nobody waits for an acknowledgement.
void Reads::send_repair(OpId op, const Read& read, NodeId node, const RecordPtr& record) {
  state_.trace({.kind = TraceKind::kRepairSent, .peer = node});
  state_.send(node, make_repair(state_, op, read.plan, record, read.quorum.generation(),
                                WriteRequest::Purpose::kRepair));
}

std::size_t Reads::held_bytes(const Read& read) {
  const std::size_t answers = read.quorum.held_bytes();
  if (!read.repair || read.repair->record() == read.quorum.merged()) return answers;
  return answers + read.repair->record()->size_bytes();
}

void Reads::repair_stale(const Read& read) {
  if (read.plan.repair == ReadRepair::kOff) return;
  for (NodeId node : read.quorum.repairs()) {
    state_.trace({.kind = TraceKind::kReadStale, .peer = node});
    if (state_.reachable(node)) send_repair(0, read, node, read.quorum.merged());
  }
  if (!restorable(read)) return;
  // Where the others have no row, an empty record takes the place of the one that cannot be read.
  static const RecordPtr kNothing = std::make_shared<const Record>();
  const RecordPtr& merged = read.quorum.merged() == nullptr ? kNothing : read.quorum.merged();
  for (NodeId node : read.quorum.unreadable()) {
    state_.trace({.kind = TraceKind::kRestoreSent, .peer = node});
    state_.send(node, make_repair(state_, 0, read.plan, merged, read.quorum.generation(),
                                  WriteRequest::Purpose::kRestore));
  }
}

bool Reads::restorable(const Read& read) const {
  // A write acknowledged by w of n, one of them the unreadable replica, is on w - 1 of the n - 1
  // others: any n - w + 1 of those meet it.
  const Bucket& bucket = *read.plan.bucket;
  const auto n = static_cast<std::uint32_t>(read.plan.sets.front().nodes.size());
  return read.quorum.reached_primaries() >= n - std::min(bucket.w, n) + 1;
}

void Reads::end(OpId op) {
  state_.env.cancel_timer(timer_id(op, TimerKind::kDeadline));
  state_.env.cancel_timer(timer_id(op, TimerKind::kResend));
  state_.env.cancel_timer(timer_id(op, TimerKind::kPoll));
  late_.leave(op);
  reads_.erase(op);
}

void Reads::on_timer(OpId op, TimerKind kind) {
  const auto found = reads_.find(op);
  if (found == reads_.end()) return;
  Read& read = found->second;
  if (kind == TimerKind::kResend) {
    for (NodeId node : read.quorum.silent()) {
      if (node == state_.self() || !state_.health.closed(node)) continue;
      state_.trace({.kind = TraceKind::kResent, .peer = node});
      ask(op, read, node);
    }
    if (read.repair && !read.finished) resend_repair(op, read);
    state_.env.set_timer(timer_id(op, TimerKind::kResend),
                         state_.env.now_ns() + state_.options().resend_ns);
  } else if (kind == TimerKind::kPoll) {
    read.polling = false;
    const NodeList nodes = union_of(read.plan.sets);
    if (contains(nodes, state_.self())) ask_self(op, read);
    for (NodeId node : nodes) {
      if (node != state_.self() && state_.health.closed(node)) ask(op, read, node);
    }
    for (NodeId node : read.quorum.fallbacks()) {
      if (state_.reachable(node)) ask(op, read, node);
    }
    // Replies advance the read; should none come, the next poll asks again.
    if (!read.finished) {
      read.polling = true;
      state_.env.set_timer(timer_id(op, TimerKind::kPoll),
                           state_.env.now_ns() + state_.options().session_poll_ns);
    }
    return;
  }
  advance(op);
}

void Reads::on_circuit_opened(NodeId peer) {
  std::vector<OpId> ops;
  for (auto& [op, read] : reads_) {
    read.quorum.add_unreachable(peer);
    if (contains(union_of(read.plan.sets), peer)) ask_fallbacks(op, read);
    if (read.repair) read.repair->add_unreachable(peer);
    ops.push_back(op);
  }
  for (OpId op : ops) advance(op);
}

std::optional<ReadResult> Reads::take_finished() {
  if (finished_.empty()) return std::nullopt;
  ReadResult result = std::move(finished_.front());
  finished_.pop_front();
  return result;
}

}  // namespace quorate
