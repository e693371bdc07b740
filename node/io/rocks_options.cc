#include "node/io/rocks_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <string_view>

namespace quorate {

namespace {

rocksdb::BlockBasedTableOptions table_options(const RocksStoreOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.cache_bytes);
  // Index and filter blocks live in the cache, so that its size bounds them too.
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.checksum = rocksdb::kXXH3;
  table.format_version = 5;
  return table;
}

// What damage must not go by unnoticed. Tests: store_torn_log, store_bit_flip, store_missing_files.
void set_strictness(rocksdb::Options& rocks) {
  // The default, point in time, opens a log with a damaged middle and drops what follows. This one
  // forgives a torn tail, and nothing else. What it takes for a torn tail, high_water_file.h
  // judges.
  rocks.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  rocks.paranoid_checks = true;
  rocks.track_and_verify_wals_in_manifest = true;
  rocks.verify_sst_unique_id_in_manifest = true;
  rocks.skip_checking_sst_file_sizes_on_db_open = false;
  // A recycled log has old records behind its tail, which blurs what is torn and what is damaged.
  rocks.recycle_log_file_num = 0;
  // RocksDB's own retries can hang in close for ever (facebook/rocksdb issue 11440): we resume.
  rocks.max_bgerror_resume_count = 0;
  rocks.best_efforts_recovery = false;
}

void set_sizes(rocksdb::Options& rocks, const RocksStoreOptions& options) {
  rocks.write_buffer_size = options.write_buffer_bytes;
  rocks.max_write_buffer_number = 3;
  // A key that is written for the first time is looked for first, and mostly is not there.
  rocks.memtable_prefix_bloom_size_ratio = 0.02;
  rocks.memtable_whole_key_filtering = true;
  rocks.max_open_files = options.open_files_max;
  rocks.target_file_size_base = std::max<std::uint64_t>(options.write_buffer_bytes, 1u << 20);
  rocks.max_bytes_for_level_base = 4 * rocks.target_file_size_base;
  rocks.level_compaction_dynamic_level_bytes = true;
  // Each merge rewrites most of the next level: half as many of them write a third less.
  rocks.level0_file_num_compaction_trigger = 8;
  rocks.max_manifest_file_size = 16u << 20;
  rocks.manifest_preallocation_size = 64u << 10;  // the default takes 4 MiB of a small disk
  rocks.compaction_readahead_size = 1u << 20;
  rocks.bytes_per_sync = 1u << 20;  // tables reach the disk evenly, not in one burst before a sync
}

// The threads, files and statistics that RocksDB would keep for itself.
void set_housekeeping(rocksdb::Options& rocks) {
  rocks.max_background_jobs = 2;
  rocks.stats_dump_period_sec = 0;
  rocks.stats_persist_period_sec = 0;
  rocks.info_log_level = rocksdb::WARN_LEVEL;
  rocks.max_log_file_size = 1u << 20;
  rocks.keep_log_file_num = 4;
  // One thread writes: neither queue nor memtable need be ready for more.
  rocks.allow_concurrent_memtable_write = false;
  rocks.enable_write_thread_adaptive_yield = false;
  rocks.avoid_unnecessary_blocking_io = true;  // files are removed in the background, not by a read
}

void set_compression(rocksdb::Options& rocks) {
  const auto supported = rocksdb::GetSupportedCompressions();
  const bool has_lz4 =
      std::find(supported.begin(), supported.end(), rocksdb::kLZ4Compression) != supported.end();
  rocks.compression = has_lz4 ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
  // What a full write buffer becomes is merged into the next level soon.
  rocks.compression_per_level = {rocksdb::kNoCompression, rocks.compression};
}

template <typename Number>
Number read_little_endian(std::string_view bytes) {
  Number value = 0;
  for (std::size_t i = sizeof(Number); i-- > 0;) {
    value = static_cast<Number>((value << 8) | static_cast<unsigned char>(bytes[i]));
  }
  return value;
}

}  // namespace

rocksdb::WalFilter::WalProcessingOption LogContinuity::LogRecordFound(
    unsigned long long /*log_number*/, const std::string& file_name,
    const rocksdb::WriteBatch& batch, rocksdb::WriteBatch* /*new_batch*/, bool* /*batch_changed*/) {
  // The head of a batch has been the same in every version: sequence (8 bytes), count (4 bytes).
  const std::string& bytes = batch.Data();
  if (bytes.size() < 12) return WalProcessingOption::kCorruptedRecord;
  const auto sequence = read_little_endian<std::uint64_t>(bytes);
  const auto count = read_little_endian<std::uint32_t>(std::string_view(bytes).substr(8));
  if (next_sequence_ != 0 && sequence > next_sequence_) {
    gap_ = file_name + " goes on with change " + std::to_string(sequence) + " after " +
           std::to_string(next_sequence_ - 1);
    return WalProcessingOption::kCorruptedRecord;
  }
  next_sequence_ = std::max(next_sequence_, sequence + count);
  return WalProcessingOption::kContinueProcessing;
}

rocksdb::Options rocks_options(const RocksStoreOptions& options, rocksdb::Env* env,
                               std::shared_ptr<rocksdb::EventListener> listener,
                               LogContinuity* log_continuity) {
  rocksdb::Options rocks;
  rocks.env = env;
  rocks.listeners = {std::move(listener)};
  rocks.wal_filter = log_continuity;
  rocks.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table_options(options)));
  set_strictness(rocks);
  set_sizes(rocks, options);
  set_housekeeping(rocks);
  set_compression(rocks);
  return rocks;
}

rocksdb::ReadOptions rocks_read_options() {
  rocksdb::ReadOptions read;
  read.verify_checksums = true;
  return read;
}

rocksdb::WriteOptions rocks_write_options() {
  rocksdb::WriteOptions write;
  write.sync = false;                  // RocksStore::sync, once for many
  write.protection_bytes_per_key = 8;  // from our batch to the memtable
  return write;
}

}  // namespace quorate
