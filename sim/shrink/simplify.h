// Ways to make a plan plainer that leave nothing out: ordinary links, whole seconds, defaults.
//
// Place:      shrink.h tries them, one by one.
#pragma once

#include <functional>
#include <vector>

#include "sim/run/plan.h"

namespace quorate::sim {

// False: it changed nothing, as far as that is cheap to tell.
using Simplification = std::function<bool(RunPlan&)>;

// Cluster, links, disks, buckets and clients as they are by default; what a step says itself.
std::vector<Simplification> simpler_settings(const RunPlan& plan);

// Rounder and earlier moments of faults and steps, and a shorter run.
std::vector<Simplification> simpler_times(const RunPlan& plan);

// k1, k2... and v1, v2...
void rename_in_order(RunPlan& plan);

}  // namespace quorate::sim
