// A node's wall clock: virtual time seen through an offset, a drift and jumps.
#pragma once

#include <cstdint>

#include "sim/world/sim_time.h"

namespace quorate::sim {

class WallClock {
 public:
  // Every world begins here: 14 November 2023.
  static constexpr std::int64_t kStartMs = 1'700'000'000'000;

  std::int64_t read_ms(SimTime now) const { return base_ms_ + elapsed_ms(now); }

  // Sets the clock forward or back.
  void jump(std::int64_t by_ms) { base_ms_ += by_ms; }

  // From now on runs fast (or slow, when negative) by so many parts in a million.
  void set_drift(SimTime now, std::int64_t ppm) {
    base_ms_ = read_ms(now);
    since_ = now;
    drift_ppm_ = ppm;
  }

  // Back to true time.
  void repair(SimTime now) {
    base_ms_ = kStartMs + now / kNsPerMs;
    since_ = now;
    drift_ppm_ = 0;
  }

 private:
  std::int64_t elapsed_ms(SimTime now) const {
    const std::int64_t true_us = (now - since_) / kNsPerUs;
    return (true_us + true_us / 1'000 * drift_ppm_ / 1'000) / 1'000;
  }

  std::int64_t base_ms_ = kStartMs;
  SimTime since_ = 0;
  std::int64_t drift_ppm_ = 0;
};

}  // namespace quorate::sim
