// Keeps a cluster busy with a workload for a warm-up and some repetitions, and counts.
//
// Place:      run() on the program's thread, which waits; everything else on the target's own
//             thread: an answer starts the next request in the same turn of its loop, so that all
//             that comes in one read leaves in one write.
// Loops:      closed: so many requests are always in flight. Open: the i-th is due at i / rate, and
//             its latency counts from then, also if it had to wait because too many were in flight
//             ("coordinated omission"); what is still due at the end counts as long as it waited.
// Limits:     Options::concurrency in flight; a request ends by its deadline, and so does run().
// Shown in:   tests/client/kvbench/driver_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "client/kvbench/options.h"
#include "client/kvbench/repetition.h"
#include "client/kvbench/target.h"

namespace quorate::client::kvbench {

struct Progress {
  int repetition = 0;  // from 1; 0: warm-up
  std::uint64_t done = 0;
  std::uint64_t failed = 0;
  double seconds = 0;  // since the start of the warm-up
};

// False: enough, stop now.
using OnProgress = std::function<bool(const Progress&)>;

// Calls `on_progress` ten times a second. Gives back the repetitions that were completed.
std::vector<Repetition> drive(Target& target, const Options& options,
                              const std::vector<pid_t>& servers, const OnProgress& on_progress);

}  // namespace quorate::client::kvbench
