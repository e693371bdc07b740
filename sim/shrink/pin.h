// The plan of a run with its steps tied to the moments in which they began, so that leaving one out
// does not move those after it.
#pragma once

#include "sim/run/run.h"

namespace quorate::sim {

// Has the trace hash of the run: tests/sim/shrink/shrink_test.cc. Steps that never began are left
// out. REQUIRES: the run has been played.
RunPlan pinned(const Run& run);

}  // namespace quorate::sim
