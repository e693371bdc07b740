#include "node/io/log_syncer.h"

#include <chrono>
#include <utility>

namespace quorate {

namespace {

// How long after a sync that found a full disk the next is tried.
constexpr std::chrono::milliseconds kPauseWithoutSpace{100};

}  // namespace

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
      if (synced.error().code == ErrorCode::kNoSpace) {
        std::unique_lock lock(mutex_);
        if (stopping_) return;
        wake_.wait_for(lock, kPauseWithoutSpace, [this] { return stopping_; });
        continue;
      }
      done_(synced.error());
      return;
    }
    durable = target;
    done_(durable);
  }
}

}  // namespace quorate
