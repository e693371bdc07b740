// Waiting for what must become true, with a deadline; there is no other waiting in these tests.
#pragma once

#include <chrono>
#include <thread>

namespace quorate::integration {

// Whether `condition` became true within the time; asked every few milliseconds, and at least once.
template <typename Condition>
bool eventually(std::chrono::milliseconds at_most, Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace quorate::integration
