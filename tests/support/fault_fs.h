// A file system with a power switch and bad days, to put under the real RocksDB.
//
// It passes everything on to the machine's files and remembers what was never synced: bytes
// appended or overwritten, and names made, changed or removed in directories. After cut_power()
// every call fails; lose_unsynced() then takes from the files what a disk might not have kept: per
// file nothing, all, or a part of what was appended (torn at any byte), and a suffix of the changes
// of names, in their order, as a journal loses them.
//
// Threads:    any; RocksDB has several.
// Not here:   what passes it by: RocksDB's own LOG files and its LOCK.
#pragma once

#include <rocksdb/file_system.h>

#include <condition_variable>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/base/random.h"

namespace quorate::testing_support {

class FaultFs final : public rocksdb::FileSystemWrapper {
 public:
  // `attic` is a directory on the same disk as the files, for what may have to come back.
  explicit FaultFs(std::string attic);
  ~FaultFs() override;
  const char* Name() const override { return "FaultFs"; }

  // ---- power

  void cut_power();
  // The power goes at the so-and-so-many-th change from now (1: the next), which no longer happens.
  void cut_power_at(std::uint64_t change);
  bool powered() const;
  // REQUIRES: the power is cut, and whoever used the files is gone. The power is back afterwards.
  void lose_unsynced(Random& random);

  // Changes of any kind so far: appends, overwrites, syncs, names.
  std::uint64_t changes() const;

  // ---- bad days; a file is meant when its path contains `part`

  // The n-th sync of such files from now (1: the next) fails with EIO; all later ones too if
  // sticky.
  void fail_sync(std::string part, std::uint64_t nth, bool sticky);
  void fail_reads(std::string part);
  void stop_failing();

  // Syncs of such files wait until they are released.
  void hold_syncs(std::string part);
  void release_syncs();
  // Blocks until somebody waits in a held sync. False: nobody did within ten seconds.
  bool wait_for_held_sync();

  // So much fits on the disk, all files together.
  void limit_space(std::uint64_t bytes);
  void lift_space_limit();
  std::uint64_t space_used() const;

  std::uint64_t syncs_of(std::string_view part) const;

  // ---- rocksdb::FileSystem
  using Options = rocksdb::IOOptions;
  using Debug = rocksdb::IODebugContext;
  using IOStatus = rocksdb::IOStatus;

  IOStatus NewSequentialFile(const std::string& path, const rocksdb::FileOptions& options,
                             std::unique_ptr<rocksdb::FSSequentialFile>* file,
                             Debug* debug) override;
  IOStatus NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions& options,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                               Debug* debug) override;
  IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file, Debug* debug) override;
  IOStatus NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSRandomRWFile>* file, Debug* debug) override;
  IOStatus NewDirectory(const std::string& path, const Options& options,
                        std::unique_ptr<rocksdb::FSDirectory>* directory, Debug* debug) override;
  IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                              std::unique_ptr<rocksdb::FSWritableFile>* file,
                              Debug* debug) override;
  IOStatus ReuseWritableFile(const std::string& path, const std::string& old_path,
                             const rocksdb::FileOptions& options,
                             std::unique_ptr<rocksdb::FSWritableFile>* file, Debug* debug) override;
  IOStatus DeleteFile(const std::string& path, const Options& options, Debug* debug) override;
  IOStatus RenameFile(const std::string& from, const std::string& to, const Options& options,
                      Debug* debug) override;
  IOStatus CreateDir(const std::string& path, const Options& options, Debug* debug) override;
  IOStatus CreateDirIfMissing(const std::string& path, const Options& options,
                              Debug* debug) override;
  IOStatus DeleteDir(const std::string& path, const Options& options, Debug* debug) override;
  IOStatus GetFreeSpace(const std::string& path, const Options& options, std::uint64_t* free_bytes,
                        Debug* debug) override;

  // What is known of one file. Shared by its open handles, so that a rename does not lose it.
  struct File {
    std::string path;
    std::uint64_t size = 0;
    std::uint64_t synced_size = 0;
    struct Overwrite {
      std::uint64_t offset = 0;
      std::string before;
    };
    std::vector<Overwrite> overwrites;  // not synced, oldest first
    bool gone = false;                  // removed; only handles still know it
  };

  // ---- for the handles

  // Takes note of an append of `wanted` bytes: how many of them fit, or an error for the power.
  IOStatus before_append(File& file, std::uint64_t wanted, std::uint64_t* fitting);
  IOStatus before_overwrite(File& file, std::uint64_t offset, std::string before);
  IOStatus sync(File& file);
  IOStatus before_directory_sync(const std::string& path);
  IOStatus before_read(const std::string& path) const;

 private:
  // A change of names that no directory sync has covered yet.
  struct NameChange {
    enum class Kind { kMade, kRemoved, kMoved, kMadeDirectory, kRemovedDirectory };
    Kind kind = Kind::kMade;
    std::string path;            // kMoved: where it came from
    std::string to;              // kMoved
    std::string kept;            // in the attic: what was removed, or overwritten by the move
    std::shared_ptr<File> file;  // what is known of the file that was made, removed or moved
    std::shared_ptr<File> overwritten;  // kMoved: of what was at `to`
  };

  IOStatus step(std::unique_lock<std::mutex>& lock);  // one change; the power may go with it
  static IOStatus power_is_off();
  std::shared_ptr<File> file_at(const std::string& path);
  std::string keep_in_attic(const std::string& path);
  void undo(NameChange& change);
  void lose_bytes(File& file, Random& random);

  const std::string attic_;
  std::uint64_t attic_names_ = 0;

  mutable std::mutex mutex_;  // guards all below
  std::condition_variable held_changed_;
  bool powered_ = true;
  std::uint64_t changes_ = 0;
  std::uint64_t cut_at_ = std::numeric_limits<std::uint64_t>::max();
  std::map<std::string, std::shared_ptr<File>> files_;
  std::vector<NameChange> name_changes_;  // oldest first
  std::map<std::string, std::uint64_t> syncs_;

  std::string failing_syncs_;
  std::uint64_t good_syncs_left_ = 0;
  bool sync_failure_is_sticky_ = false;
  std::optional<std::string> failing_reads_;
  std::optional<std::string> held_syncs_;
  std::uint32_t waiting_syncs_ = 0;
  std::uint64_t space_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t space_used_ = 0;
};

}  // namespace quorate::testing_support
