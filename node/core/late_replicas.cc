#include "node/core/late_replicas.h"

namespace quorate {

void LateReplicas::enter(OpId op, std::size_t bytes) {
  std::size_t& held = held_[op];
  bytes_ += bytes;
  bytes_ -= held;
  held = bytes;
}

void LateReplicas::leave(OpId op) {
  const auto found = held_.find(op);
  if (found == held_.end()) return;
  bytes_ -= found->second;
  held_.erase(found);
}

std::optional<OpId> LateReplicas::surplus() const {
  if (bytes_ <= bytes_max_ || held_.size() == 1) return std::nullopt;
  return held_.begin()->first;
}

}  // namespace quorate
