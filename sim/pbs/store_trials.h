// The store itself, asked what wars.h computes: one write, and reads of every kind at given times
// after its acknowledgement.
//
// Place:      a simulated cluster whose links take a model's latencies, and in which nothing else
//             takes time: no processing, disks that sync at once, clients beside their coordinator.
// Invariants: (1) one message a leg: nothing is asked again within an hour; (2) repair is off, so
//             that reads leave no trace; (3) a trial begins when every read of the last has ended,
//             and later than the core remembers retries.
// Limits:     a cluster lives for kTrialsOfOneCluster trials, then the next: memory does not grow.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/pbs/wars.h"

namespace quorate::sim {

inline constexpr std::uint64_t kTrialsOfOneCluster = 1'000;

// One kind of read: r, who coordinates, and so long after the acknowledgement.
struct ReadKind {
  std::uint32_t r = 1;
  Coordinators coordinators = Coordinators::kPrimary;  // kPrimary or kOutside
  SimTime after = 0;
};

struct ReadsOfKind {
  ReadKind kind;
  std::uint64_t reads = 0;
  std::uint64_t fresh = 0;
  LogHistogram latency;
};

class StoreTrials {
 public:
  // Of writes with this `w`. REQUIRES: as WarsSimulation.
  StoreTrials(NetworkModel model, std::uint32_t w, const std::vector<ReadKind>& kinds,
              std::uint64_t seed);

  void run(std::uint64_t trials);

  std::uint64_t trials() const { return write_.count(); }
  const LogHistogram& write() const { return write_; }
  const std::vector<ReadsOfKind>& reads() const { return reads_; }

 private:
  void run_cluster(std::uint64_t trials);

  const NetworkModel model_;
  const std::uint32_t w_;
  const std::uint64_t seed_;
  std::uint64_t clusters_ = 0;
  LogHistogram write_;
  std::vector<ReadsOfKind> reads_;
};

}  // namespace quorate::sim
