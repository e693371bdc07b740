// Millions of times as a histogram of their logarithms: any quantile to 0.02 %, in memory that does
// not grow with their number.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/world/sim_time.h"

namespace quorate::sim {

class LogHistogram {
 public:
  // What is not above 0 is kept apart: it counts as 0.
  void add(SimTime time);

  // With all that the other counted.
  void add(const LogHistogram& other);

  std::uint64_t count() const { return count_; }

  // How many of all were at most so long, as a share of one. REQUIRES: count() > 0.
  double share_up_to(SimTime time) const;

  // What so large a share was at most, in nanoseconds. REQUIRES: count() > 0, 0 <= share <= 1.
  double quantile(double share) const;

  // Of that quantile, from the order statistics beside it.
  double standard_error(double share) const;

 private:
  std::uint64_t count_ = 0;
  std::uint64_t not_above_0_ = 0;
  std::vector<std::uint32_t> bins_;
};

}  // namespace quorate::sim
