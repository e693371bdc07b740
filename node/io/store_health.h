// What a store can do at present, and why: set by whoever notices, read by anyone.
//
// Invariants: a failure is for good, until the process ends; want of space goes away.
#pragma once

#include <atomic>
#include <mutex>
#include <utility>

#include "node/base/status.h"
#include "node/core/store.h"

namespace quorate {

class StoreHealth {
 public:
  StoreState state() const { return state_.load(std::memory_order_acquire); }

  Error reason() const {
    const std::lock_guard lock(mutex_);
    return reason_;
  }

  // The first failure is the one that counts.
  void fail(Error why) {
    const std::lock_guard lock(mutex_);
    if (state() == StoreState::kFailed) return;
    reason_ = std::move(why);
    state_.store(StoreState::kFailed, std::memory_order_release);
  }

  void lack_space(Error why) {
    const std::lock_guard lock(mutex_);
    if (state() == StoreState::kFailed) return;
    reason_ = std::move(why);
    state_.store(StoreState::kNoSpace, std::memory_order_release);
  }

  void recover() {
    const std::lock_guard lock(mutex_);
    if (state() == StoreState::kNoSpace) {
      state_.store(StoreState::kWritable, std::memory_order_release);
    }
  }

 private:
  mutable std::mutex mutex_;
  Error reason_;  // guarded by mutex_
  std::atomic<StoreState> state_{StoreState::kWritable};
};

}  // namespace quorate
