// A random world from one seed: a cluster, links, clients and faults, run through a safety phase,
// healed, run through a liveness phase, and judged.
//
// Place:      tests/sim/swarm_test.cc runs a range of seeds; a failing seed is replayed by its
//             number.
// Implements: DESIGN 3.3: "safety, under faults; then liveness: heal, and within a stated bound of
//             simulated time everything converges".
// Invariants: the plan is plain data, drawn before the run: a plan edited by hand runs as well.
// Limits:     a run ends: every client step has a deadline, and the liveness phase is kSettleMax
//             long at most.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/check/property.h"
#include "sim/faults/fault.h"
#include "sim/workload/workload.h"
#include "sim/world/cluster.h"

namespace quorate::sim {

// After the last fault ended: all nodes see one another again and have rebuilt what they lost.
inline constexpr SimTime kSettleMax = from_seconds(60);

struct SwarmPlan {
  ClusterOptions cluster;
  LinkModel healed_links;  // of all links in the liveness phase
  std::vector<Key> keys;
  std::vector<ClientPlan> clients;
  std::vector<Fault> faults;
  Damage damage;
  SimTime faults_end = 0;
};

SwarmPlan draw_plan(std::uint64_t seed);

struct SwarmReport {
  std::vector<Violation> violations;
  std::uint64_t trace_hash = 0;
  NetworkCounts network;
  std::uint64_t operations = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t refused = 0;  // not applied
  std::uint64_t unknown = 0;
  std::uint64_t traces[static_cast<std::size_t>(kTraceKindCount)] =
      {};  // how often each kind was seen
};

// `watcher` may be null.
SwarmReport run_plan(const SwarmPlan& plan, WorldObserver* watcher = nullptr);

// The plan in words: cluster, links, clients, faults.
std::string describe(const SwarmPlan& plan);

}  // namespace quorate::sim
