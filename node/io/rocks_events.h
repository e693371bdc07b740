// What RocksDB tells while it works: errors in the background, and that a new log begins.
//
// Place:      one for each RocksStore; called on RocksDB's threads, and inside our own writes.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/listener.h>

#include <atomic>
#include <utility>

#include "node/io/log_guard.h"
#include "node/io/rocks_status.h"
#include "node/io/store_health.h"

namespace quorate {

class RocksEvents final : public rocksdb::EventListener {
 public:
  RocksEvents(StoreHealth& health, LogGuard& logs) : health_(health), logs_(logs) {}

  void OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/,
                         rocksdb::Status* status) override {
    Error error = to_error(*status, "writing to disk in the background");
    if (error.code == ErrorCode::kNoSpace) {
      // Where only a compaction met it, writes would go on, slower and slower, and hold up whoever
      // writes: better none until there is room for it.
      note_full(std::move(error));
    } else if (status->severity() >= rocksdb::Status::kHardError) {
      health_.fail(std::move(error));
    }  // else RocksDB tries that piece of work again by itself
  }

  // RocksDB's own way back from a full disk finishes writes that were refused, waits inside for
  // compactions that fail again, does not always end, and trips over its assertions. RocksStore
  // opens it anew instead.
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status /*status*/,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }

  // RocksDB is about to begin a new log, inside a write and before anything is in it. Were the old
  // one not synced, a power cut could take its tail and leave the start of the new one: a hole.
  void OnMemTableSealed(const rocksdb::MemTableInfo& /*info*/) override {
    rocksdb::DB* db = open_db;
    if (db != nullptr) (void)sync_logs(*db);  // what fails here, health tells
  }

  // Syncs RocksDB's logs. kNoSpace: not yet, nothing is lost. Any other error: health has failed.
  Status sync_logs(rocksdb::DB& db) {
    const auto status = logs_.sync([&] { return db.SyncWAL(); });
    if (!status) {
      // RocksStore reopens RocksDB, or is just about to hear that nothing can be done.
      return Error{ErrorCode::kNoSpace, "the store's log cannot be synced on a full disk"};
    }
    if (status->ok()) return {};
    Error error = to_error(*status, "syncing the store's log");
    if (error.code == ErrorCode::kNoSpace && !logs_.sync_failed()) {
      // The log is on the disk; RocksDB had no room to write down that it is.
      note_full(error);
      return error;
    }
    error.code = ErrorCode::kIoError;  // a full disk too, if the sync itself met it
    health_.fail(error);
    return error;
  }

  // RocksDB met a full disk.
  void note_full(Error why) {
    needs_reopening = true;
    health_.lack_space(std::move(why));
  }

  std::atomic<bool> needs_reopening{false};
  std::atomic<rocksdb::DB*> open_db{nullptr};

 private:
  StoreHealth& health_;
  LogGuard& logs_;
};

}  // namespace quorate
