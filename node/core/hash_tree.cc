#include "node/core/hash_tree.h"

#include "node/base/hash.h"

namespace quorate {

std::uint32_t HashTree::leaf_of(const Key& key) {
  return static_cast<std::uint32_t>(hash64(key.name, hash64(key.bucket)) % kLeaves);
}

void HashTree::add(std::uint32_t leaf, std::uint64_t hash) {
  std::unique_ptr<Branch>& branch = branches_[leaf / (kFanout * kFanout)];
  if (branch == nullptr) branch = std::make_unique<Branch>();
  const std::uint32_t within = leaf % (kFanout * kFanout);
  branch->leaves[within] += hash;
  branch->sums[within / kFanout] += hash;
  branch->sum += hash;
  root_ += hash;
}

std::uint64_t HashTree::sum(int level, std::uint32_t index) const {
  if (level == 0) return root_;
  const std::uint32_t below = width(level - 1);  // nodes of the level under one child of the root
  const Branch* branch = branches_[index / below].get();
  if (branch == nullptr) return 0;
  if (level == 1) return branch->sum;
  return level == 2 ? branch->sums[index % below] : branch->leaves[index % below];
}

bool operator==(const HashTree& a, const HashTree& b) {
  if (a.root_ != b.root_) return false;
  for (std::uint32_t leaf = 0; leaf < HashTree::kLeaves; ++leaf) {
    if (a.sum(HashTree::kLeafLevel, leaf) != b.sum(HashTree::kLeafLevel, leaf)) return false;
  }
  return true;
}

}  // namespace quorate
