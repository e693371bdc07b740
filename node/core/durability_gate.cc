#include "node/core/durability_gate.h"

#include <algorithm>

#include "node/base/hash.h"

namespace quorate {

DurabilityGate::KeyHash DurabilityGate::hash_of(const Key& key) const {
  return hash64(key.name, hash64(key.bucket, seed_));
}

void DurabilityGate::track(BatchId batch, const Key& key) { track_hash(batch, hash_of(key)); }

void DurabilityGate::track_hash(BatchId batch, KeyHash key) {
  const auto [entry, is_new] = pending_.try_emplace(key, batch);
  if (!is_new && entry->second == batch) return;
  entry->second = batch;
  changed_.push_back(Change{batch, key});
}

BatchId DurabilityGate::pending(const Key& key) const {
  const auto found = pending_.find(hash_of(key));
  return found == pending_.end() ? 0 : found->second;
}

void DurabilityGate::hold(BatchId batch, HeldMessage held) {
  const NodeId to = held.to;
  insert(Held{batch, to, 0, std::make_unique<HeldMessage>(std::move(held))});
}

void DurabilityGate::hold_ack(BatchId batch, NodeId to, OpId op) {
  insert(Held{batch, to, op, nullptr});
}

// Mostly the last; an answer that waits for an earlier change has others behind it.
void DurabilityGate::insert(Held held) {
  auto place = held_.end();
  while (place != held_.begin() && std::prev(place)->batch > held.batch) --place;
  held_.insert(place, std::move(held));
}

void DurabilityGate::forget_changes(BatchId up_to) {
  while (!changed_.empty() && changed_.front().batch <= up_to) {
    const Change change = changed_.front();
    changed_.pop_front();
    const auto last = pending_.find(change.key);
    if (last != pending_.end() && last->second == change.batch) pending_.erase(last);
  }
}

std::vector<HeldMessage> DurabilityGate::fail(BatchId batch) {
  // A key of the batch may also have been changed by an earlier one that is still on its way.
  const std::deque<Change> changed = std::exchange(changed_, {});
  pending_.clear();
  for (const Change& change : changed) {
    if (change.batch < batch) track_hash(change.batch, change.key);
  }
  std::vector<HeldMessage> failed;
  const auto begin = std::find_if(held_.begin(), held_.end(),
                                  [&](const Held& held) { return held.batch >= batch; });
  for (auto it = begin; it != held_.end(); ++it) {
    if (it->message) {
      failed.push_back(std::move(*it->message));
    } else {
      failed.push_back(HeldMessage{it->to, WriteReply{it->op, ReplicaStatus::kOk},
                                   WriteReply{it->op, ReplicaStatus::kFailed}, false});
    }
  }
  held_.erase(begin, held_.end());
  return failed;
}

}  // namespace quorate
