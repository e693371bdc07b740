// Random worlds, judged by every property. A failure prints the line that replays it.
#include "sim/swarm/swarm.h"

#include <gtest/gtest.h>

#include <vector>

#include "sim/run/run.h"

namespace quorate::sim {
namespace {

RunReport expect_clean(std::uint64_t seed) {
  const RunPlan plan = draw_plan(seed);
  RunReport report = run_plan(plan);
  for (const Violation& violation : report.violations) {
    ADD_FAILURE() << "kvsim run --seed " << seed << "\n"
                  << violation.property << ": " << violation.witness << describe(plan);
  }
  return report;
}

// And the rare branches are in what they reach, but for the one that must never be.
TEST(Swarm, first_seeds_keep_every_promise_and_reach_every_branch_that_the_core_tells_of) {
  std::vector<std::uint64_t> seen(static_cast<std::size_t>(kTraceKindCount));
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    const RunReport report = expect_clean(seed);
    for (std::size_t kind = 0; kind < seen.size(); ++kind) seen[kind] += report.traces[kind];
  }
  for (int kind = 0; kind < kTraceKindCount; ++kind) {
    const auto trace = static_cast<TraceKind>(kind);
    if (trace == TraceKind::kContextCollision) continue;
    EXPECT_GT(seen[static_cast<std::size_t>(kind)], 0u) << trace_kind_name(trace);
  }
  EXPECT_EQ(seen[static_cast<std::size_t>(TraceKind::kContextCollision)], 0u);
}

// A request comes on a connection, which repeats nothing. A world that repeated one sent it a
// second time, and the client who had been told "not applied" of the first knew nothing of that: a
// fault of the world, not of the store.
TEST(Swarm, links_of_clients_repeat_nothing) {
  for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
    const RunPlan plan = draw_plan(seed);
    EXPECT_EQ(plan.cluster.client_links.duplicate_ppm, 0u) << "seed " << seed;
    EXPECT_EQ(plan.healed_links.duplicate_ppm, 0u) << "seed " << seed;
  }
}

// One node only loses what its disk had synced, whatever else is drawn beside the faults.
TEST(Swarm, no_two_disks_of_a_world_are_lost) {
  for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
    const RunPlan plan = draw_plan(seed);
    HostId victim = 0;
    for (const Fault& fault : plan.faults) {
      const bool power = fault.kind == FaultKind::kCrash;
      EXPECT_FALSE(power && plan.cluster.disk.durability == Durability::kOs) << "seed " << seed;
      const bool loss = fault.kind == FaultKind::kWipe || fault.kind == FaultKind::kRestore ||
                        fault.kind == FaultKind::kForgetRow || fault.kind == FaultKind::kCorruptRow;
      if (!loss) continue;
      EXPECT_TRUE(victim == 0 || victim == fault.a) << "seed " << seed;
      victim = fault.a;
    }
  }
}

}  // namespace
}  // namespace quorate::sim
