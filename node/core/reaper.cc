#include "node/core/reaper.h"

#include <algorithm>
#include <utility>

#include "node/core/reap_answers.h"

namespace quorate {

Reaper::Reaper(NodeState& state, GenerationKeeper& keeper, const Lineage& lineage)
    : state_(state), keeper_(keeper), lineage_(lineage) {
  for (std::uint32_t vnode = 0; vnode < state.ring.vnodes(); ++vnode) {
    const auto list = state.ring.preference_list(static_cast<VnodeId>(vnode));
    if (list.front() != state.self()) continue;
    led_.push_back(static_cast<VnodeId>(vnode));
    unheard_.insert(static_cast<VnodeId>(vnode));
  }
}

void Reaper::tick() {
  if (!state_.options().reaping || state_.store_state != StoreState::kWritable ||
      !state_.generations.known()) {
    return;
  }
  reap();
  if (!round_) {
    begin_next();
  } else if (paging_) {
    next_page();
  } else if (state_.env.now_ns() - round_->asked_at_ns >= state_.options().resend_ns) {
    ask_again();
  }
}

// ---------------------------------------------------------------- what is due

void Reaper::reap() {
  const auto& all = state_.retired.all();
  if (all.empty()) return;
  const CoreOptions& options = state_.options();
  const std::int64_t before_ms = state_.env.wall_now_ms() -
                                 std::max(options.token_life_ms, options.retry_window_ms) -
                                 options.clock_skew_max_ms;
  std::vector<Retired::Id> due;
  auto next = reaped_ ? all.upper_bound(*reaped_) : all.begin();
  for (std::size_t looks = 0; looks < kLooksMax && next != all.end(); ++looks, ++next) {
    const auto& [id, entry] = *next;
    reaped_ = id;
    const bool nothing_older_can_come = entry.generation + 2 <= state_.generations.of(id.first);
    if (!nothing_older_can_come || entry.since_ms > before_ms) continue;
    due.push_back(id);
    if (due.size() == kReapsMax) break;
  }
  if (next == all.end()) reaped_.reset();
  Batch batch;
  for (const Retired::Id& id : due) {
    if (!lineage_.rebuilding(id.first)) reap_row(id, batch);
  }
  if (!batch.meta.empty()) state_.apply(std::move(batch));
}

void Reaper::reap_row(const Retired::Id& id, Batch& batch) {
  const auto& [vnode, key] = id;
  const Result<RowPtr> stored = state_.env.store().read(vnode, key);
  if (!stored) return;
  state_.trace({.kind = TraceKind::kReaped, .a = vnode});
  std::optional<Row> left;
  if (*stored != nullptr) {
    Record record = state_.retired.reaped(key, (*stored)->record);
    if (!record.context.empty()) {
      left.emplace();
      left->kind = (*stored)->kind;
      left->record = std::move(record);
      // Of an actor that the record knows no more, this node must not count on.
      const Mark& mark = (*stored)->mark;
      if (left->record.context.max_counter(mark.actor) != 0) left->mark = mark;
    }
  }
  state_.change_row(vnode, key, stored, std::move(left), batch);
}

// ---------------------------------------------------------------- rounds

std::uint64_t Reaper::remains() const {
  std::uint64_t count = 0;
  for (std::uint32_t vnode = 0; vnode < state_.ring.vnodes(); ++vnode) {
    count += state_.trees.remains(static_cast<VnodeId>(vnode));
  }
  return count;
}

std::map<VnodeId, ReapHoldStatus> Reaper::holds() const {
  std::map<VnodeId, ReapHoldStatus> all = holds_;
  for (std::uint32_t i = 0; i < state_.ring.vnodes(); ++i) {
    const auto vnode = static_cast<VnodeId>(i);
    const NodeId leader = state_.ring.preference_list(vnode).front();
    if (!state_.reachable(leader) && anything_waits(vnode)) {
      all[vnode] = {leader, ReapHold::kSilent};
    }
  }
  return all;
}

bool Reaper::wants_advance(VnodeId vnode) const {
  const Generation newest = state_.retired.newest(vnode);
  return newest != 0 && newest + 2 > state_.generations.of(vnode);
}

bool Reaper::anything_waits(VnodeId vnode) const {
  return state_.trees.remains(vnode) > 0 || wants_advance(vnode);
}

void Reaper::held_by(NodeId node, ReapHold hold) {
  if (anything_waits(round_->vnode)) holds_[round_->vnode] = {node, hold};
}

bool Reaper::wants_round(VnodeId vnode) const {
  return anything_waits(vnode) || unheard_.contains(vnode);
}

void Reaper::begin_next() {
  const std::int64_t now_ns = state_.env.now_ns();
  for (std::size_t i = 0; i < led_.size(); ++i) {
    last_ = (last_ + 1) % led_.size();
    const VnodeId vnode = led_[last_];
    if (due_ns_[vnode] > now_ns) continue;
    if (!wants_round(vnode)) {
      holds_.erase(vnode);
      continue;
    }
    round_.emplace(vnode, state_.generations.of(vnode));
    begin(ReapRequest::Step::kReady);
    return;
  }
}

void Reaper::begin(ReapRequest::Step step) {
  paging_ = false;
  round_->step = step;
  round_->op = state_.new_op();
  round_->attempts = 0;
  round_->asked_at_ns = state_.env.now_ns();
  round_->waiting.clear();
  if (step == ReapRequest::Step::kReady) {
    for (NodeId node : state_.ring.members()) round_->waiting.insert(node);
  } else {
    for (NodeId node : state_.ring.primaries(round_->vnode, state_.config.buckets.n_max())) {
      round_->waiting.insert(node);
    }
  }
  round_->asked = round_->waiting.size();
  round_->holders.assign(round_->entries.size(), 0);
  for (NodeId node : round_->waiting) ask(node);
}

void Reaper::ask(NodeId node) {
  if (!state_.reachable(node)) {
    held_by(node, ReapHold::kSilent);
    return;
  }
  ReapRequest request;
  request.op = round_->op;
  request.ring_version = state_.ring.version();
  request.vnode = round_->vnode;
  request.generation = round_->generation;
  request.step = round_->step;
  request.entries = round_->entries;
  state_.send(node, std::move(request));
}

void Reaper::ask_again() {
  const int attempts_max =
      round_->step == ReapRequest::Step::kCompared ? kComparingMax : kAttemptsMax;
  if (++round_->attempts >= attempts_max) {
    give_up();
    return;
  }
  round_->asked_at_ns = state_.env.now_ns();
  for (NodeId node : round_->waiting) ask(node);
}

void Reaper::on_reply(NodeId from, const ReapReply& reply) {
  if (!round_ || reply.op != round_->op || reply.status != ReplicaStatus::kOk ||
      state_.store_state != StoreState::kWritable) {
    return;
  }
  keeper_.hear(round_->vnode, reply.generation);
  if (state_.generations.of(round_->vnode) != round_->generation) {
    round_.reset();
    return;
  }
  if (reply.generation == round_->generation) {
    round_->heard.insert(from);
    if (round_->heard.size() == state_.ring.members().size()) unheard_.erase(round_->vnode);
  }
  if (!round_->waiting.contains(from)) return;
  if (reply.hold != ReapHold::kNone) {
    held_by(from, reply.hold);
    return;
  }
  round_->waiting.erase(from);
  for (const std::uint32_t i : reply.held) {
    if (i < round_->holders.size()) ++round_->holders[i];
  }
  if (round_->waiting.empty()) step_done();
}

void Reaper::step_done() {
  switch (round_->step) {
    case ReapRequest::Step::kReady:
      if (!wants_round(round_->vnode)) {
        finish();
        return;
      }
      begin(ReapRequest::Step::kCompared);
      return;
    case ReapRequest::Step::kHeld: {
      std::vector<ReapRequest::Entry> held;
      for (std::size_t i = 0; i < round_->entries.size(); ++i) {
        if (round_->holders[i] == round_->asked) held.push_back(std::move(round_->entries[i]));
      }
      round_->entries = std::move(held);
      if (!round_->entries.empty()) {
        begin(ReapRequest::Step::kRetire);
        return;
      }
      break;
    }
    case ReapRequest::Step::kCompared:
    case ReapRequest::Step::kRetire:
      break;
  }
  next_page();
}

void Reaper::next_page() {
  for (int pages = 0; pages < kPagesMax; ++pages) {
    round_->entries.clear();
    const bool room = state_.retired.all().size() < state_.options().retired_max;
    if (round_->scanned || !room || state_.trees.remains(round_->vnode) == 0) {
      finish();
      return;
    }
    if (!read_page()) {
      give_up();
      return;
    }
    if (!round_->entries.empty()) {
      begin(ReapRequest::Step::kHeld);
      return;
    }
  }
  paging_ = true;
}

bool Reaper::read_page() {
  const auto page = state_.env.store().scan(round_->vnode, round_->after,
                                            std::min(state_.options().rebuild_rows_page, kReapPage),
                                            state_.options().rebuild_bytes_page, false);
  if (!page) return false;
  const auto pass = [this](const Key& key) {
    if (!round_->after || *round_->after < key) round_->after = key;
  };
  for (const Key& key : page->unreadable) pass(key);
  for (const auto& [key, row] : page->rows) {
    pass(key);
    if (state_.retired.has(round_->vnode, key) || !state_.retired.has_remains(key, row.record)) {
      continue;
    }
    round_->entries.push_back({key, proof_of(state_, key, row.record)});
  }
  round_->scanned = page->done;
  return true;
}

void Reaper::finish() {
  const VnodeId vnode = round_->vnode;
  round_.reset();
  paging_ = false;
  holds_.erase(vnode);
  due_ns_[vnode] = state_.env.now_ns() + state_.options().reap_interval_ns;
  if (!wants_advance(vnode)) return;
  keeper_.advance(vnode);
  unheard_.insert(vnode);
}

void Reaper::give_up() {
  const VnodeId vnode = round_->vnode;
  if (!round_->waiting.empty() && !holds_.contains(vnode)) {
    held_by(*round_->waiting.begin(), ReapHold::kSilent);
  }
  state_.trace({.kind = TraceKind::kReapingHeldUp,
                .peer = holds_.contains(vnode) ? holds_[vnode].node : NodeId{0},
                .a = vnode,
                .b = holds_.contains(vnode) ? static_cast<std::uint64_t>(holds_[vnode].hold) : 0});
  due_ns_[vnode] = state_.env.now_ns() + state_.options().reap_interval_ns;
  round_.reset();
  paging_ = false;
}

}  // namespace quorate
