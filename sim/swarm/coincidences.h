// Faults that do their worst only together: drawn one by one they would hardly ever meet.
//
// Place:      the last touch of a drawn plan, from a stream of its own: a world that has none is
//             what it would be without this file.
// Invariants: as of fault_plan.h: one node only loses what its disk had synced, the same as in the
//             rest of the plan; no power fails where acknowledged means handed to the kernel. The
//             faults stay in the order of time.
#pragma once

#include "sim/run/plan.h"

namespace quorate::sim {

struct Losses {
  bool stores = false;  // a disk may lose what it had synced
  bool power = false;   // the power may fail
};

// In every second world or so.
void draw_coincidences(RunPlan& plan, Losses allowed);

}  // namespace quorate::sim
