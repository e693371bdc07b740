// A pace: so much a second on average, and no more than is saved up in `burst_ms` at once.
//
// Place:      handoff and anti-entropy spend bytes and rows of theirs. Spending is allowed as long
//             as anything is left, and may go below nothing; the debt is waited for.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "node/core/options.h"

namespace quorate {

class Pace {
 public:
  Pace(std::size_t per_second, std::int64_t burst_ms)
      : per_second_(static_cast<std::int64_t>(per_second)),
        most_(std::max<std::int64_t>(per_second_ * burst_ms, kWhole)) {}

  // `slower`: how many times less than the pace is given now.
  void refill(std::int64_t now_ns, std::int64_t slower = 1) {
    const std::int64_t passed_ms = (now_ns - refilled_at_ns_) / kNsPerMs;
    refilled_at_ns_ += passed_ms * kNsPerMs;
    const std::int64_t counted_ms = std::min<std::int64_t>(passed_ms, 1'000);
    left_ = std::min(left_ + per_second_ * counted_ms / slower, most_);
  }
  bool any_left() const { return left_ >= kWhole; }
  void spend(std::size_t amount) { left_ -= kWhole * static_cast<std::int64_t>(amount); }

 private:
  // What is left is counted in thousandths: a slow pace gives less than one between two looks.
  static constexpr std::int64_t kWhole = 1'000;

  const std::int64_t per_second_;
  const std::int64_t most_;
  std::int64_t left_ = 0;
  std::int64_t refilled_at_ns_ = 0;
};

}  // namespace quorate
