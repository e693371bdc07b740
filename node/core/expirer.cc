#include "node/core/expirer.h"

#include <algorithm>
#include <utility>

namespace quorate {

namespace {

// What could not be removed, or is another node's to remove, is looked for again so much later.
constexpr std::int64_t kAgainNs = 10 * kNsPerSecond;

}  // namespace

void Expirer::tick() {
  if (state_.store_state != StoreState::kWritable || !state_.generations.known() ||
      state_.stopping) {
    return;
  }
  if (!look_) begin_next();
  if (look_) look_on();
}

void Expirer::begin_next() {
  const std::int64_t over_ms = state_.wall_now_ms() - state_.options().clock_skew_max_ms;
  for (const auto& [vnode, earliest_ms] : state_.trees.expiries()) {
    if (earliest_ms > over_ms || state_.env.now_ns() < not_before_ns_[vnode]) continue;
    if (lineage_.rebuilding(vnode)) continue;
    look_.emplace(Look{vnode, std::nullopt, Trees::kNoExpiry});
    // What comes from here on is counted anew.
    state_.trees.set_expiry(vnode, Trees::kNoExpiry);
    return;
  }
}

void Expirer::look_on() {
  const VnodeId vnode = look_->vnode;
  const std::int64_t over_ms = state_.wall_now_ms() - state_.options().clock_skew_max_ms;
  const auto page = state_.env.store().scan(vnode, look_->after, state_.options().rebuild_rows_page,
                                            state_.options().rebuild_bytes_page, false);
  if (!page) {
    look_->earliest_ms = std::min(look_->earliest_ms, over_ms);
  } else {
    std::size_t removed = 0;
    for (const auto& [key, row] : page->rows) {
      if (removed >= kDeletesMax) return;  // goes on behind `after`, at the next tick
      look_->after = key;
      const Bucket* bucket = state_.config.buckets.find(key.bucket);
      std::vector<Dot> over;
      for (const Sibling& sibling : row.record.siblings) {
        if (sibling.expiry_ms == 0) continue;
        look_->earliest_ms = std::min(look_->earliest_ms, sibling.expiry_ms);
        if (sibling.expiry_ms <= over_ms) over.push_back(sibling.dot);
      }
      if (over.empty() || bucket == nullptr || !ours(vnode, *bucket)) continue;
      remove(vnode, key, *bucket, std::move(over));
      ++removed;
    }
    for (const Key& key : page->unreadable) {
      if (!look_->after || *look_->after < key) look_->after = key;
    }
    if (!page->done) return;
  }
  not_before_ns_[vnode] = state_.env.now_ns() + kAgainNs;
  state_.trees.set_expiry(vnode, std::min(state_.trees.expiry(vnode), look_->earliest_ms));
  look_.reset();
}

bool Expirer::ours(VnodeId vnode, const Bucket& bucket) const {
  for (NodeId node : state_.ring.primaries(vnode, bucket.n)) {
    if (state_.reachable(node)) return node == state_.self();
  }
  return false;
}

void Expirer::remove(VnodeId vnode, const Key& key, const Bucket& bucket, std::vector<Dot> dots) {
  state_.trace({.kind = TraceKind::kExpired, .dot = dots.front(), .a = vnode, .b = dots.size()});
  const auto n = std::min(bucket.n, static_cast<std::uint32_t>(state_.ring.members().size()));
  const auto primaries = state_.ring.primaries(vnode, n);
  WritePlan plan;
  plan.request.id = RequestId{state_.env.random(), state_.env.random()};
  plan.request.verb = Verb::kDelete;
  plan.request.key = key;
  // The row holds these events, so naming them claims nothing else.
  Token token;
  token.context = Context::from_parts({}, std::move(dots));
  plan.request.token = std::move(token);
  plan.just_behind = true;
  plan.vnode = vnode;
  plan.bucket = &bucket;
  plan.sets = {ReplicaSet{{primaries.begin(), primaries.end()}, std::min(bucket.w, n)}};
  plan.deadline_at_ns = state_.env.now_ns() + state_.options().deadline_default_ns;
  writes_.start(std::move(plan));
}

}  // namespace quorate
