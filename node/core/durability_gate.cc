#include "node/core/durability_gate.h"

#include <utility>

namespace quorate {

void DurabilityGate::track(BatchId batch, const Key& key) {
  pending_[key] = batch;
  changed_.emplace_back(batch, key);
}

BatchId DurabilityGate::pending(const Key& key) const {
  const auto found = pending_.find(key);
  return found == pending_.end() ? 0 : found->second;
}

void DurabilityGate::hold(BatchId batch, HeldMessage held) {
  held_.emplace(batch, std::move(held));
}

std::vector<HeldMessage> DurabilityGate::release(BatchId batch) {
  while (!changed_.empty() && changed_.front().first <= batch) {
    const auto found = pending_.find(changed_.front().second);
    if (found != pending_.end() && found->second <= batch) pending_.erase(found);
    changed_.pop_front();
  }
  std::vector<HeldMessage> released;
  const auto end = held_.upper_bound(batch);
  for (auto it = held_.begin(); it != end; ++it) released.push_back(std::move(it->second));
  held_.erase(held_.begin(), end);
  return released;
}

std::vector<HeldMessage> DurabilityGate::fail(BatchId batch) {
  while (!changed_.empty() && changed_.back().first >= batch) changed_.pop_back();
  // What is left may have been changed by an earlier batch that is still on its way.
  std::erase_if(pending_, [&](const auto& entry) { return entry.second >= batch; });
  for (const auto& [earlier, key] : changed_) pending_[key] = earlier;
  std::vector<HeldMessage> failed;
  const auto begin = held_.lower_bound(batch);
  for (auto it = begin; it != held_.end(); ++it) failed.push_back(std::move(it->second));
  held_.erase(begin, held_.end());
  return failed;
}

}  // namespace quorate
