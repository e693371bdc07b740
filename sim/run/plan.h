// Everything that decides a run, as plain data: the cluster, its links, what the clients ask, what
// befalls it and when. With the seed in it the plan is the run.
//
// Place:      drawn by swarm/, read from a scenario by scenario/, made smaller by shrink/; run.h
//             runs it.
// Invariants: a plan edited by hand runs as well: nothing in it is drawn later, but for what links
//             and disks do, which is theirs by the seed.
#pragma once

#include <string>
#include <vector>

#include "sim/faults/fault.h"
#include "sim/workload/workload.h"
#include "sim/world/cluster.h"

namespace quorate::sim {

struct RunPlan {
  ClusterOptions cluster;
  LinkModel healed_links;  // of all links in the liveness phase
  std::vector<Key> keys;   // all that the clients use
  std::vector<ClientPlan> clients;
  std::vector<Fault> faults;
  SimTime faults_end = 0;  // then everything heals, and the liveness phase begins
};

// The plan in words: cluster, links, clients, faults.
std::string describe(const RunPlan& plan);

}  // namespace quorate::sim
