#include "node/core/trees.h"

#include <algorithm>
#include <utility>

#include "node/causality/byte_io.h"
#include "node/causality/codec.h"

namespace quorate {

Trees::Trees(NodeId self, const HashKey& key, const Buckets& buckets, const Ring& ring,
             const Retired& retired)
    : self_(self), key_(key), buckets_(buckets), ring_(ring), retired_(retired) {
  for (const auto& [name, bucket] : buckets.all()) ns_.insert(bucket.n);
  doubt_all();
}

void Trees::doubt_all() {
  for (std::uint32_t vnode = 0; vnode < ring_.vnodes(); ++vnode) {
    const auto primaries = ring_.primaries(static_cast<VnodeId>(vnode), *ns_.rbegin());
    if (std::find(primaries.begin(), primaries.end(), self_) != primaries.end()) {
      doubt(static_cast<VnodeId>(vnode));
    }
  }
}

void Trees::doubt(VnodeId vnode) {
  doubtful_.insert(vnode);
  if (walk_ && walk_->vnode == vnode) walk_.reset();
}

std::uint32_t Trees::n_of(VnodeId vnode, const Key& key) const {
  const Bucket* bucket = buckets_.find(key.bucket);
  if (bucket == nullptr) return 0;
  const auto primaries = ring_.primaries(vnode, bucket->n);
  const bool ours = std::find(primaries.begin(), primaries.end(), self_) != primaries.end();
  return ours ? bucket->n : 0;
}

std::uint64_t Trees::hash_of(const Key& key, const Record& record) const {
  scratch_.clear();
  append_fixed64(key.bucket.size(), scratch_);
  scratch_ += key.bucket;
  append_fixed64(key.name.size(), scratch_);
  scratch_ += key.name;
  append_context(record.context, scratch_);
  // A record has its siblings in the order of their dots.
  for (const Sibling& sibling : record.siblings) {
    append_fixed64(sibling.dot.actor.run, scratch_);
    append_fixed64(sibling.dot.actor.epoch, scratch_);
    append_fixed64(sibling.dot.counter, scratch_);
  }
  return keyed_hash64(key_, scratch_);
}

std::int64_t Trees::expiry(VnodeId vnode) const {
  const auto found = expiries_.find(vnode);
  return found == expiries_.end() ? kNoExpiry : found->second;
}

void Trees::set_expiry(VnodeId vnode, std::int64_t earliest_ms) {
  if (earliest_ms == kNoExpiry) {
    expiries_.erase(vnode);
  } else {
    expiries_[vnode] = earliest_ms;
  }
}

void Trees::see_expiries(VnodeId vnode, const Record& record) {
  for (const Sibling& sibling : record.siblings) {
    if (sibling.expiry_ms != 0) set_expiry(vnode, std::min(expiry(vnode), sibling.expiry_ms));
  }
}

void Trees::row_changed(VnodeId vnode, const Key& key, const Record* before, const Record* after) {
  if (after != nullptr) see_expiries(vnode, *after);
  const auto ready = doubtful_.contains(vnode) ? ready_.end() : ready_.find(vnode);
  const bool kept_up = ready != ready_.end();
  // What a walk has not come to yet it will find as it is by then.
  const bool walked = walk_ && walk_->vnode == vnode && walk_->after && !(*walk_->after < key);
  if (!kept_up && !walked) return;
  const std::uint32_t n = n_of(vnode, key);
  if (n == 0) return;
  std::uint64_t difference = 0;
  if (after != nullptr) difference += hash_of(key, *after);
  if (before != nullptr) difference -= hash_of(key, *before);
  const std::uint32_t leaf = HashTree::leaf_of(key);
  const std::uint64_t remained = before != nullptr && retired_.has_remains(key, *before) ? 1 : 0;
  const std::uint64_t remain = after != nullptr && retired_.has_remains(key, *after) ? 1 : 0;
  const auto change = [&](OfVnode& of) {
    of.by_n[n].add(leaf, difference);
    of.remains += remain - remained;
  };
  if (kept_up) change(ready->second);
  if (walked) change(walk_->fresh);
}

const HashTree* Trees::find(VnodeId vnode, std::uint32_t n) const {
  if (doubtful_.contains(vnode)) return nullptr;
  const auto trees = ready_.find(vnode);
  if (trees == ready_.end()) return nullptr;
  static const HashTree kEmpty;
  const auto& by_n = trees->second.by_n;
  const auto tree = by_n.find(n);
  return tree == by_n.end() ? &kEmpty : &tree->second;
}

std::uint64_t Trees::remains(VnodeId vnode) const {
  const auto found = ready_.find(vnode);
  return found == ready_.end() || doubtful_.contains(vnode) ? 0 : found->second.remains;
}

bool Trees::equal(OfVnode& a, OfVnode& b) const {
  return std::all_of(ns_.begin(), ns_.end(),
                     [&](std::uint32_t n) { return a.by_n[n] == b.by_n[n]; });
}

void Trees::begin(VnodeId vnode) { walk_.emplace(Walk{vnode, std::nullopt, {}}); }

void Trees::verify_next() {
  if (walking() || ready_.empty()) return;
  auto next = ready_.upper_bound(verified_);
  if (next == ready_.end()) next = ready_.begin();
  verified_ = next->first;
  begin(next->first);
}

Result<Trees::Step> Trees::walk(const StoreReader& store, std::uint32_t rows_max,
                                std::uint32_t bytes_max) {
  Step step;
  if (!walk_) {
    if (doubtful_.empty()) return step;
    begin(*doubtful_.begin());
  }
  Result<StoreReader::ScanPage> page =
      store.scan(walk_->vnode, walk_->after, rows_max, bytes_max, false);
  if (!page) return page.error();
  step.rows = static_cast<std::uint32_t>(page->rows.size() + page->unreadable.size());
  for (const auto& [key, row] : page->rows) {
    const std::uint32_t n = n_of(walk_->vnode, key);
    walk_->after = key;
    if (n == 0) continue;
    see_expiries(walk_->vnode, row.record);
    const bool retired = retired_.has(walk_->vnode, key);
    const Record record = retired ? retired_.reaped(key, row.record) : Record();
    const Record& shown = retired ? record : row.record;
    if (shown.context.empty()) continue;
    walk_->fresh.by_n[n].add(HashTree::leaf_of(key), hash_of(key, shown));
    if (retired_.has_remains(key, shown)) ++walk_->fresh.remains;
  }
  for (Key& key : page->unreadable) {
    if (!walk_->after || *walk_->after < key) walk_->after = key;
    if (n_of(walk_->vnode, key) != 0) step.unreadable.push_back(std::move(key));
  }
  if (!page->done) return step;
  const VnodeId vnode = walk_->vnode;
  const bool was_ready = !doubtful_.contains(vnode) && ready_.contains(vnode);
  if (was_ready && !equal(ready_[vnode], walk_->fresh)) step.lied = vnode;
  ready_[vnode] = std::move(walk_->fresh);
  doubtful_.erase(vnode);
  walk_.reset();
  return step;
}

}  // namespace quorate
