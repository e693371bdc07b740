#include "node/core/replica.h"

#include <algorithm>
#include <utility>

#include "node/causality/codec.h"

namespace quorate {

namespace {

ReadReply failed_read(OpId op, ReplicaStatus status) {
  ReadReply reply;
  reply.op = op;
  reply.status = status;
  return reply;
}

WriteReply written(OpId op, ReplicaStatus status) { return WriteReply{op, status, 0}; }

// Why a record was not merged.
ReplicaStatus refusal(const Error& error) {
  if (error.code == ErrorCode::kNoSpace) return ReplicaStatus::kNoRoom;
  return error.code == ErrorCode::kIncompatible ? ReplicaStatus::kNeedsWhole
                                                : ReplicaStatus::kCorrupt;
}

ReplicaStatus refusal(StoreState state) {
  return state == StoreState::kNoSpace ? ReplicaStatus::kNoSpace : ReplicaStatus::kFailed;
}

}  // namespace

void Replica::on_read(NodeId from, const ReadRequest& request) {
  if (!state_.in_ring(request.ring_version, request.vnode)) {
    state_.send(from, failed_read(request.op, ReplicaStatus::kWrongRing));
    return;
  }
  if (!request.background) state_.foreground.note(state_.env.now_ns());
  if (request.of_hints) {
    read_hints(from, request);
    return;
  }
  const Result<RowPtr> row = state_.env.store().read(request.vnode, request.key);
  if (!row) {
    state_.trace({.kind = TraceKind::kRowUnreadable, .peer = from});
    state_.send(from, failed_read(request.op, ReplicaStatus::kCorrupt));
    return;
  }
  send_row(from, request, *row);
}

void Replica::send_row(NodeId to, const ReadRequest& request, const RowPtr& row) {
  ReadReply reply;
  reply.generation = state_.generations.of(request.vnode);
  reply.retired = row != nullptr && state_.retired.has(request.vnode, request.key);
  send_read_reply(to, request, record_of(row), std::move(reply));
}

void Replica::read_hints(NodeId from, const ReadRequest& request) {
  Result<std::optional<Record>> known = hints_.known(request.vnode, request.key);
  if (known && *known) {
    ReadReply reply;
    reply.generation = hints_.generation_of(request.vnode, request.key);
    send_read_reply(from, request, std::make_shared<const Record>(**std::move(known)),
                    std::move(reply));
    return;
  }
  if (!known) state_.trace({.kind = TraceKind::kRowUnreadable, .peer = from});
  const ReplicaStatus status = known ? ReplicaStatus::kNoHint : ReplicaStatus::kCorrupt;
  state_.send(from, failed_read(request.op, status));
}

void Replica::send_read_reply(NodeId to, const ReadRequest& request, RecordPtr record,
                              ReadReply reply) {
  reply.op = request.op;
  reply.rebuilding = !request.of_hints && lineage_.rebuilding(request.vnode);
  if (record != nullptr && request.known_hash != 0 &&
      context_hash(record->context) == request.known_hash) {
    reply.same = true;
  } else {
    reply.record = std::move(record);
  }
  const BatchId pending = state_.gate.pending(request.key);
  if (pending == 0) {
    state_.send(to, std::move(reply));
    return;
  }
  state_.trace({.kind = TraceKind::kReadDeferred, .peer = to});
  state_.gate.hold(pending, HeldMessage{to, std::move(reply), request, true});
}

std::optional<Record> Replica::absorbed(const Record& known, const Record& incoming) {
  const std::int64_t window_ms = state_.options().retry_window_ms;
  if (!known.context.descends(incoming.context)) return sync(known, incoming, window_ms);
  if (!consistent(known, incoming)) state_.trace({.kind = TraceKind::kContextCollision});
  // A token can have brought the event without the request that made it; a retry must find it here.
  AppliedRequests applied = known.applied;
  applied.join(incoming.applied, window_ms);
  if (applied == known.applied) return std::nullopt;
  state_.trace({.kind = TraceKind::kRequestIdLearned});
  return Record{known.context, known.siblings, std::move(applied)};
}

Result<BatchId> Replica::merge(VnodeId vnode, const Key& key, const Record& incoming,
                               bool may_replace, const Context& since) {
  const Result<RowPtr> stored = state_.env.store().read(vnode, key);
  if (!stored) {
    state_.trace({.kind = TraceKind::kRowUnreadable});
    if (!may_replace) return stored.error();
  }
  const bool known = stored && *stored != nullptr;
  if (!since.empty() && !(known && (*stored)->record.context.descends(since))) {
    return Error{ErrorCode::kIncompatible, "the row does not know all that the change builds upon"};
  }
  state_.observe(incoming.latest());
  Batch batch;
  if (!stored && incoming.context.empty()) {
    // Enough others have nothing: what stood here was never acknowledged by w replicas, and cannot
    // be read any more.
    state_.trace({.kind = TraceKind::kUnreadableRemoved});
    state_.change_row(vnode, key, stored, std::nullopt, batch);
    return state_.apply(std::move(batch));
  }
  if (stored && !*stored && incoming.context.empty()) return BatchId{0};
  Row row;
  if (stored && *stored) {
    std::optional<Record> record = absorbed((*stored)->record, incoming);
    if (!record) {
      if (!state_.retired.has(vnode, key)) return BatchId{0};
      // Somebody shows what is retired here, or something older: then it has to be shown here too.
      const RecordPtr shown = state_.retired.shown(vnode, key, *stored);
      if (shown != nullptr && shown->context == incoming.context) return BatchId{0};
      state_.trace({.kind = TraceKind::kUnretired, .a = vnode});
      state_.unretire(vnode, key, *stored, batch);
      return state_.apply_for(key, std::move(batch));
    }
    row.kind = (*stored)->kind;
    row.record = *std::move(record);
    row.mark = (*stored)->mark;
  } else {
    if (!stored) state_.trace({.kind = TraceKind::kUnreadableReplaced});
    row.record = incoming;
  }
  state_.change_row(vnode, key, stored, std::move(row), batch);
  return state_.apply(std::move(batch));
}

Result<BatchId> Replica::merge_hint(const HintId& id, const Record& incoming,
                                    Generation generation) {
  state_.observe(incoming.latest());
  Row row;
  row.record = incoming;
  if (hints_.has(id)) {
    Result<Hint> hint = hints_.read(id);
    if (!hint) {
      state_.trace({.kind = TraceKind::kRowUnreadable});
      return hint.error();
    }
    if (hint->row) {
      std::optional<Record> record = absorbed(hint->row->record, incoming);
      if (!record) return BatchId{0};
      row = std::move(*hint->row);
      row.record = *std::move(record);
    }
  }
  Batch batch;
  if (!hints_.keep(id, std::move(row), generation, batch)) {
    return Error{ErrorCode::kNoSpace, "there is no room for another hint"};
  }
  return state_.apply_for(id.key, std::move(batch));
}

bool Replica::too_old(NodeId from, const WriteRequest& request) {
  keeper_.hear(request.vnode, request.generation);
  const bool taken = request.hint_for != 0
                         ? state_.generations.takes_hint(request.vnode, request.generation)
                         : state_.generations.takes_row(request.vnode, request.generation,
                                                        lineage_.rebuilding(request.vnode));
  if (taken) return false;
  const Generation own = state_.generations.of(request.vnode);
  state_.trace({.kind = TraceKind::kTooOld, .peer = from, .a = request.generation, .b = own});
  state_.send(from, WriteReply{request.op, ReplicaStatus::kOldGeneration, own});
  return true;
}

Result<BatchId> Replica::take(const WriteRequest& request) {
  if (request.hint_for == 0) {
    const bool may_replace = request.purpose == WriteRequest::Purpose::kRestore;
    return merge(request.vnode, request.key, *request.record, may_replace, request.since);
  }
  // What is kept for somebody else has to stand by itself.
  if (!request.since.empty()) return Error{ErrorCode::kIncompatible, "a hint is a whole record"};
  return merge_hint(HintId{request.hint_for, request.vnode, request.key}, *request.record,
                    request.generation);
}

void Replica::on_write(NodeId from, const WriteRequest& request) {
  if (!state_.in_ring(request.ring_version, request.vnode)) {
    state_.send(from, written(request.op, ReplicaStatus::kWrongRing));
    return;
  }
  if (state_.store_state != StoreState::kWritable) {
    state_.send(from, written(request.op, refusal(state_.store_state)));
    return;
  }
  if (request.purpose == WriteRequest::Purpose::kWrite) {
    state_.foreground.note(state_.env.now_ns());
  }
  if (too_old(from, request)) return;
  const Result<BatchId> merged = take(request);
  if (!merged) {
    const ReplicaStatus why = refusal(merged.error());
    if (why == ReplicaStatus::kNoRoom) {
      state_.trace({.kind = TraceKind::kHintRefused, .peer = from, .a = request.vnode});
    } else if (why == ReplicaStatus::kNeedsWhole) {
      state_.trace({.kind = TraceKind::kWholeNeeded, .peer = from, .a = request.vnode});
    }
    state_.send(from, written(request.op, why));
    return;
  }
  const std::uint64_t purpose = static_cast<std::uint64_t>(request.purpose);
  state_.trace({.kind = *merged == 0 ? TraceKind::kReplicaKnewAlready : TraceKind::kReplicaStored,
                .peer = from,
                .a = purpose,
                .b = context_hash(request.record->context)});
  if (request.hint_for != 0 && *merged != 0) {
    state_.trace(
        {.kind = TraceKind::kHintKept, .peer = from, .a = request.vnode, .c = request.hint_for});
  }
  // A record that the row covered already may still be on its way to the disk.
  const BatchId wait_for = *merged != 0 ? *merged : state_.gate.pending(request.key);
  if (wait_for == 0) {
    state_.send(from, written(request.op, ReplicaStatus::kOk));
    return;
  }
  state_.gate.hold_ack(wait_for, from, request.op);
}

void Replica::on_scan(NodeId from, const ScanRequest& request) {
  ScanReply reply;
  reply.op = request.op;
  if (!state_.in_ring(request.ring_version, request.vnode)) {
    reply.status = ReplicaStatus::kWrongRing;
    state_.send(from, std::move(reply));
    return;
  }
  keeper_.hear(request.vnode, request.generation);
  reply.generation = state_.generations.of(request.vnode);
  Result<StoreReader::ScanPage> page = state_.env.store().scan(
      request.vnode, request.after, request.rows_max, request.bytes_max, request.keys_only);
  if (!page) {
    state_.trace({.kind = TraceKind::kRowUnreadable, .peer = from});
    reply.status = ReplicaStatus::kCorrupt;
    state_.send(from, std::move(reply));
    return;
  }
  for (std::size_t i = 0; i < page->unreadable.size(); ++i) {
    // Left out: no answer of this replica stands for these keys. Reads of them restore them.
    state_.trace({.kind = TraceKind::kRowUnreadable, .peer = from});
  }
  reply.done = page->done;
  BatchId wait_for = 0;
  for (auto& [key, row] : page->rows) {
    wait_for = std::max(wait_for, state_.gate.pending(key));
    RecordPtr record;
    if (!request.keys_only) record = std::make_shared<const Record>(std::move(row.record));
    reply.entries.push_back(ScanReply::Entry{key, std::move(record)});
  }
  if (wait_for == 0) {
    state_.send(from, std::move(reply));
  } else {
    state_.trace({.kind = TraceKind::kScanDeferred, .peer = from});
    state_.gate.hold(wait_for, HeldMessage{from, std::move(reply), request, true});
  }
}

}  // namespace quorate
