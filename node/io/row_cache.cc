#include "node/io/row_cache.h"

#include <iterator>
#include <random>
#include <utility>

#include "node/base/hash.h"

namespace quorate {

namespace {

// One row in eight may fill the cache at most: a few large ones must not drive out all others.
constexpr std::size_t kLargeShare = 8;

// Beside its parts: list and index nodes, two control blocks, what the allocator rounds up.
// Measured over a million rows of 100 B.
constexpr std::size_t kBytesBeside = 256;

std::size_t bytes_in_memory(const Key& key, const Row& row) {
  const Record& record = row.record;
  return kBytesBeside + key.bucket.size() + key.name.size() + sizeof(Row) + record.size_bytes() +
         record.siblings.size() * sizeof(Sibling);
}

}  // namespace

RowCache::RowCache(std::size_t bytes_max) : bytes_max_(bytes_max), seed_(std::random_device{}()) {}

// What is written was mostly read just before.
RowCache::Order::iterator RowCache::at(VnodeId vnode, const Key& key) {
  if (last_ != round_.end() && last_->vnode == vnode && last_->key == key) return last_;
  const auto found = index_.find(Wanted{vnode, key, hash_of(vnode, key)});
  if (found == index_.end()) return round_.end();
  last_ = *found;
  return last_;
}

RowPtr RowCache::find(VnodeId vnode, const Key& key) {
  const auto found = at(vnode, key);
  if (found == round_.end()) return nullptr;
  found->used = true;
  return found->row;
}

void RowCache::put(VnodeId vnode, Key key, RowPtr row) {
  const std::size_t bytes = bytes_in_memory(key, *row);
  const auto found = at(vnode, key);
  if (bytes > bytes_max_ / kLargeShare) {
    if (found != round_.end()) remove(found);
    return;
  }
  if (found != round_.end()) {
    bytes_ = bytes_ - found->bytes + bytes;
    found->bytes = bytes;
    found->row = std::move(row);
    found->used = true;
    make_room_for(0);
  } else {
    make_room_for(bytes);
    // Behind the hand, which has the whole round before it.
    const std::size_t hash = hash_of(vnode, key);
    last_ = round_.insert(hand_, Entry{vnode, std::move(key), hash, bytes, std::move(row)});
    index_.insert(last_);
    bytes_ += bytes;
  }
}

void RowCache::make_room_for(std::size_t bytes) {
  while (bytes_ + bytes > bytes_max_) {
    if (hand_ == round_.end()) hand_ = round_.begin();
    if (std::exchange(hand_->used, false)) {
      ++hand_;
    } else {
      remove(hand_);
    }
  }
}

void RowCache::remove(VnodeId vnode, const Key& key) {
  const auto found = at(vnode, key);
  if (found != round_.end()) remove(found);
}

void RowCache::remove(Order::iterator entry) {
  bytes_ -= entry->bytes;
  index_.erase(entry);
  if (last_ == entry) last_ = round_.end();
  const Order::iterator next = round_.erase(entry);
  if (hand_ == entry) hand_ = next;
}

void RowCache::clear() {
  index_.clear();
  round_.clear();
  hand_ = last_ = round_.end();
  bytes_ = 0;
}

std::size_t RowCache::hash_of(VnodeId vnode, const Key& key) const {
  return hash64(key.name, hash64(key.bucket, seed_ + vnode));
}

}  // namespace quorate
