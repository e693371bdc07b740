// Makes applied batches durable with one sync for all that arrived meanwhile (group commit).
//
// Place:      owned by the node's environment; note_applied is called on the loop's thread after
//             every apply. In fsync mode it runs one thread of its own, the only one that calls
//             Store::sync.
// Implements: DESIGN 3.2. While a sync runs, batches gather; the next sync takes them all.
// Invariants: (1) `done` hears ever larger batch ids, each durable with all before it; (2) after an
//             error `done` is not called again: what was in flight is unknown, and the process is
//             about to end; a full disk is none, and is waited for; (3) while the thread is
//             syncing, note_applied makes no system call. Shown in
//             tests/node/io/store_log_syncer_test.cc.
// Limits:     one number of state; nothing queues here.
// Not here:   bounding a sync that hangs: the node's watchdog, which ends the process.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "node/core/store.h"

namespace quorate {

enum class Durability {
  kFsync,  // acknowledged means on disk
  kOs,     // acknowledged means handed to the kernel
};

class LogSyncer {
 public:
  // A batch id: that batch and all before it are durable. An error: the sync failed, and that was
  // the last call. Called on the syncer's thread in fsync mode, inside note_applied in os mode; it
  // must only pass the news on.
  using Done = std::function<void(Result<BatchId>)>;

  // `store` outlives the syncer.
  LogSyncer(Store& store, Durability durability, Done done);
  ~LogSyncer();  // stop()
  LogSyncer(const LogSyncer&) = delete;
  LogSyncer& operator=(const LogSyncer&) = delete;

  // Batches up to `batch` have been applied. In os mode they are as durable as they will be.
  void note_applied(BatchId batch);

  // Makes durable what has been noted, tells `done`, and ends the thread. Waits for at most two
  // syncs; on a full disk it may not come to that. May be called again.
  void stop();

 private:
  void run();

  Store& store_;
  const Durability durability_;
  const Done done_;

  std::mutex mutex_;
  std::condition_variable wake_;
  BatchId applied_ = 0;    // guarded by mutex_
  bool sleeping_ = false;  // guarded by mutex_
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;     // last: it uses all of the above
};

}  // namespace quorate
