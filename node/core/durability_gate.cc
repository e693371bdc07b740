#include "node/core/durability_gate.h"

#include <iterator>
#include <utility>

#include "node/base/hash.h"

namespace quorate {

std::size_t DurabilityGate::KeyHash::operator()(const Key& key) const {
  return hash64(key.name, hash64(key.bucket, seed));
}

void DurabilityGate::track(BatchId batch, const Key& key) {
  const auto [entry, is_new] = pending_.try_emplace(key, batch);
  if (!is_new && entry->second == batch) return;
  entry->second = batch;
  changed_.push_back(Change{batch, &*entry});
}

BatchId DurabilityGate::pending(const Key& key) const {
  const auto found = pending_.find(key);
  return found == pending_.end() ? 0 : found->second;
}

void DurabilityGate::hold(BatchId batch, HeldMessage held) {
  held_.emplace_hint(held_.end(), batch, std::move(held));  // mostly the last
}

std::vector<HeldMessage> DurabilityGate::release(BatchId batch) {
  while (!changed_.empty() && changed_.front().batch <= batch) {
    const Change change = changed_.front();
    changed_.pop_front();
    // The last change of its key: nothing points to it any more.
    if (change.entry->second == change.batch) pending_.erase(pending_.find(change.entry->first));
  }
  std::vector<HeldMessage> released;
  const auto end = held_.upper_bound(batch);
  released.reserve(static_cast<std::size_t>(std::distance(held_.begin(), end)));
  for (auto it = held_.begin(); it != end; ++it) released.push_back(std::move(it->second));
  held_.erase(held_.begin(), end);
  return released;
}

std::vector<HeldMessage> DurabilityGate::fail(BatchId batch) {
  // A key of the batch may also have been changed by an earlier one that is still on its way.
  std::vector<std::pair<BatchId, Key>> left;
  for (const Change& change : changed_) {
    if (change.batch < batch) left.emplace_back(change.batch, change.entry->first);
  }
  changed_.clear();
  pending_.clear();
  for (const auto& [earlier, key] : left) track(earlier, key);
  std::vector<HeldMessage> failed;
  const auto begin = held_.lower_bound(batch);
  for (auto it = begin; it != held_.end(); ++it) failed.push_back(std::move(it->second));
  held_.erase(begin, held_.end());
  return failed;
}

}  // namespace quorate
