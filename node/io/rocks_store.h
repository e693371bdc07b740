// A node's rows on RocksDB, in a directory that knows whose it is.
//
// Place:      opened by kvnode before anything listens; the loop's thread reads and applies,
//             LogSyncer's thread syncs.
// Threads:    read, scan, read_meta, apply, write_gathered, poll_state: the loop's thread. sync:
// any one thread at
//             a time. high_water, state, failure, size, verify_checksums: any thread. close: when
//             no other call is running.
// Invariants: (1) what could not be read is an error, never "not found"; (2) it never opens with
//             fewer changes than it has ever reported durable, as far as its own files can tell:
//             otherwise it refuses, and says how to rebuild; (3) after a failed sync nothing is
//             written any more; (4) the durable state is a prefix of the batches, across log files
//             too. Shown in tests/contract/ and tests/node/io/store_*_test.cc.
// Limits:     memory: cache_bytes + row_cache_bytes + 3 * write_buffer_bytes; files:
//             open_files_max; disk: free_bytes_min stay free.
// Layout:     io/row_keys.h (keys), causality/codec.h (values), io/store_directory.h (the files
//             around RocksDB's own).
// Not here:   when to sync (log_syncer.h); what peers remember of this store's high_water (core).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "node/causality/dot.h"
#include "node/core/store.h"

namespace rocksdb {
class FileSystem;
}

namespace quorate {

struct RocksStoreOptions {
  std::string directory;  // created, with its parents, if it is not there
  std::string cluster;    // the cluster's name
  NodeId node = 0;

  std::size_t cache_bytes = 48u << 20;       // RocksDB's blocks; 1 MiB or more
  std::size_t row_cache_bytes = 128u << 20;  // decoded rows (io/row_cache.h); 0: none
  std::size_t write_buffer_bytes = 16u << 20;
  int open_files_max = 512;

  // Below free_bytes_min the store refuses to write; above free_bytes_resume it writes again. The
  // tables that three full write buffers become should fit into what stays free.
  std::uint64_t free_bytes_min = 48u << 20;
  std::uint64_t free_bytes_resume = 64u << 20;

  // A row with several siblings that are together larger than this keeps each in a store row of its
  // own.
  std::size_t siblings_inline_bytes_max = 16u << 10;

  // The files' home; null: the machine's file system. Tests put faults in here.
  std::shared_ptr<rocksdb::FileSystem> file_system;

  Status validate() const;
};

class RocksStore final : public Store {
 public:
  // Errors: kInvalidInput options; kInUse another process has it, and which; kIncompatible another
  // cluster's, another node's, a newer format's, or no data directory at all; kCorruption damaged
  // or it has forgotten something; kIoError not a directory, not ours, not writable. On kInUse,
  // kIncompatible and unwritable nothing is written.
  static Result<std::unique_ptr<RocksStore>> open(RocksStoreOptions options);

  // Without close() before it, what was not synced may be lost, as in a crash.
  ~RocksStore() override;
  RocksStore(const RocksStore&) = delete;
  RocksStore& operator=(const RocksStore&) = delete;

  Result<RowPtr> read(VnodeId vnode, const Key& key) const override;
  // Where a part of a table cannot be read, keys and all, a page ends before it; the next one,
  // which starts there, is the error.
  Result<ScanPage> scan(VnodeId vnode, const std::optional<Key>& after, std::uint32_t rows_max,
                        std::uint32_t bytes_max, bool keys_only) const override;
  Result<std::optional<std::string>> read_meta(std::string_view name) const override;
  Result<MetaPage> scan_meta(std::string_view prefix, std::string_view after,
                             std::uint32_t values_max, std::uint32_t bytes_max) const override;

  // RocksDB's sequence number as of the last completed sync, or as of the opening.
  std::uint64_t high_water() const override;

  Status apply(const Batch& batch) override { return take(Batch(batch)); }
  Status take(Batch&& batch) override;
  Status sync() override;

  // From now on what take() accepts gathers, visible at once, until write_gathered() hands it to
  // RocksDB in one piece: for a caller that applies many small batches in a row. sync() covers only
  // what was handed over.
  void gather();

  // Nothing gathered is lost by an error: it stays visible, and the next call tries again. Errors:
  // kNoSpace, not yet; any other, never, and state() says so.
  Status write_gathered();

  // True when open() found no store and made this one.
  bool created() const;

  StoreState state() const;

  // Why the store is not writable. REQUIRES: state() was not kWritable.
  Error failure() const;

  // Looks at the free space and at what RocksDB's background work met, and writes again when the
  // disk has room. The node calls it about once a second. Returns the state.
  StoreState poll_state();

  // Reads every table file and compares its checksums. Slow; paced only by the disk.
  Status verify_checksums();

  struct Size {
    std::uint64_t keys_estimate = 0;
    std::uint64_t disk_bytes = 0;
  };
  Size size() const;

  // Syncs everything applied, and closes. RocksDB may take long over it: the caller bounds the
  // wait.
  Status close();

 private:
  struct Parts;
  explicit RocksStore(std::unique_ptr<Parts> parts);

  Status stage(std::span<RowChange* const> changes, const std::map<std::string, std::string>& meta);
  Status write_staged() const;
  void show_staged() const;

  std::unique_ptr<Parts> parts_;
};

// For --auto-rebuild: renames this node's damaged data directory to "DIRECTORY.damaged-N", so that
// open() makes a new one and the peers fill it. Returns the new name. Errors: as RocksStore::open;
// a directory that is in use, or another node's, stays where it is.
Result<std::string> move_damaged_store_aside(const RocksStoreOptions& options);

}  // namespace quorate
