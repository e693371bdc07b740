// How rows become RocksDB's keys and values: in one piece while small, their siblings apart when
// large.
//
// Place:      RocksStore, its only user; the loop's thread.
// Invariants: (1) a row's header and its siblings change in one batch; (2) a sibling that stays is
//             not written again: its dot names its value for ever; (3) siblings that are missing,
//             or too many, are corruption: the header has their number and the sum of their dots.
//             Shown in tests/node/io/store_large_rows_test.cc.
// Layout:     io/row_keys.h and causality/codec.h.
#pragma once

#include <rocksdb/write_batch.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "node/core/store.h"
#include "node/io/rocks_view.h"
#include "node/io/row_cache.h"

namespace quorate {

class RocksRows {
 public:
  RocksRows(const RocksView& view, std::size_t siblings_inline_bytes_max, std::size_t cache_bytes)
      : view_(view), siblings_inline_bytes_max_(siblings_inline_bytes_max), cache_(cache_bytes) {}

  // Once, before all others: learns whether any row has its siblings apart.
  Status load();

  // Null: it is not in memory, whether the store has it or not.
  RowPtr find(VnodeId vnode, const Key& key) const { return cache_.find(vnode, key); }

  // REQUIRES: find() has just given null, and what was staged of this row is in RocksDB.
  Result<RowPtr> read(VnodeId vnode, const Key& key) const;
  Result<StoreReader::ScanPage> scan(VnodeId vnode, const std::optional<Key>& after,
                                     std::uint32_t rows_max, std::uint32_t bytes_max,
                                     bool keys_only) const;

  // Adds what stores this change, with this sequence number. One change of a row in a batch. Then
  // either stored() or not_stored().
  Status stage(RowChange& change, std::uint64_t sequence, rocksdb::WriteBatch& batch);

  // Does stage() look for a row's old siblings? Then what was staged of it before must be in
  // RocksDB.
  bool reads_before_staging() const { return any_apart_; }

  // What was staged will be in RocksDB before anybody reads it there: what it leaves of the
  // change's row is kept for its readers.
  void stored(RowChange&& change);

  // Nothing that was kept is believed any more: what was staged may not be in RocksDB, or what is
  // in it was damaged, and whoever reads it must be told, or it would never be mended.
  void distrust_cache() { cache_.clear(); }

 private:
  Result<Row> decode(VnodeId vnode, const Key& key, std::string_view bytes,
                     bool with_siblings) const;
  bool belongs_apart(const Record& record) const;
  Status stage_siblings_apart(const RowChange& change, bool apart, rocksdb::WriteBatch& batch);

  const RocksView& view_;
  std::size_t siblings_inline_bytes_max_;
  // False while no row has its siblings apart, which spares every write a look for old ones.
  bool any_apart_ = false;
  mutable RowCache cache_;
  // Of the row at hand; their memory stays.
  mutable std::string store_key_;
  std::string value_;
};

}  // namespace quorate
