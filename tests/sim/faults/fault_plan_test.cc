#include "sim/faults/fault_plan.h"

#include <gtest/gtest.h>

#include <set>

#include "sim/swarm/swarm.h"

namespace quorate::sim {
namespace {

constexpr std::uint64_t kSeeds = 2'000;

bool loses_what_was_synced(FaultKind kind) {
  return kind == FaultKind::kWipe || kind == FaultKind::kRestore || kind == FaultKind::kForgetRow ||
         kind == FaultKind::kCorruptRow;
}

TEST(FaultPlan, the_swarm_draws_every_kind_of_fault_and_its_end) {
  std::set<FaultKind> drawn;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    for (const Fault& fault : draw_plan(seed).faults) drawn.insert(fault.kind);
  }
  for (std::size_t i = 0; i < kFaultKindCount; ++i) {
    EXPECT_TRUE(drawn.contains(static_cast<FaultKind>(i)))
        << fault_kind_name(static_cast<FaultKind>(i));
  }
}

TEST(FaultPlan, asks_before_a_fault_whether_the_promise_can_still_be_kept) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const RunPlan plan = draw_plan(seed);
    std::set<HostId> victims;
    bool power_fails = false;
    for (const Fault& fault : plan.faults) {
      if (loses_what_was_synced(fault.kind)) victims.insert(fault.a);
      power_fails = power_fails || fault.kind == FaultKind::kCrash;
      EXPECT_LE(fault.at, plan.faults_end);
    }
    EXPECT_LE(victims.size(), 1u) << "seed " << seed;
    if (plan.cluster.disk.durability == Durability::kOs) {
      EXPECT_FALSE(power_fails) << "seed " << seed;
      EXPECT_TRUE(victims.empty()) << "seed " << seed;
    }
    EXPECT_EQ(plan.cluster.client_links.duplicate_ppm, 0u);
  }
}

}  // namespace
}  // namespace quorate::sim
