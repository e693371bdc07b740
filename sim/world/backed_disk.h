// A simulated disk whose durable rows live in a store of another kind, such as RocksDB: what was
// not synced is kept over it, and what is read of the rest comes out of it.
//
// Place:      in a node's place of memory_store.h, whose faults and undo log it shares: what a
//             crash keeps, when a sync ends and what befalls a disk is decided there, so that
//             nothing of the other store's logs, threads and errors reaches a run.
// Invariants: (1) after every call the other store holds exactly the durable rows and meta values;
//             (2) a run on it has the trace hash of the same run on a disk in memory:
//             tests/sim/rocks_determinism_test.cc; (3) both pass the contract of stores,
//             tests/contract/store_contract.h.
// Limits:     the memory of a disk in memory, for the checkers look at all rows there.
#pragma once

#include <memory>

#include "sim/world/memory_store.h"

namespace quorate::sim {

class BackedDisk final : public MemoryStore {
 public:
  // REQUIRES: `durable` is empty, and never fails.
  explicit BackedDisk(std::unique_ptr<Store> durable);

  Result<RowPtr> read(VnodeId vnode, const Key& key) const override;
  Result<ScanPage> scan(VnodeId vnode, const std::optional<Key>& after, std::uint32_t rows_max,
                        std::uint32_t bytes_max, bool keys_only) const override;
  Result<std::optional<std::string>> read_meta(std::string_view name) const override;
  Result<MetaPage> scan_meta(std::string_view prefix, std::string_view after,
                             std::uint32_t values_max, std::uint32_t bytes_max) const override;

  Status sync_through(BatchId last) override;
  void crash(std::size_t kept = 0) override;
  void wipe() override;
  void restore(const Image& image) override;
  void forget(VnodeId vnode, const Key& key) override;

 private:
  RowPtr durable(VnodeId vnode, const Key& key, const Row& numbered) const;
  void hand_over(const Names& names);

  std::unique_ptr<Store> durable_;
  BatchId handed_over_ = 0;
};

}  // namespace quorate::sim
