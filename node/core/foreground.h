// How much clients ask of this node at the moment, and how far repair should hold itself back for
// it.
//
// Place:      of NodeState. The coordinator notes requests, the replica what it is asked for their
//             sake; handoff and anti-entropy divide their pace by slower().
// Invariants: repair is never slowed down more than kSlowestTimes, so that it ends however busy the
//             clients are.
// Limits:     looks back 100 to 200 ms.
#pragma once

#include <algorithm>
#include <cstdint>

#include "node/core/options.h"

namespace quorate {

class Foreground {
 public:
  static constexpr std::int64_t kSlowestTimes = 16;
  // To look at a row costs little, and nothing is mended before it.
  static constexpr std::int64_t kRowsSlowestTimes = 4;

  void note(std::int64_t now_ns) {
    look(now_ns);
    ++current_;
  }

  std::int64_t per_second(std::int64_t now_ns) {
    look(now_ns);
    return std::max(previous_, current_) * (kNsPerSecond / kWindowNs);
  }

  // By how many times repair should be slower than when nobody waits: once more for each 50
  // requests a second.
  std::int64_t slower(std::int64_t now_ns) {
    return std::min(1 + per_second(now_ns) / kPerStep, kSlowestTimes);
  }

  // As far as rows are only looked at.
  std::int64_t rows_slower(std::int64_t now_ns) {
    return std::min(slower(now_ns), kRowsSlowestTimes);
  }

 private:
  static constexpr std::int64_t kWindowNs = 100 * kNsPerMs;
  static constexpr std::int64_t kPerStep = 50;

  void look(std::int64_t now_ns) {
    const std::int64_t window = now_ns / kWindowNs;
    if (window == window_) return;
    previous_ = window == window_ + 1 ? current_ : 0;
    current_ = 0;
    window_ = window;
  }

  std::int64_t window_ = 0;
  std::int64_t current_ = 0;
  std::int64_t previous_ = 0;  // in the window before
};

}  // namespace quorate
