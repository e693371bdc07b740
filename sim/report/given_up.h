// What a run gave up, and what it kept, in one sentence that follows from what was counted.
//
// Place:      the last word of every report, and the last row of every comparison.
#pragma once

#include <string>

#include "sim/report/run_summary.h"

namespace quorate::sim {

// What was given up at all, by what clients were told and what was left in the end.
struct Losses {
  std::uint64_t not_answered = 0;            // operations, while something was cut or down
  std::uint64_t not_answered_connected = 0;  // while nothing was
  std::uint64_t stale = 0;                   // reads
  std::size_t versions_max = 0;
  SimTime behind_max = 0;
  std::size_t conflicts = 0;  // keys whose concurrent values somebody has to merge
  std::size_t lost = 0;       // acknowledged writes
  double slower = 1;          // p99 of what was answered while something was cut or down, by that
                              // of the rest; 1 when either is missing
  SimTime slow_p99 = 0;

  bool any() const;
};
Losses losses_of(const RunSummary& summary);

// "This run gave up availability on the side of node 1 (none of 38 operations answered); it kept
// freshness and every acknowledged write."
std::string what_was_given_up(const RunSummary& summary);

// The same in a few words: "availability, freshness"; "nothing".
std::string given_up_briefly(const RunSummary& summary);

}  // namespace quorate::sim
