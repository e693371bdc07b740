#include "node/core/peer_clocks.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace quorate {

namespace {

std::int64_t median_of(const std::map<NodeId, std::int64_t>& offset_ms) {
  std::vector<std::int64_t> offsets = {0};
  for (const auto& [node, offset] : offset_ms) offsets.push_back(offset);
  std::sort(offsets.begin(), offsets.end());
  const std::size_t middle = offsets.size() / 2;
  if (offsets.size() % 2 == 1) return offsets[middle];
  const std::int64_t low = offsets[middle - 1];
  const std::int64_t high = offsets[middle];
  return std::abs(low) < std::abs(high) ? low : high;
}

}  // namespace

void PeerClocks::heard(NodeId peer, std::int64_t offset_ms) {
  offset_ms_[peer] = offset_ms;
  median_offset_ms_ = median_of(offset_ms_);
}

bool PeerClocks::offset_ms(NodeId peer, std::int64_t* offset_ms) const {
  const auto found = offset_ms_.find(peer);
  if (found == offset_ms_.end()) return false;
  *offset_ms = found->second;
  return true;
}

bool PeerClocks::skewed() const {
  return skew_max_ms_ != 0 && std::abs(median_offset_ms_) > skew_max_ms_;
}

}  // namespace quorate
