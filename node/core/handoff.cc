#include "node/core/handoff.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace quorate {

namespace {

constexpr std::int64_t kWaitNs = 10 * kNsPerMs;

}  // namespace

void Handoff::tick() {
  forget_unanswered();
  if (hints_.size() == 0) return;
  Batch expired;
  hints_.expire(expired);
  if (!expired.meta.empty()) state_.apply(std::move(expired));
  proceed_with_all();
}

void Handoff::on_pace() {
  waiting_ = false;
  proceed_with_all();
}

void Handoff::proceed_with_all() {
  for (NodeId node : state_.ring.members()) {
    if (node != state_.self()) proceed(node);
  }
}

// Small portions at short intervals: what comes in one rush, clients wait behind.
void Handoff::wait() {
  if (waiting_) return;
  waiting_ = true;
  state_.env.set_timer(timer_id(0, TimerKind::kHandoffPace), state_.env.now_ns() + kWaitNs);
}

void Handoff::on_circuit_closed(NodeId peer) {
  sweeps_.erase(peer);
  for (auto offer = offers_.begin(); offer != offers_.end();) {
    offer = offer->second.id.primary == peer ? offers_.erase(offer) : std::next(offer);
  }
  proceed(peer);
}

void Handoff::forget_unanswered() {
  const std::int64_t before_ns = state_.env.now_ns() - state_.options().resend_ns;
  for (auto offer = offers_.begin(); offer != offers_.end();) {
    if (offer->second.sent_at_ns >= before_ns) {
      ++offer;
      continue;
    }
    --sweeps_[offer->second.id.primary].in_flight;
    offer = offers_.erase(offer);
  }
}

NodeId Handoff::receiver(const HintId& id, const Hints::Entry& entry) const {
  if (state_.health.closed(id.primary)) return id.primary;
  if (entry.spare) return 0;
  const Bucket* bucket = state_.config.buckets.find(id.key.bucket);
  if (bucket == nullptr) return 0;
  for (NodeId node : state_.ring.primaries(id.vnode, bucket->n)) {
    if (node != state_.self() && state_.health.closed(node)) return node;
  }
  return 0;
}

RecordPtr Handoff::record_of(const HintId& id, const Hints::Entry& entry) {
  if (entry.owed) {
    const Result<RowPtr> row = state_.env.store().read(id.vnode, id.key);
    if (!row) {
      state_.trace({.kind = TraceKind::kRowUnreadable});
      restore(id);
      return nullptr;
    }
    // The row is gone, or every primary has told that it holds it.
    if (*row == nullptr || state_.retired.has(id.vnode, id.key)) {
      remove(id);
      return nullptr;
    }
    return quorate::record_of(*row);
  }
  Result<Hint> hint = hints_.read(id);
  if (!hint) {
    state_.trace({.kind = TraceKind::kRowUnreadable});
    return nullptr;
  }
  return std::make_shared<const Record>(std::move(hint->row->record));
}

void Handoff::remove(const HintId& id) {
  Batch batch;
  hints_.remove(id, batch);
  state_.apply(std::move(batch));
}

void Handoff::proceed(NodeId primary) {
  if (state_.store_state != StoreState::kWritable) return;
  Sweep& sweep = sweeps_[primary];
  if (state_.env.now_ns() < sweep.not_before_ns) return;
  if (!state_.health.closed(primary) && hints_.sole_count() == 0) return;
  const std::int64_t slower = state_.foreground.slower(state_.env.now_ns());
  bytes_.refill(state_.env.now_ns(), slower);
  keys_.refill(state_.env.now_ns(), slower);
  while (sweep.in_flight < kInFlightMax) {
    if (!bytes_.any_left() || !keys_.any_left()) {
      wait();
      return;
    }
    const std::optional<HintId> id = hints_.next(primary, sweep.after);
    if (!id) {
      // What is left was refused, or waits for somebody to send it to: again a little later.
      sweep.after.reset();
      sweep.not_before_ns = state_.env.now_ns() + state_.options().resend_ns;
      return;
    }
    sweep.after = id;
    const Hints::Entry entry = *hints_.find(*id);
    const NodeId to = receiver(*id, entry);
    if (to == 0) continue;
    RecordPtr record = record_of(*id, entry);
    if (record != nullptr) send(*id, entry, to, std::move(record));
  }
}

void Handoff::send(const HintId& id, const Hints::Entry& entry, NodeId to, RecordPtr record) {
  const OpId op = state_.new_op();
  offers_.emplace(op, Offer{id, to, entry.order, state_.env.now_ns()});
  ++sweeps_[id.primary].in_flight;
  state_.trace({.kind = TraceKind::kHintSent, .peer = to, .a = id.vnode});
  WriteRequest request;
  request.op = op;
  request.ring_version = state_.ring.version();
  request.vnode = id.vnode;
  request.key = id.key;
  request.purpose = WriteRequest::Purpose::kHandoff;
  request.record = std::move(record);
  request.generation = entry.owed ? state_.generations.of(id.vnode) : entry.generation;
  Message message(std::move(request));
  bytes_.spend(nominal_size_bytes(message));
  keys_.spend(1);
  state_.send(to, std::move(message));
}

bool Handoff::on_reply(NodeId from, const WriteReply& reply) {
  const auto found = offers_.find(reply.op);
  if (found == offers_.end()) return false;
  const Offer offer = std::move(found->second);
  offers_.erase(found);
  --sweeps_[offer.id.primary].in_flight;
  const Hints::Entry* entry = hints_.find(offer.id);
  const bool unchanged = entry != nullptr && entry->order == offer.order;
  if (reply.status == ReplicaStatus::kOk && unchanged &&
      state_.store_state == StoreState::kWritable) {
    Batch batch;
    if (from == offer.id.primary) {
      state_.trace({.kind = TraceKind::kHintDelivered, .peer = from, .a = offer.id.vnode});
      hints_.remove(offer.id, batch);
    } else if (Result<Hint> hint = hints_.read(offer.id)) {
      state_.trace({.kind = TraceKind::kHintSpare, .peer = from, .a = offer.id.vnode});
      hints_.set_spare(offer.id, *std::move(hint), batch);
    }
    if (!batch.meta.empty()) state_.apply(std::move(batch));
  }
  if (reply.status == ReplicaStatus::kCorrupt) restore(offer.id);
  // A hint that is too old was delivered before the disk went back: then it goes with what else is
  // of another age.
  if (reply.status == ReplicaStatus::kOldGeneration) keeper_.hear(offer.id.vnode, reply.generation);
  proceed(offer.id.primary);
  return true;
}

void Handoff::restore(const HintId& id) {
  const Bucket* bucket = state_.config.buckets.find(id.key.bucket);
  if (bucket != nullptr) reads_.restore(id.key, id.vnode, *bucket);
}

}  // namespace quorate
