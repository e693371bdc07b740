// How many retries a client may still make: each request earns a share of one, so that retries stay
// a bounded fraction of the traffic when everything fails at once.
//
// Shown in tests/client/call_plan_test.cc: RetryBudget.*
#pragma once

#include <algorithm>
#include <cstdint>

namespace quorate::client {

class RetryBudget {
 public:
  RetryBudget(std::uint32_t percent, std::uint32_t reserve)
      : percent_(percent), cap_(std::int64_t{reserve} * 100), credit_(cap_) {}

  void on_request() { credit_ = std::min(cap_, credit_ + percent_); }

  // Takes one retry's worth if there is one.
  bool spend() {
    if (credit_ < 100) return false;
    credit_ -= 100;
    return true;
  }

 private:
  std::int64_t percent_;
  std::int64_t cap_;  // hundredths of a retry
  std::int64_t credit_;
};

}  // namespace quorate::client
