// What many runs add up to.
//
// Invariants: adding is commutative and associative, the trace hash's share included, so that any
//             number of workers gives one sum: tests/sim/sweep/sweep_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/run/run.h"

namespace quorate::sim {

struct SweepTally {
  std::uint64_t seeds = 0;
  std::uint64_t failed = 0;         // seeds
  std::uint64_t not_converged = 0;  // of those: nothing but a promise for after healing was broken
  std::uint64_t crashed = 0;        // of those: the process died

  std::uint64_t operations = 0;
  std::uint64_t reads_answered = 0;
  std::uint64_t reads_refused = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t not_applied = 0;
  std::uint64_t unknown = 0;
  std::uint64_t unfinished = 0;

  std::uint64_t messages = 0;      // delivered
  std::uint64_t trace_hash = 0;    // of all runs that ended, each with its seed
  std::uint64_t processor_us = 0;  // of all workers
  std::array<std::uint64_t, static_cast<std::size_t>(kTraceKindCount)> traces = {};

  void add(const SweepTally& other);
};

// One run. Takes no notice of how long it took.
SweepTally tally_of(std::uint64_t seed, const RunReport& report);

// The branches of the core that no run reached, but for those that must never be reached or cannot
// be in worlds of this size.
std::vector<TraceKind> branches_missed(const SweepTally& tally);

}  // namespace quorate::sim
