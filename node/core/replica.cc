#include "node/core/replica.h"

#include <algorithm>
#include <utility>

#include "node/causality/codec.h"

namespace quorate {

namespace {

ReplicaStatus refusal(StoreState state) {
  return state == StoreState::kNoSpace ? ReplicaStatus::kNoSpace : ReplicaStatus::kFailed;
}

}  // namespace

void Replica::on_read(NodeId from, const ReadRequest& request) {
  if (!same_ring(request.ring_version)) {
    state_.send(from, ReadReply{request.op, ReplicaStatus::kWrongRing, false, false, nullptr});
    return;
  }
  if (request.of_hints) {
    read_hints(from, request);
    return;
  }
  const Result<RowPtr> row = state_.env.store().read(request.vnode, request.key);
  if (!row) {
    state_.trace({.kind = TraceKind::kRowUnreadable, .peer = from});
    state_.send(from, ReadReply{request.op, ReplicaStatus::kCorrupt, false, false, nullptr});
    return;
  }
  send_read_reply(from, request, record_of(*row));
}

void Replica::read_hints(NodeId from, const ReadRequest& request) {
  Result<std::optional<Record>> known = hints_.known(request.vnode, request.key);
  if (known && *known) {
    send_read_reply(from, request, std::make_shared<const Record>(**std::move(known)));
    return;
  }
  if (!known) state_.trace({.kind = TraceKind::kRowUnreadable, .peer = from});
  const ReplicaStatus status = known ? ReplicaStatus::kNoHint : ReplicaStatus::kCorrupt;
  state_.send(from, ReadReply{request.op, status, false, false, nullptr});
}

void Replica::send_read_reply(NodeId to, const ReadRequest& request, RecordPtr record) {
  ReadReply reply;
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
                               bool may_replace) {
  const Result<RowPtr> stored = state_.env.store().read(vnode, key);
  if (!stored) {
    state_.trace({.kind = TraceKind::kRowUnreadable});
    if (!may_replace) return stored.error();
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
  Row row;
  if (stored && *stored) {
    std::optional<Record> record = absorbed((*stored)->record, incoming);
    if (!record) return BatchId{0};
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

Result<BatchId> Replica::merge_hint(const HintId& id, const Record& incoming) {
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
  if (!hints_.keep(id, std::move(row), batch)) {
    return Error{ErrorCode::kNoSpace, "there is no room for another hint"};
  }
  return state_.apply_for(id.key, std::move(batch));
}

void Replica::on_write(NodeId from, const WriteRequest& request) {
  if (!same_ring(request.ring_version)) {
    state_.send(from, WriteReply{request.op, ReplicaStatus::kWrongRing});
    return;
  }
  if (state_.store_state != StoreState::kWritable) {
    state_.send(from, WriteReply{request.op, refusal(state_.store_state)});
    return;
  }
  const bool may_replace = request.purpose == WriteRequest::Purpose::kRestore;
  const Result<BatchId> merged =
      request.hint_for != 0
          ? merge_hint(HintId{request.hint_for, request.vnode, request.key}, *request.record)
          : merge(request.vnode, request.key, *request.record, may_replace);
  if (!merged) {
    const bool no_room = merged.error().code == ErrorCode::kNoSpace;
    if (no_room) {
      state_.trace({.kind = TraceKind::kHintRefused, .peer = from, .a = request.vnode});
    }
    state_.send(from,
                WriteReply{request.op, no_room ? ReplicaStatus::kNoRoom : ReplicaStatus::kCorrupt});
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
    state_.send(from, WriteReply{request.op, ReplicaStatus::kOk});
    return;
  }
  state_.gate.hold(wait_for, HeldMessage{from, WriteReply{request.op, ReplicaStatus::kOk},
                                         WriteReply{request.op, ReplicaStatus::kFailed}, false});
}

void Replica::on_scan(NodeId from, const ScanRequest& request) {
  ScanReply reply;
  reply.op = request.op;
  if (!same_ring(request.ring_version)) {
    reply.status = ReplicaStatus::kWrongRing;
    state_.send(from, std::move(reply));
    return;
  }
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
