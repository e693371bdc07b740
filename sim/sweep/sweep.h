// Plays a range of seeds in several processes.
//
// Place:      kvsim sweep; what a seed plays is given, so that the tests can play what crashes.
// Implements: worker k of j plays every j-th seed, beginning with the k-th, and tells each result
//             through a pipe. Why processes and not threads: a failed check of the core aborts.
//             Then its worker alone dies, the results it has told name the seed that killed it, its
//             last words are kept, and a new worker goes on after that seed. A world that never
//             ends is killed the same way.
// Invariants: the sum of all tallies, but for processor time, depends on the seeds alone, not on
//             the number of workers. Shown in tests/sim/sweep/sweep_test.cc.
// Limits:     memory does not grow with the number of seeds: a result is told and forgotten.
#pragma once

#include <cstdint>
#include <functional>

#include "sim/sweep/seed_result.h"
#include "sim/world/cluster.h"

namespace quorate::sim {

inline constexpr unsigned kSweepJobsMax = 256;
inline constexpr std::uint64_t kSeedMax = std::uint64_t{1} << 62;

struct SweepOptions {
  std::uint64_t first = 1;
  std::uint64_t last = 1;  // included
  unsigned jobs = 1;
  unsigned seconds_max = 120;  // of real time for one seed
};

// What is violated when a world takes its process with it.
inline constexpr const char* kProgramSurvives = "the program survives";

class SweepWatcher {
 public:
  virtual ~SweepWatcher() = default;

  // In no particular order when there are several workers.
  virtual void on_failed_seed(const SeedResult& result) = 0;

  // Often; false ends the sweep.
  virtual bool go_on(const SweepTally& so_far) = 0;
};

// Errors: kIoError when no process or pipe can be had.
// REQUIRES: first <= last <= kSeedMax, 1 <= jobs <= kSweepJobsMax; no other threads.
Result<SweepTally> sweep(const SweepOptions& options,
                         const std::function<SeedResult(std::uint64_t seed)>& play,
                         SweepWatcher& watcher);

// A world of the swarm, judged.
SeedResult play_seed(std::uint64_t seed, bool codec, const MakeDisk& make_disk = nullptr);

}  // namespace quorate::sim
