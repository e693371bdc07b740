// The hints that this node keeps: which there are, how much they take, what goes when there is no
// room.
//
// Place:      Replica keeps, Writes owes and keeps, Handoff hands over and removes; each puts its
//             changes into the batch that it applies.
// Implements: papers/decisions/0008-hints.md.
// Invariants: (1) a sole hint is never dropped; (2) every dropped hint is counted in a receipt of
//             the same batch; (3) the index equals what the store lists: tests/node/core/
//             hints_test.cc.
// Limits:     CoreOptions::hints_bytes_max, hints_max, hint_age_max_ms; an eighth more before a
// sole
//             one is refused. The index takes memory for each hint, not for its record.
// Not here:   sending them (handoff.h).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "node/core/core.h"
#include "node/core/hint.h"
#include "node/core/node_state.h"

namespace quorate {

class Hints {
 public:
  explicit Hints(NodeState& state) : state_(state) {}

  // Reads the index from the store: at the start, and after a batch that could not be applied.
  void load();

  // ---- what is kept

  bool has(const HintId& id) const { return index_.contains(id); }
  // Errors: it cannot be read. REQUIRES: has(id).
  Result<Hint> read(const HintId& id) const;
  // Everything that this node's kept hints know of a key, merged, whoever they are for; empty when
  // there is none.
  Result<std::optional<Record>> known(VnodeId vnode, const Key& key) const;
  // Of the oldest of them; what is known beside hints is of today.
  Generation generation_of(VnodeId vnode, const Key& key) const;

  // The first hint for `primary` behind `after`.
  std::optional<HintId> next(NodeId primary, const std::optional<HintId>& after) const;
  struct Entry {
    std::uint64_t order = 0;
    std::int64_t since_ms = 0;
    std::size_t bytes = 0;
    bool spare = false;
    bool owed = false;
    Generation generation = 0;  // of a kept one
  };
  const Entry* find(const HintId& id) const;

  // Is a kept hint of the vnode older than this?
  bool any_older(VnodeId vnode, Generation generation) const;
  std::vector<HintId> older(VnodeId vnode, Generation generation) const;

  // Is there room for another sole hint? Told to the peers; while it is false, nobody should choose
  // this node as a stand-in.
  bool has_room() const;

  // ---- changes, put into a batch

  // Stores the row under `id`, in place of what is there; `generation`: of what it adds. False:
  // there is no room, even without the spare ones, and nothing was put into the batch.
  bool keep(const HintId& id, Row row, Generation generation, Batch& batch);
  // Notes that `id.primary` lacks what this node's row holds. At a bound it becomes a receipt.
  void owe(const HintId& id, Batch& batch);
  void set_spare(const HintId& id, Hint hint, Batch& batch);
  void remove(const HintId& id, Batch& batch);
  // Goes though nobody has acknowledged it; counted in a receipt.
  void drop(const HintId& id, Batch& batch);
  // Spare hints past their age go.
  void expire(Batch& batch);

  // The receipt has been passed on; it stays if it counts more by now.
  void remove_receipt(const std::pair<VnodeId, NodeId>& place, std::uint64_t count, Batch& batch);

  // ---- for status

  std::vector<HintsStatus> status() const;
  std::size_t size() const { return index_.size(); }
  std::size_t sole_count() const { return sole_count_; }
  // Hints dropped for want of room or for their age, by vnode and primary.
  using Receipts = std::map<std::pair<VnodeId, NodeId>, std::uint64_t>;
  const Receipts& receipts() const { return receipts_; }

 private:
  void enter(const HintId& id, const Entry& entry);
  void leave(const HintId& id);
  void write(const HintId& id, const Hint& hint, Batch& batch);
  // The oldest spare hints go while there are too many.
  void make_room(Batch& batch);
  void add_receipt(const HintId& id, Batch& batch);
  bool over(std::size_t bytes, std::size_t count) const;

  NodeState& state_;
  std::map<HintId, Entry> index_;
  std::map<VnodeId, std::multiset<Generation>> generations_;  // of kept hints
  std::map<std::uint64_t, HintId> spare_by_order_;
  Receipts receipts_;
  std::uint64_t last_order_ = 0;
  std::size_t bytes_ = 0;
  std::size_t sole_bytes_ = 0;
  std::size_t sole_count_ = 0;
};

}  // namespace quorate
