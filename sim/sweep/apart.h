// One run in a process of its own, for a plan that may abort or never end.
#pragma once

#include <vector>

#include "sim/run/plan.h"
#include "sim/sweep/seed_result.h"

namespace quorate::sim {

// What the run violates; kProgramSurvives when it took its process with it.
// Errors: kIoError when no process can be had. REQUIRES: no other threads.
Result<std::vector<Violation>> violations_apart(const RunPlan& plan, unsigned seconds_max = 60);

}  // namespace quorate::sim
