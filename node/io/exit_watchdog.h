// Ends the process when an orderly end takes too long: RocksDB 7.8 can hang in close after an I/O
// error.
//
// Limits:     one thread while it is armed.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "node/io/exit_code.h"

namespace quorate {

class ExitWatchdog {
 public:
  ExitWatchdog() = default;
  ~ExitWatchdog();  // disarms
  ExitWatchdog(const ExitWatchdog&) = delete;
  ExitWatchdog& operator=(const ExitWatchdog&) = delete;

  // _exit(code) after so long. From any thread; the first arming counts.
  void arm(std::int64_t after_ms, ExitCode code);

  // The end came in time.
  void disarm();

 private:
  std::mutex mutex_;
  std::condition_variable disarmed_signal_;
  bool disarmed_ = false;  // guarded by mutex_
  std::thread thread_;     // guarded by mutex_ until the destructor
};

}  // namespace quorate
