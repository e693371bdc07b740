// What kvsim sweep prints.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/kvsim/exit_code.h"
#include "sim/sweep/sweep.h"

namespace quorate::sim {

struct SweepReport {
  SweepOptions options;
  bool codec = false;
  bool interrupted = false;
  double seconds = 0;  // of real time
  SweepTally tally;
  std::vector<SeedResult> failures;  // by seed; the first kFailuresListedMax that were found
};

inline constexpr std::size_t kFailuresListedMax = 1000;

ExitCode exit_code(const SweepReport& report);

// The line that replays a seed, and the one that makes it smaller.
std::string replay_line(std::uint64_t seed);
std::string shrink_line(std::uint64_t seed);

// One failing seed, as soon as it is known: what it violates, and how to see it again.
std::string failure_text(const SeedResult& result, bool colours);

// For a person.
std::string sweep_text(const SweepReport& report, bool colours);

// For a program, one line:
//
//     {"first", "last", "jobs", "codec", "seconds", "interrupted",
//      "seeds", "failed", "not_converged", "crashed",
//      "operations": {"all", "reads_answered", "reads_refused", "acknowledged", "not_applied",
//                     "unknown", "unfinished"},
//      "messages", "processor_seconds", "messages_per_processor_second", "trace_hash",
//      "branches": {name: times}, "branches_missed": [name],
//      "failures": [{"seed", "violations": [{"property", "witness"}], "replay", "shrink"}]}
//
// failed:        seeds that violated something; of those, not_converged broke only what is promised
//                for the time after healing, and crashed took their process with them
// trace_hash:    of all runs together, 16 hex digits; it does not depend on "jobs"
// failures:      the first 1000 that were found, by seed
std::string sweep_json(const SweepReport& report);

}  // namespace quorate::sim
