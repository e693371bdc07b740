// Reads the whole store every now and then, so that damage is found while the peers still have
// what it took.
//
// Place:      owned by Node. One thread of its own, asleep most of the time.
// Limits:     one pass at a time; the disk sets its pace.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

#include "node/base/status.h"

namespace quorate {

class Scrubber {
 public:
  // Both are called on the scrubber's thread. `interval_ms` 0: never.
  Scrubber(std::int64_t interval_ms, std::function<Status()> verify,
           std::function<void(const Error&)> damaged);
  ~Scrubber();  // waits for a pass that is under way
  Scrubber(const Scrubber&) = delete;
  Scrubber& operator=(const Scrubber&) = delete;

 private:
  void run();

  const std::int64_t interval_ms_;
  const std::function<Status()> verify_;
  const std::function<void(const Error&)> damaged_;
  std::mutex mutex_;
  std::condition_variable stop_signal_;
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;     // last: it uses all of the above
};

}  // namespace quorate
