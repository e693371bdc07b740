// The WARS model of a quorum write and a read after it, by Monte Carlo: how long after the write's
// acknowledgement a read must begin to be fresh, and how long both take.
//
// Implements: Bailis et al., "Probabilistically Bounded Staleness for Practical Partial Quorums"
//             (PVLDB 5(8), 2012), sections 4.1 and 5.1. N = 3. One write, one read; every leg drawn
//             anew; no repair. The write is acknowledged when the Wth replica's W + A has passed;
//             the read, begun t later, answers when the Rth replica's R + S has passed, and is
//             stale when each of those R was reached by the read (R) before it was by the write
//             (W). Instead of trying times t, each trial gives the least t at which its read is
//             fresh: their distribution is the whole curve.
// Not here:   the store itself under the same latencies: store_trials.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "node/base/random.h"
#include "sim/models/network_model.h"
#include "sim/pbs/log_histogram.h"

namespace quorate::sim {

inline constexpr std::size_t kWarsReplicas = 3;

// Who coordinates. A coordinator that is a replica reaches itself in no time. Where there are sites
// a coordinator stands at a random one, and a replica at each.
enum class Coordinators : std::uint8_t {
  kApart,    // the paper's: neither the write's nor the read's is a replica
  kPrimary,  // ours: both are replicas, each a random one
  kOutside,  // ours: the write's is a replica, the read's is not
};
const char* coordinators_name(Coordinators coordinators);

class WarsFigures {
 public:
  // `r`, `w`: 1 to kWarsReplicas.
  LogHistogram& write(std::size_t w) { return write_[w - 1]; }
  LogHistogram& read(std::size_t r) { return read_[r - 1]; }
  // The least time after the acknowledgement at which the read is fresh.
  LogHistogram& wait(std::size_t r, std::size_t w) { return wait_[r - 1][w - 1]; }
  const LogHistogram& write(std::size_t w) const { return write_[w - 1]; }
  const LogHistogram& read(std::size_t r) const { return read_[r - 1]; }
  const LogHistogram& wait(std::size_t r, std::size_t w) const { return wait_[r - 1][w - 1]; }

  std::uint64_t trials() const { return write_[0].count(); }

 private:
  std::array<LogHistogram, kWarsReplicas> write_;
  std::array<LogHistogram, kWarsReplicas> read_;
  std::array<std::array<LogHistogram, kWarsReplicas>, kWarsReplicas> wait_;
};

class WarsSimulation {
 public:
  // REQUIRES: the model has no sites, or at least one for each replica, of which the first are
  // used.
  WarsSimulation(const NetworkModel& model, Coordinators coordinators, std::uint64_t seed);

  void run(std::uint64_t trials);

  const WarsFigures& figures() const { return figures_; }

 private:
  using Times = std::array<SimTime, kWarsReplicas>;
  struct Trial {
    Times write, ack, read, response;
  };

  Trial draw();
  void count(const Trial& trial);

  LinkModel links_;
  std::vector<std::vector<SimTime>> one_way_;
  Coordinators coordinators_;
  Random random_;
  WarsFigures figures_;
};

}  // namespace quorate::sim
