#include "node/core/generation_keeper.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "node/causality/context_part.h"

namespace quorate {

namespace {

// Stands for the vnode's generation where keys are waited for.
Key pseudo_key(VnodeId vnode) { return Key{"", "generation/" + std::to_string(vnode)}; }

// What this run has minted itself: nobody else can have held it before, so nobody can have reaped
// it.
std::optional<Row> of_this_run(const Row& row, RunId run) {
  Row left;
  left.kind = row.kind;
  left.record.context =
      part_of(row.record.context, [run](const Actor& actor) { return actor.run == run; });
  if (left.record.context.empty()) return std::nullopt;
  for (const Sibling& sibling : row.record.siblings) {
    if (sibling.dot.actor.run == run) left.record.siblings.push_back(sibling);
  }
  left.record.applied = row.record.applied;
  left.mark = row.mark;
  return left;
}

}  // namespace

void GenerationKeeper::on_circuit_closed(NodeId peer) {
  unasked_.insert(peer);
  ask(peer);
}

void GenerationKeeper::tick() {
  if (unasked_.empty() || state_.env.now_ns() - asked_at_ns_ < state_.options().resend_ns) return;
  for (NodeId peer : unasked_) {
    if (state_.health.closed(peer)) ask(peer);
  }
}

void GenerationKeeper::ask(NodeId peer) {
  if (op_ == 0) op_ = state_.new_op();
  asked_at_ns_ = state_.env.now_ns();
  state_.send(peer, GenerationsRequest{op_});
}

void GenerationKeeper::on_request(NodeId from, const GenerationsRequest& request) {
  state_.send(from, GenerationsReply{request.op, state_.generations.all()});
}

void GenerationKeeper::on_reply(NodeId from, const GenerationsReply& reply) {
  if (reply.op != op_ || state_.store_state != StoreState::kWritable) return;
  // While nobody has told whether this node is new, it asks again.
  if (lineage_.newborn()) return;
  if (reply.generations.size() != state_.ring.vnodes()) {
    // So is a peer that does not know either. If nobody knows, all disks are gone, and the first
    // generation is as good as any.
    as_ignorant_.insert(from);
    const bool nobody = as_ignorant_.size() + 1 == state_.ring.members().size();
    if (!state_.generations.known() && nobody) {
      learn(from, std::vector<Generation>(state_.ring.vnodes(), 1));
    }
    return;
  }
  as_ignorant_.erase(from);
  unasked_.erase(from);
  if (state_.generations.known()) {
    for (std::uint32_t vnode = 0; vnode < state_.ring.vnodes(); ++vnode) {
      hear(static_cast<VnodeId>(vnode), reply.generations[vnode]);
    }
  } else {
    learn(from, reply.generations);
  }
}

void GenerationKeeper::learn(NodeId from, const std::vector<Generation>& heard) {
  state_.trace({.kind = TraceKind::kGenerationsLearned, .peer = from});
  Batch batch;
  state_.generations.learn(heard, batch);
  state_.apply(std::move(batch));
}

void GenerationKeeper::hear(VnodeId vnode, Generation generation) {
  if (vnode >= state_.ring.vnodes() || !state_.generations.known()) return;
  if (generation > state_.generations.of(vnode)) raise(vnode, generation);
}

void GenerationKeeper::advance(VnodeId vnode) { raise(vnode, state_.generations.of(vnode) + 1); }

bool GenerationKeeper::is_durable(VnodeId vnode) const {
  return state_.gate.pending(pseudo_key(vnode)) == 0;
}

void GenerationKeeper::give_word(NodeId to, VnodeId vnode, ReapReply reply) {
  if (!state_.generations.has_given_word(vnode)) {
    Batch batch;
    state_.generations.give_word(vnode, batch);
    state_.apply_for(pseudo_key(vnode), std::move(batch));
  }
  const BatchId pending = state_.gate.pending(pseudo_key(vnode));
  if (pending == 0) {
    state_.send(to, std::move(reply));
  } else {
    state_.gate.hold(pending, HeldMessage{to, std::move(reply), std::nullopt, false});
  }
}

void GenerationKeeper::raise(VnodeId vnode, Generation generation) {
  if (state_.store_state != StoreState::kWritable) return;
  Batch batch;
  const bool of_another_age = state_.generations.has_forgotten(vnode, generation);
  if (of_another_age) begin_anew(vnode, generation, batch);
  state_.generations.raise(vnode, generation, batch);
  state_.trace({.kind = TraceKind::kGenerationEntered, .a = vnode, .b = generation});
  state_.apply_for(pseudo_key(vnode), std::move(batch));
  if (of_another_age) lineage_.rebuild(vnode);
}

void GenerationKeeper::begin_anew(VnodeId vnode, Generation generation, Batch& batch) {
  state_.trace({.kind = TraceKind::kBegunAnew, .a = vnode, .b = generation});
  const StoreReader& store = state_.env.store();
  std::optional<Key> after;
  for (bool done = false; !done;) {
    Result<StoreReader::ScanPage> page =
        store.scan(vnode, after, state_.options().rebuild_rows_page,
                   state_.options().rebuild_bytes_page, false);
    // What cannot be listed cannot be read either.
    if (!page) return;
    for (Key& key : page->unreadable) {
      if (!after || *after < key) after = key;
      state_.change_row(vnode, key, Error{ErrorCode::kCorruption, "unreadable"}, std::nullopt,
                        batch);
    }
    for (auto& [key, row] : page->rows) {
      if (!after || *after < key) after = key;
      std::optional<Row> left = of_this_run(row, state_.config.run);
      state_.change_row(vnode, key, std::make_shared<const Row>(std::move(row)), std::move(left),
                        batch);
    }
    done = page->done;
  }
  for (const HintId& id : hints_.older(vnode, generation - 1)) hints_.drop(id, batch);
}

}  // namespace quorate
