// A small plan told in the order of time: what befalls the cluster, what clients ask, and what they
// were told.
#pragma once

#include <string>
#include <vector>

#include "sim/run/run.h"

namespace quorate::sim {

struct ScheduleLine {
  SimTime at = 0;
  std::string who;   // "client 2", "fault"
  std::string what;  // "put default/k1 = v1 at node 2: ok after 3 ms"
};

// `run`: of this plan, after it was played; null when it could not be, and the answers are not
// told.
std::vector<ScheduleLine> schedule_of(const RunPlan& plan, const Run* run);

}  // namespace quorate::sim
