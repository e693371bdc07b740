#include "node/io/scrubber.h"

#include <chrono>
#include <utility>

namespace quorate {

Scrubber::Scrubber(std::int64_t interval_ms, std::function<Status()> verify,
                   std::function<void(const Error&)> damaged)
    : interval_ms_(interval_ms), verify_(std::move(verify)), damaged_(std::move(damaged)) {
  if (interval_ms_ > 0) thread_ = std::thread([this] { run(); });
}

Scrubber::~Scrubber() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  stop_signal_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Scrubber::run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stop_signal_.wait_for(lock, std::chrono::milliseconds(interval_ms_),
                                [this] { return stopping_; })) {
    lock.unlock();
    const Status verified = verify_();
    if (!verified) damaged_(verified.error());
    lock.lock();
  }
}

}  // namespace quorate
