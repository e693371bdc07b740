#include "node/core/rebuild.h"

#include <algorithm>

#include "node/base/check.h"

namespace quorate {

void Rebuild::tick() {
  if (lineage_.take_rebuild_order()) {
    running_ = false;
    sources_.clear();
  }
  // Without the generations no record can be taken.
  if (!state_.generations.known()) return;
  if (!running_) {
    if (!lineage_.to_rebuild().empty()) next_vnode();
    return;
  }
  if (state_.env.now_ns() - asked_at_ns_ >= state_.options().resend_ns) ask();
}

void Rebuild::next_vnode() {
  while (!lineage_.to_rebuild().empty()) {
    // Round robin from where it stands, so that one source that is down does not hold up the
    // others' vnodes.
    const auto& left = lineage_.to_rebuild();
    auto next = left.upper_bound(vnode_);
    vnode_ = next == left.end() ? *left.begin() : *next;
    sources_.clear();
    for (NodeId node : state_.ring.primaries(vnode_, state_.config.buckets.n_max())) {
      if (node != state_.self()) sources_.push_back(node);
    }
    after_.reset();
    if (!sources_.empty()) {
      running_ = true;
      ask();
      return;
    }
    lineage_.vnode_rebuilt(vnode_);
  }
  running_ = false;
}

void Rebuild::ask() {
  asked_at_ns_ = state_.env.now_ns();
  if (!state_.reachable(sources_.back())) {
    state_.trace({.kind = TraceKind::kRebuildHeldUp, .a = vnode_});
    // Another vnode may have all its sources; with one vnode left this one is asked for again at
    // the next tick.
    running_ = false;
    return;
  }
  op_ = state_.new_op();
  ScanRequest request;
  request.op = op_;
  request.ring_version = state_.ring.version();
  request.vnode = vnode_;
  request.after = after_;
  request.generation = state_.generations.of(vnode_);
  request.rows_max = state_.options().rebuild_rows_page;
  request.bytes_max = state_.options().rebuild_bytes_page;
  state_.send(sources_.back(), std::move(request));
}

bool Rebuild::on_scan_reply(NodeId from, const ScanReply& reply) {
  if (!running_ || reply.op != op_ || sources_.empty() || from != sources_.back()) return false;
  if (reply.status != ReplicaStatus::kOk || state_.store_state != StoreState::kWritable) {
    return true;  // asked again at a later tick
  }
  if (!absorb(reply)) return true;  // asked again at a later tick
  if (!reply.done && !reply.entries.empty()) {
    after_ = reply.entries.back().key;
    ask();
    return true;
  }
  sources_.pop_back();
  after_.reset();
  if (!sources_.empty()) {
    ask();
    return true;
  }
  lineage_.vnode_rebuilt(vnode_);
  next_vnode();
  return true;
}

// A source that is a generation behind enters it when it is asked again.
bool Rebuild::absorb(const ScanReply& reply) {
  keeper_.hear(vnode_, reply.generation);
  if (!state_.generations.takes_row(vnode_, reply.generation, true)) return false;
  for (const ScanReply::Entry& entry : reply.entries) {
    if (entry.record == nullptr) continue;
    // May replace a row that cannot be read: nobody counts this replica before all other primaries
    // were merged.
    const Result<BatchId> merged = replica_.merge(vnode_, entry.key, *entry.record, true);
    QUORATE_CHECK(merged);
  }
  return true;
}

}  // namespace quorate
