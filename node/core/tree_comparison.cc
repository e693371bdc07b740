#include "node/core/tree_comparison.h"

#include <utility>

namespace quorate {

std::vector<std::uint32_t> children_of(std::uint32_t level,
                                       const std::vector<std::uint32_t>& parents) {
  if (level == 0) return {0};
  std::vector<std::uint32_t> nodes;
  nodes.reserve(parents.size() * HashTree::kFanout);
  for (const std::uint32_t parent : parents) {
    for (std::uint32_t i = 0; i < HashTree::kFanout; ++i) {
      nodes.push_back(parent * HashTree::kFanout + i);
    }
  }
  return nodes;
}

bool TreeComparison::add(const HashTree& own, const std::vector<std::uint64_t>& theirs) {
  const std::vector<std::uint32_t> asked = children_of(level_, differing_);
  if (theirs.size() != asked.size()) return false;
  std::vector<std::uint32_t> differing;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (own.sum(static_cast<int>(level_), asked[i]) != theirs[i]) differing.push_back(asked[i]);
  }
  differing_ = std::move(differing);
  done_ = differing_.empty() || level_ == HashTree::kLeafLevel;
  if (!done_) ++level_;
  return true;
}

}  // namespace quorate
