#include "node/core/reap_answers.h"

#include <algorithm>
#include <utility>

namespace quorate {

std::uint64_t proof_of(const NodeState& state, const Key& key, const Record& record) {
  // What is left may hang on request ids, which equal records may remember unequally.
  return state.trees.hash_of(key, record) +
         3 * state.trees.hash_of(key, state.retired.reaped(key, record));
}

ReapHold ReapAnswers::hold(const ReapRequest& request) {
  const VnodeId vnode = request.vnode;
  if (state_.generations.of(vnode) != request.generation || !keeper_.is_durable(vnode) ||
      state_.store_state != StoreState::kWritable) {
    return ReapHold::kBehind;
  }
  if (hints_.any_older(vnode, request.generation)) return ReapHold::kKeepsHints;
  if (!lineage_.is_primary(vnode)) return ReapHold::kNone;
  if (lineage_.rebuilding(vnode)) return ReapHold::kRebuilding;
  if (request.step == ReapRequest::Step::kCompared &&
      !anti_entropy_.compared(vnode, request.generation)) {
    return ReapHold::kComparing;
  }
  // Its word was given by a disk that is gone: it has to be given again, or this node would find
  // that it has forgotten when the next generation begins.
  const bool later =
      request.step == ReapRequest::Step::kHeld || request.step == ReapRequest::Step::kRetire;
  if (later && !state_.generations.has_given_word(vnode)) return ReapHold::kComparing;
  return ReapHold::kNone;
}

bool ReapAnswers::holds(VnodeId vnode, const ReapRequest::Entry& entry) const {
  const Bucket* bucket = state_.config.buckets.find(entry.key.bucket);
  if (bucket == nullptr || state_.ring.vnode_of(entry.key.bucket, entry.key.name) != vnode) {
    return false;
  }
  const auto primaries = state_.ring.primaries(vnode, bucket->n);
  if (std::find(primaries.begin(), primaries.end(), state_.self()) == primaries.end()) return true;
  if (state_.gate.pending(entry.key) != 0) return false;
  const Result<RowPtr> row = state_.env.store().read(vnode, entry.key);
  return row && *row != nullptr && proof_of(state_, entry.key, (*row)->record) == entry.hash;
}

void ReapAnswers::retire(const ReapRequest& request) {
  Batch batch;
  for (const ReapRequest::Entry& entry : request.entries) {
    const Result<RowPtr> row = state_.env.store().read(request.vnode, entry.key);
    // What was written meanwhile stays.
    if (!row || *row == nullptr || proof_of(state_, entry.key, (*row)->record) != entry.hash) {
      continue;
    }
    state_.trace({.kind = TraceKind::kRetired, .a = request.vnode, .b = request.generation});
    state_.retire(request.vnode, entry.key, *row, request.generation, batch);
  }
  if (!batch.meta.empty()) state_.apply(std::move(batch));
}

void ReapAnswers::on_request(NodeId from, const ReapRequest& request) {
  ReapReply reply;
  reply.op = request.op;
  if (!state_.in_ring(request.ring_version, request.vnode)) {
    reply.status = ReplicaStatus::kWrongRing;
    state_.send(from, std::move(reply));
    return;
  }
  keeper_.hear(request.vnode, request.generation);
  reply.generation = state_.generations.of(request.vnode);
  reply.hold = hold(request);
  if (reply.hold == ReapHold::kNone && request.step == ReapRequest::Step::kHeld) {
    for (std::uint32_t i = 0; i < request.entries.size(); ++i) {
      if (holds(request.vnode, request.entries[i])) reply.held.push_back(i);
    }
  }
  if (reply.hold == ReapHold::kNone && request.step == ReapRequest::Step::kRetire) retire(request);
  const auto last =
      lineage_.is_primary(request.vnode) ? ReapRequest::Step::kCompared : ReapRequest::Step::kReady;
  if (reply.hold == ReapHold::kNone && request.step == last) {
    keeper_.give_word(from, request.vnode, std::move(reply));
  } else {
    state_.send(from, std::move(reply));
  }
}

}  // namespace quorate
