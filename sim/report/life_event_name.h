// The words for what befell a node's process, alike for people and programs: "started",
// "crashed"...
//
// Place:      beside the trace printer, in what tests of the world link without the reports.
#pragma once

#include "sim/world/observer.h"

namespace quorate::sim {

const char* life_event_name(LifeEvent event);

}  // namespace quorate::sim
