// A random world from one seed: a cluster, links, clients and faults.
//
// Place:      run.h runs what is drawn here; tests/sim/swarm_test.cc runs a range of seeds, and a
//             failing seed is replayed by its number.
// Implements: the swarm testing of Groce et al. 2012: a seed first draws which features its world
//             has, so that rare ones are alone at times.
#pragma once

#include <cstdint>

#include "sim/run/plan.h"

namespace quorate::sim {

RunPlan draw_plan(std::uint64_t seed);

}  // namespace quorate::sim
