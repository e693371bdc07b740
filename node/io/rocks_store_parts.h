// What a RocksStore is made of, and how it is opened. Internal to rocks_store.cc and rocks_open.cc.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/write_batch.h>

#include <atomic>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>

#include "node/io/disk_room.h"
#include "node/io/high_water_file.h"
#include "node/io/log_guard.h"
#include "node/io/rocks_events.h"
#include "node/io/rocks_options.h"
#include "node/io/rocks_rows.h"
#include "node/io/rocks_store.h"
#include "node/io/rocks_view.h"
#include "node/io/store_directory.h"
#include "node/io/store_health.h"

namespace quorate {

struct RocksStore::Parts {
  // The order is that of construction; RocksDB must be closed before what it uses is gone.
  RocksStoreOptions options;
  std::shared_ptr<LogGuard> files;
  StoreDirectory directory;
  StoreHealth health;
  DiskRoom room;
  std::unique_ptr<rocksdb::Env> env;
  std::shared_ptr<RocksEvents> events;
  std::unique_ptr<LogContinuity> log_continuity;

  // Replaced by reopen() on the loop's thread, under the whole lock; other threads hold a share of
  // it while they use RocksDB. Null while a full disk keeps it from opening.
  std::shared_mutex engine_mutex;
  std::unique_ptr<rocksdb::DB> db;
  std::unique_ptr<RocksView> view;
  std::unique_ptr<RocksRows> rows;
  std::uint64_t applied_before_reopening = 0;

  bool created = false;
  std::atomic<bool> damage_found{false};  // by another thread, since the last read

  rocksdb::WriteBatch batch;  // what is staged, and not in RocksDB yet; its memory stays
  bool gathering = false;
  // Hashes of the rows in it. A row that shares one with another is written a little earlier.
  boost::unordered_flat_set<std::uint64_t> staged_rows;
  BatchId last_batch = 0;
  bool closed = false;

  std::mutex sync_mutex;
  std::optional<HighWaterFile> high_water_file;  // guarded by sync_mutex
  std::uint32_t syncs_since_flush = 0;           // guarded by sync_mutex
  std::atomic<std::uint64_t> high_water{0};

  Parts(RocksStoreOptions given, StoreDirectory claimed);

  // The whole way, once. Errors: as RocksStore::open.
  Status open();

  bool is_staged(VnodeId vnode, const Key& key) const;
  void forget_staged();

  // After RocksDB met a full disk, and now that there is room: closes it and opens it again, which
  // finds all that was applied in its log. False: not yet, or not any more; health says which.
  bool reopen();

 private:
  Status open_rocks(bool create);
  Status make_identity_row();
  Status check_identity_row();
  Status check_high_water();
  Status load_rows();
  Error refused(const Error& why) const;
};

}  // namespace quorate
