#include "node/core/leaf_walk.h"

#include <algorithm>
#include <utility>

namespace quorate {

bool LeafWalk::asked_for(const NodeState& state, const Key& key) const {
  if (through_ && *through_ < key) return false;
  const Bucket* bucket = state.config.buckets.find(key.bucket);
  return bucket != nullptr && bucket->n == n_ &&
         std::binary_search(leaves_.begin(), leaves_.end(), HashTree::leaf_of(key));
}

Result<std::uint32_t> LeafWalk::step(const NodeState& state, std::uint32_t rows_max,
                                     std::uint32_t bytes_max) {
  Result<StoreReader::ScanPage> page =
      state.env.store().scan(vnode_, after_, rows_max, bytes_max, false);
  if (!page) return page.error();
  const auto first_new = static_cast<std::ptrdiff_t>(entries_.size());
  for (const auto& [key, row] : page->rows) {
    after_ = key;
    if (!asked_for(state, key)) continue;
    const bool retired = state.retired.has(vnode_, key);
    const Record left = retired ? state.retired.reaped(key, row.record) : Record();
    if (retired && left.context.empty()) continue;
    entries_.push_back({key, state.trees.hash_of(key, retired ? left : row.record)});
  }
  for (const Key& key : page->unreadable) {
    if (asked_for(state, key)) entries_.push_back({key, 0});
    if (!after_ || *after_ < key) after_ = key;
  }
  std::sort(entries_.begin() + first_new, entries_.end(),
            [](const LeavesReply::Entry& a, const LeavesReply::Entry& b) { return a.key < b.key; });
  done_ = page->done || (through_ && after_ && !(*after_ < *through_));
  return static_cast<std::uint32_t>(page->rows.size() + page->unreadable.size());
}

}  // namespace quorate
