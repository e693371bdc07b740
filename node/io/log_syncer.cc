#include "node/io/log_syncer.h"

#include <utility>

namespace quorate {

LogSyncer::LogSyncer(Store& store, Durability durability, Done done)
    : store_(store), durability_(durability), done_(std::move(done)) {
  if (durability_ == Durability::kFsync) thread_ = std::thread([this] { run(); });
}

LogSyncer::~LogSyncer() { stop(); }

void LogSyncer::note_applied(BatchId batch) {
  if (durability_ == Durability::kOs) {
    done_(batch);
    return;
  }
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    applied_ = batch;
    wake = std::exchange(sleeping_, false);
  }
  if (wake) wake_.notify_one();
}

void LogSyncer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void LogSyncer::run() {
  BatchId durable = 0;
  for (;;) {
    BatchId target = 0;
    {
      std::unique_lock lock(mutex_);
      while (applied_ == durable && !stopping_) {
        sleeping_ = true;
        wake_.wait(lock);
      }
      if (applied_ == durable) return;
      target = applied_;
    }
    if (Status synced = store_.sync(); !synced) {
      done_(synced.error());
      return;
    }
    durable = target;
    done_(durable);
  }
}

}  // namespace quorate
