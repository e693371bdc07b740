// Judges a history: key by key, each with the method that fits it.
//
// Place:      `kvsim check`, and whoever has recorded a history.
// Invariants: registers of different keys say nothing about one another: a history is linearizable
//             when each of its keys is (Herlihy and Wing 1990, theorem 1).
#pragma once

#include <cstdint>
#include <vector>

#include "sim/linear/verdict.h"

namespace quorate::sim::linear {

struct JudgeOptions {
  // Operations that the search tries for one key before it leaves it undecided. Steps, not time:
  // the verdict is the same everywhere.
  std::uint64_t steps_max = 20'000'000;
};

struct Judgement {
  // Not linearizable if one key is not; else undecided if one key is; else linearizable.
  Verdict verdict = Verdict::kLinearizable;
  std::vector<KeyVerdict> keys;  // in the order of their first operations
};

Judgement judge(const History& history, const JudgeOptions& options = {});

}  // namespace quorate::sim::linear
