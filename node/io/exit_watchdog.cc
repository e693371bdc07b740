#include "node/io/exit_watchdog.h"

#include <unistd.h>

#include <chrono>

#include "node/io/log.h"

namespace quorate {

ExitWatchdog::~ExitWatchdog() { disarm(); }

void ExitWatchdog::disarm() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    disarmed_ = true;
  }
  disarmed_signal_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void ExitWatchdog::arm(std::int64_t after_ms, ExitCode code) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (thread_.joinable() || disarmed_) return;
  thread_ = std::thread([this, after_ms, code] {
    std::unique_lock<std::mutex> waiting(mutex_);
    if (disarmed_signal_.wait_for(waiting, std::chrono::milliseconds(after_ms),
                                  [this] { return disarmed_; })) {
      return;
    }
    log(LogLevel::kError, "the end takes too long: leaving without it",
        {{"waited_ms", after_ms}, {"exit_code", static_cast<int>(code)}});
    ::_exit(static_cast<int>(code));
  });
}

}  // namespace quorate
