// Rows as the store last read or wrote them, decoded: a row in use costs neither a search of
// RocksDB nor the decoding of its bytes, on any of its reads.
//
// Place:      RocksRows, its only user; the loop's thread.
// Invariants: what it gives is what RocksDB would give: RocksStore puts in what it has just written
//             and takes out what may not have been. Which rows it holds changes no answer; it
//             outlives neither the store nor its reopening. tests/node/io/row_cache_test.cc,
//             tests/contract/.
// Implements: the CLOCK algorithm (Corbato 1968): a hand goes round over all rows, and takes away
//             those that nobody used since it last came by. Unlike a list in the order of use, a
//             read touches nothing but what it reads.
// Limits:     bytes_max, by an estimate of what rows take in memory. A row larger than an eighth of
//             it is not kept.
// Not here:   RocksDB's block cache, which serves rows that fell out of here, and scans.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstddef>
#include <cstdint>
#include <list>

#include "node/core/store.h"

namespace quorate {

class RowCache {
 public:
  // 0: keeps nothing.
  explicit RowCache(std::size_t bytes_max);

  // Null: not here, whether the store has it or not.
  RowPtr find(VnodeId vnode, const Key& key);

  // REQUIRES: row is not null.
  void put(VnodeId vnode, Key key, RowPtr row);
  void remove(VnodeId vnode, const Key& key);
  void clear();

  std::size_t bytes() const { return bytes_; }
  std::size_t size() const { return round_.size(); }

 private:
  struct Entry {
    VnodeId vnode = 0;
    Key key;
    std::size_t hash = 0;
    std::size_t bytes = 0;
    RowPtr row;
    bool used = false;  // since the hand came by
  };
  using Order = std::list<Entry>;

  struct Wanted {
    VnodeId vnode;
    const Key& key;
    std::size_t hash;
  };
  struct Hash {
    using is_transparent = void;
    using is_avalanching = void;
    std::size_t operator()(Order::iterator at) const { return at->hash; }
    std::size_t operator()(const Wanted& wanted) const { return wanted.hash; }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(Order::iterator a, Order::iterator b) const { return a == b; }
    bool operator()(const Wanted& a, Order::iterator b) const {
      return a.hash == b->hash && a.vnode == b->vnode && a.key == b->key;
    }
    bool operator()(Order::iterator a, const Wanted& b) const { return (*this)(b, a); }
  };
  using Index = boost::unordered_flat_set<Order::iterator, Hash, Equal>;

  Order::iterator at(VnodeId vnode, const Key& key);
  void remove(Order::iterator entry);
  void make_room_for(std::size_t bytes);
  std::size_t hash_of(VnodeId vnode, const Key& key) const;

  const std::size_t bytes_max_;
  const std::uint64_t seed_;  // clients choose the keys, and must not choose which of them collide
  std::size_t bytes_ = 0;
  Order round_;
  Order::iterator hand_ = round_.end();  // passes over this one next
  Order::iterator last_ = round_.end();  // what at() found last
  Index index_;
};

}  // namespace quorate
