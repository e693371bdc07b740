// Every setting of RocksDB that this store relies on, in one place, each with its reason.
//
// Place:      RocksStore::open. The reasons were measured on RocksDB 7.8.3; what each setting saves
//             us from is shown by the tests named beside it in rocks_options.cc.
#pragma once

#include <rocksdb/options.h>
#include <rocksdb/wal_filter.h>

#include <cstdint>
#include <memory>
#include <string>

#include "node/io/rocks_store.h"

namespace quorate {

// Watches RocksDB replay its logs at an opening: the changes must follow each other without a gap.
//
// RocksDB forgives a torn tail of any log, not only of the newest, and would go on behind the hole.
// RocksStore syncs a log before anything is written to the next one, so a hole is damage, and the
// opening fails before anything is changed on the disk.
class LogContinuity final : public rocksdb::WalFilter {
 public:
  WalProcessingOption LogRecordFound(unsigned long long log_number, const std::string& file_name,
                                     const rocksdb::WriteBatch& batch,
                                     rocksdb::WriteBatch* new_batch, bool* batch_changed) override;
  const char* Name() const override { return "quorate.LogContinuity"; }

  // Where replay found a gap; empty when it did not.
  const std::string& gap() const { return gap_; }

 private:
  std::uint64_t next_sequence_ = 0;  // 0: no record seen yet
  std::string gap_;
};

rocksdb::Options rocks_options(const RocksStoreOptions& options, rocksdb::Env* env,
                               std::shared_ptr<rocksdb::EventListener> listener,
                               LogContinuity* log_continuity);

rocksdb::ReadOptions rocks_read_options();
rocksdb::WriteOptions rocks_write_options();

}  // namespace quorate
