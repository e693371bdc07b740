// RocksDB as the store's readers must see it: what could not be written to it yet, on a full disk,
// is laid over it.
//
// Place:      RocksStore and RocksRows read through it; the loop's thread. Does not outlive the DB.
// Limits:     what is laid over it has no bound of its own: RocksStore gathers little.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/utilities/write_batch_with_index.h>
#include <rocksdb/write_batch.h>

#include <memory>
#include <string>

namespace quorate {

class RocksView {
 public:
  explicit RocksView(rocksdb::DB& db) : db_(db) {}

  rocksdb::Status get(const std::string& key, rocksdb::PinnableSlice* value) const;
  std::unique_ptr<rocksdb::Iterator> iterate(const rocksdb::ReadOptions& options) const;

  bool is_covered() const { return over_ != nullptr; }
  // Instead of what lay there before. Removals of whole ranges do not show.
  void lay_over(const rocksdb::WriteBatch& batch);
  void lift() { over_.reset(); }

 private:
  rocksdb::DB& db_;
  std::unique_ptr<rocksdb::WriteBatchWithIndex> over_;
};

}  // namespace quorate
