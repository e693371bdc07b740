// Stands between RocksDB and its logs, and keeps one whose last write failed from being synced.
//
// Why:        RocksDB 7.8.3, built with its assertions as Debian builds it, aborts the process when
//             a log is synced for the first time after a write to it failed; and the write and the
//             sync are on two threads. So a failed write waits here for the sync that runs, and
//             after it no sync begins.
// Place:      RocksStore, around the file system that it was given. Tables and all else pass.
// Threads:    sync: any one at a time. The rest: any.
// Shown in:   tests/node/io/store_power_cut_test.cc, which found it, and store_no_space_test.cc.
#pragma once

#include <rocksdb/file_system.h>
#include <rocksdb/status.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace quorate {

class LogGuard final : public rocksdb::FileSystemWrapper {
 public:
  explicit LogGuard(const std::shared_ptr<rocksdb::FileSystem>& files) : FileSystemWrapper(files) {}
  const char* Name() const override { return "quorate.LogGuard"; }

  // Runs `sync`, a sync of RocksDB's logs, unless a write to a log has failed: then empty.
  std::optional<rocksdb::Status> sync(const std::function<rocksdb::Status()>& sync);

  // A write to a log has failed, and RocksDB has not begun another log since.
  bool broken() const { return broken_; }
  // RocksDB was closed, and will begin a new log when it is opened.
  void mend() { broken_ = false; }

  // A sync of a log file has failed: what was not yet durable may be lost. Never mended.
  bool sync_failed() const { return sync_failed_; }

  // For the log files. The first waits for a sync that runs.
  void note_failed_write();
  void note_failed_sync() { sync_failed_ = true; }

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;

 private:
  std::mutex syncing_;
  std::atomic<bool> broken_{false};
  std::atomic<bool> sync_failed_{false};
};

}  // namespace quorate
