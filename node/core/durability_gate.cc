#include "node/core/durability_gate.h"

#include <iterator>
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
  held_[batch].push_back(std::move(held));
}

std::vector<HeldMessage> DurabilityGate::release(BatchId batch) {
  while (!changed_.empty() && changed_.front().first <= batch) {
    const auto found = pending_.find(changed_.front().second);
    if (found != pending_.end() && found->second <= batch) pending_.erase(found);
    changed_.pop_front();
  }
  std::vector<HeldMessage> released;
  while (!held_.empty() && held_.begin()->first <= batch) {
    auto& messages = held_.begin()->second;
    std::move(messages.begin(), messages.end(), std::back_inserter(released));
    held_.erase(held_.begin());
  }
  return released;
}

std::vector<HeldMessage> DurabilityGate::fail(BatchId batch) {
  while (!changed_.empty() && changed_.back().first >= batch) changed_.pop_back();
  // What is left may have been changed by an earlier batch that is still on its way.
  std::erase_if(pending_, [&](const auto& entry) { return entry.second >= batch; });
  for (const auto& [earlier, key] : changed_) pending_[key] = earlier;
  std::vector<HeldMessage> failed;
  for (auto it = held_.lower_bound(batch); it != held_.end(); it = held_.erase(it)) {
    std::move(it->second.begin(), it->second.end(), std::back_inserter(failed));
  }
  return failed;
}

}  // namespace quorate
