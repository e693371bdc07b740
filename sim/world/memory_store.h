// A store in memory that keeps what is durable apart from what is visible: the simulated disk.
//
// Place:      one for each simulated node; the world applies the core's batches to it, completes
//             its syncs on the virtual clock, and breaks it. Outlives the core, as a disk outlives
//             a process.
// Invariants: (1) batches are atomic and become durable in order; a crash keeps a prefix of them;
//             (2) nothing is drawn, timed or hashed here: the same calls give the same state; (3)
//             high_water counts durable changes only. Checked, together with io/rocks_store.h, by
//             tests/contract/store_contract.h; the faults by tests/contract/memory_store_test.cc.
// Limits:     memory; the undo log is as long as what has not been synced.
// Not here:   when a sync completes and what a crash keeps: the world decides, this only obeys. The
//             same disk with its durable rows in another store: backed_disk.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "node/core/store.h"

namespace quorate::sim {

class MemoryStore : public Store {
 public:
  // ---- as the core and its world see it

  Result<RowPtr> read(VnodeId vnode, const Key& key) const override;
  Result<ScanPage> scan(VnodeId vnode, const std::optional<Key>& after, std::uint32_t rows_max,
                        std::uint32_t bytes_max, bool keys_only) const override;
  Result<std::optional<std::string>> read_meta(std::string_view name) const override;
  Result<MetaPage> scan_meta(std::string_view prefix, std::string_view after,
                             std::uint32_t values_max, std::uint32_t bytes_max) const override;
  std::uint64_t high_water() const override { return durable_changes_; }

  // REQUIRES: batch.id is above that of every batch since the last restart().
  Status apply(const Batch& batch) override { return take(Batch(batch)); }

  // The same, for a batch that nobody needs any more: its rows are not copied. After an error it is
  // as it was.
  Status take(Batch&& batch) override;
  Status sync() override;

  // ---- durability, as the simulated disk decides

  // A sync that was started when `last` was the newest batch has completed. Earlier ones are no
  // error. Errors: as sync.
  virtual Status sync_through(BatchId last);

  // Batches applied and not yet durable.
  std::size_t unsynced() const { return undo_.size(); }

  // Power is lost: of the unsynced batches the oldest `kept` are found on disk afterwards, the
  // others are gone. REQUIRES: kept <= unsynced(). Ends with restart().
  virtual void crash(std::size_t kept = 0);

  // A new process opens this disk: batches are numbered from 1 again. REQUIRES: unsynced() == 0.
  void restart();

  // ---- what else happens to disks

  struct Faults {
    bool full = false;         // apply: kNoSpace
    bool apply_fails = false;  // apply: kIoError, nothing is stored
    bool sync_fails = false;   // sync: kIoError, nothing becomes durable
    bool read_fails = false;   // every read: kIoError
  };
  Faults faults;

  // Everything is gone, as after a new disk.
  virtual void wipe();

  // The durable state: what a backup taken now would hold.
  class Image;
  Image backup() const;
  // The disk holds exactly this image again, durable. Ends with restart().
  virtual void restore(const Image& image);

  // One row is gone, from the visible and the durable state, and nothing says so.
  virtual void forget(VnodeId vnode, const Key& key);

  // Reading this row gives kCorruption until it is written again, through crashes and backups.
  // False: there is no such row.
  bool corrupt(VnodeId vnode, const Key& key);

  // ---- for checkers and tests: the visible rows of a vnode in (bucket, key) order
  using Rows = std::map<Key, RowPtr>;
  const Rows& rows(VnodeId vnode) const;
  std::size_t row_count() const;

 protected:
  // For a disk whose durable rows live elsewhere too (backed_disk.h).

  // Names of rows and of meta values, without what is in them.
  struct Names {
    std::set<std::pair<VnodeId, Key>> rows;
    std::set<std::string, std::less<>> meta;

    void merge(Names other) {
      rows.merge(other.rows);
      meta.merge(other.meta);
    }
  };
  // What the unsynced batches, or those through `last`, change; what is there at all, visible or
  // durable.
  Names everything_unsynced() const { return changed_through(last_batch_); }
  Names changed_through(BatchId last) const;
  Names everything() const;

  bool is_unsynced(VnodeId vnode, const Key& key) const;
  bool is_unsynced(std::string_view meta) const;
  bool any_unsynced_or_corrupt(VnodeId vnode) const;

  // What is on the disk whatever happens, readable or not; null, or "" for a meta value, when
  // there is none.
  RowPtr durable_row(VnodeId vnode, const Key& key) const;
  std::string durable_meta(std::string_view name) const;

 private:
  using Meta = std::map<std::string, std::string, std::less<>>;

  struct Undo {  // what one batch replaced
    BatchId id = 0;
    std::uint64_t changes_before = 0;
    std::uint64_t changes_after = 0;
    struct RowBefore {
      VnodeId vnode = 0;
      Key key;
      RowPtr row;
      bool corrupt = false;
    };
    std::vector<RowBefore> rows;
    std::vector<std::pair<std::string, std::optional<std::string>>> meta;
  };

  Rows& rows_for(VnodeId vnode);
  void put(VnodeId vnode, const Key& key, RowPtr row);
  void roll_back(Undo& undo);

  std::vector<Rows> vnodes_;  // by vnode; grown as needed
  Meta meta_;
  std::set<std::pair<VnodeId, Key>> corrupt_;
  std::deque<Undo> undo_;  // oldest first
  std::uint64_t changes_ = 0;
  std::uint64_t durable_changes_ = 0;
  BatchId last_batch_ = 0;
};

// A copy of a disk, opaque to everyone but the store.
class MemoryStore::Image {
 private:
  friend class MemoryStore;
  std::vector<Rows> vnodes_;
  Meta meta_;
  std::set<std::pair<VnodeId, Key>> corrupt_;
  std::uint64_t changes_ = 0;
};

}  // namespace quorate::sim
