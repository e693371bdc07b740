// The paper's own way to the time after which 99.9 % of reads are fresh, which ends too early.
//
// Implements: the sweep of the authors' simulator: one t after the other, each with 50,000 trials
//             of its own, up to the first at which at most 50 reads were stale. That is the first
//             of many noisy estimates to pass, not the place where the probability does: some 5 to
//             10 % less, by which table 4 differs from an exact quantile
//             (papers/pbs-2012/README.md).
// Not here:   that quantile, WarsFigures::wait().
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/pbs/log_histogram.h"

namespace quorate::sim {

inline constexpr std::uint64_t kPaperTrials = 50'000;
inline constexpr std::uint64_t kPaperStaleMax = 50;

// How finely table 4 states the times of a model, as a guess at the steps of its sweep: 0.01 ms for
// lnkd-ssd, 2 ms for ymmr, else 0.1 ms.
SimTime paper_step(std::string_view model);

// Where such sweeps end, of `wait`'s distribution: what half of them do not pass. REQUIRES:
// wait.count() > 0.
SimTime swept_wait(const LogHistogram& wait, SimTime step, std::uint64_t seed);

}  // namespace quorate::sim
