// A node's data directory: whose it is, who holds it, and whether a store in it was ever finished.
//
//     DIRECTORY/LOCK        held by the process that has it open; its process id inside
//     DIRECTORY/IDENTITY    cluster, node, format, and a number drawn when the store was made
//     DIRECTORY/HIGH_WATER  how many changes were durable (io/high_water_file.h)
//     DIRECTORY/rows/       RocksDB
//
// Place:      RocksStore::open claims it before it touches RocksDB, and holds it until the end.
// Invariants: (1) a directory that this node may not use is not written to; (2) an IDENTITY that
//             says "complete" is only ever written once everything else is durable, so whatever is
//             missing later was lost, and was not merely never made. Shown in
//             tests/node/io/store_open_test.cc and store_power_cut_test.cc.
// Errors:     kInUse, kIncompatible, kCorruption, kIoError, as RocksStore::open says them.
#pragma once

#include <rocksdb/file_system.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "node/base/status.h"
#include "node/causality/dot.h"

namespace quorate {

struct StoreIdentity {
  std::string cluster;
  NodeId node = 0;
  std::uint64_t store = 0;  // random: tells two stores of one node apart
  bool complete = false;    // false: being made; nothing was ever acknowledged out of it

  // Lines of text with a checksum.
  std::string encode() const;
  // Errors: kIncompatible for a newer format, kCorruption; `where` names the place in them.
  static Result<StoreIdentity> decode(std::string_view text, const std::string& where);
};

class StoreDirectory {
 public:
  struct Claim {
    std::string directory;
    std::string cluster;
    NodeId node = 0;
  };

  // Makes the directory if need be, checks that it is this node's or empty, and takes the lock.
  static Result<StoreDirectory> claim(std::shared_ptr<rocksdb::FileSystem> files,
                                      const Claim& claim);

  // For --auto-rebuild; see move_damaged_store_aside in rocks_store.h.
  static Result<std::string> move_aside(std::shared_ptr<rocksdb::FileSystem> files,
                                        const Claim& claim);

  // True: there is no finished store here. begin() clears what a crash left of an unfinished one.
  bool is_empty() const { return !identity_.complete; }
  const StoreIdentity& identity() const { return identity_; }

  // A new store is being made here; the caller makes the rest, and says so.
  Status begin();
  Status finish();

  // Gives the lock back, before the end of this object would.
  void release() { lock_.reset(); }

  std::string rows_path() const { return path_ + "/rows"; }
  std::string high_water_path() const { return path_ + "/HIGH_WATER"; }
  const std::string& path() const { return path_; }

  StoreDirectory(StoreDirectory&&) = default;
  StoreDirectory& operator=(StoreDirectory&&) = default;

 private:
  struct Unlock {
    void operator()(const int* descriptor) const;
  };
  using Lock = std::unique_ptr<const int, Unlock>;

  static Status check_access(const std::string& path);
  static Result<Lock> take_lock(const std::string& path);
  static Result<StoreIdentity> inspect(rocksdb::FileSystem& files, const Claim& claim);

  StoreDirectory(std::shared_ptr<rocksdb::FileSystem> files, const Claim& claim, Lock lock,
                 StoreIdentity identity)
      : files_(std::move(files)),
        path_(claim.directory),
        lock_(std::move(lock)),
        identity_(std::move(identity)) {}

  Status write_identity();

  std::shared_ptr<rocksdb::FileSystem> files_;
  std::string path_;
  Lock lock_;
  StoreIdentity identity_;
};

}  // namespace quorate
