// The hash trees over this node's own rows, one for each vnode and n: buckets of different n have
// different primaries. And what else is good to know of a vnode without reading its rows: how many
// of them have remains, and when the first value of them expires.
//
// They live in memory, kept up at every change of a row, and are built from the rows in the
// background: after a start, after a change whose outcome is not known, and now and then to see
// whether they tell the truth. So no tree can go wrong for longer than one such walk, whatever
// happened to the disk below it.
//
// Place:      NodeState tells of every change in the batch that makes it; AntiEntropy lets walks go
//             on and compares what is ready.
// Implements: papers/decisions/0009-anti-entropy.md.
// Invariants: a tree that is ready equals one that is made from the rows:
//             tests/node/core/trees_test.cc.
// Limits:     one vnode is walked at a time; HashTree for each vnode and n of which this node is a
//             primary.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "node/base/keyed_hash.h"
#include "node/core/bucket.h"
#include "node/core/hash_tree.h"
#include "node/core/retired.h"
#include "node/core/store.h"

namespace quorate {

class Trees {
 public:
  // `buckets`, `ring` and `retired` outlive it.
  Trees(NodeId self, const HashKey& key, const Buckets& buckets, const Ring& ring,
        const Retired& retired);

  // What a row says, as anti-entropy compares it: key, context and the dots of its siblings. Of
  // rows that differ in nothing but the request ids that they remember it is the same.
  std::uint64_t hash_of(const Key& key, const Record& record) const;

  // ---- changes

  // A batch changes what is shown of the row; null: there was nothing, or is nothing from now on.
  void row_changed(VnodeId vnode, const Key& key, const Record* before, const Record* after);
  // What stood there is not known, or whether it was changed: the vnode's trees are built again.
  void doubt(VnodeId vnode);
  void doubt_all();

  // ---- what is ready

  // Null: still being built, or none of this node's.
  const HashTree* find(VnodeId vnode, std::uint32_t n) const;
  // Rows that show remains, which may be retired. 0 while it is not known.
  std::uint64_t remains(VnodeId vnode) const;
  // No later than the first expiry of any value in the vnode; only vnodes that may have one.
  static constexpr std::int64_t kNoExpiry = INT64_MAX;
  const std::map<VnodeId, std::int64_t>& expiries() const { return expiries_; }
  std::int64_t expiry(VnodeId vnode) const;
  void set_expiry(VnodeId vnode, std::int64_t earliest_ms);
  std::uint32_t vnodes_building() const { return static_cast<std::uint32_t>(doubtful_.size()); }

  // ---- walking over the rows

  // True while there is something to build, or a vnode is being verified.
  bool walking() const { return walk_ || !doubtful_.empty(); }
  // Begins to verify the next vnode in turn, unless a walk is under way.
  void verify_next();
  struct Step {
    std::uint32_t rows = 0;
    std::vector<Key> unreadable;  // rows that a read has to restore
    std::optional<VnodeId> lied;  // its trees were ready and did not equal its rows
  };
  // Reads the next page. Errors: the store cannot list its keys; the walk goes on with the next
  // call.
  Result<Step> walk(const StoreReader& store, std::uint32_t rows_max, std::uint32_t bytes_max);

 private:
  struct OfVnode {
    std::map<std::uint32_t, HashTree> by_n;
    std::uint64_t remains = 0;  // rows that show some
  };
  struct Walk {
    VnodeId vnode = 0;
    std::optional<Key> after;
    OfVnode fresh;
  };

  // 0: no bucket of this name, or this node is no primary for its n.
  std::uint32_t n_of(VnodeId vnode, const Key& key) const;
  void begin(VnodeId vnode);
  void see_expiries(VnodeId vnode, const Record& record);
  bool equal(OfVnode& a, OfVnode& b) const;

  const NodeId self_;
  const HashKey key_;
  const Buckets& buckets_;
  const Ring& ring_;
  const Retired& retired_;
  std::set<std::uint32_t> ns_;  // of all buckets
  std::map<VnodeId, OfVnode> ready_;
  std::map<VnodeId, std::int64_t> expiries_;
  std::set<VnodeId> doubtful_;  // of which the trees in ready_ are not used
  std::optional<Walk> walk_;
  VnodeId verified_ = 0;         // the last
  mutable std::string scratch_;  // what is hashed, kept for its memory
};

}  // namespace quorate
