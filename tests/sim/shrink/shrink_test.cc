// Delta debugging of plans.
#include "sim/shrink/shrink.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "node/base/random.h"
#include "sim/run/run.h"
#include "sim/shrink/ddmin.h"
#include "sim/shrink/pin.h"
#include "sim/shrink/schedule.h"
#include "sim/swarm/swarm.h"

namespace quorate::sim {
namespace {

bool contains_all(const Items& items, const Items& needed) {
  return std::includes(items.begin(), items.end(), needed.begin(), needed.end());
}

TEST(Ddmin, finds_exactly_what_is_needed) {
  Random random(1);
  for (int round = 0; round < 300; ++round) {
    const std::size_t count = random.below(60);
    Items needed;
    for (std::size_t i = 0; i < count; ++i) {
      if (random.chance(1, 12)) needed.push_back(i);
    }
    const Items found = ddmin(count, [&](const Items& kept) { return contains_all(kept, needed); });
    EXPECT_EQ(found, needed);
  }
}

TEST(Ddmin, leaves_nothing_that_could_go_alone_also_where_parts_depend_on_one_another) {
  Random random(2);
  for (int round = 0; round < 100; ++round) {
    // An item counts only together with the one before it.
    const std::size_t count = 2 + random.below(30);
    const auto fails = [](const Items& kept) {
      std::size_t pairs = 0;
      for (std::size_t i = 1; i < kept.size(); ++i) pairs += kept[i] == kept[i - 1] + 1 ? 1 : 0;
      return pairs >= 1;
    };
    const Items found = ddmin(count, fails);
    ASSERT_TRUE(fails(found));
    for (std::size_t i = 0; i < found.size(); ++i) {
      Items fewer = found;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      EXPECT_FALSE(fails(fewer));
    }
  }
}

TEST(Pin, steps_tied_to_their_moments_make_the_same_run) {
  for (std::uint64_t seed = 1; seed <= 15; ++seed) {
    const RunPlan plan = draw_plan(seed);
    sim::Run run(plan);
    const std::uint64_t hash = run.play().trace_hash;
    EXPECT_EQ(run_plan(pinned(run)).trace_hash, hash) << "seed " << seed;
  }
}

bool any_progress(std::uint64_t, const RunPlan&) { return true; }

bool has_fault(const RunPlan& plan, FaultKind kind) {
  return std::any_of(plan.faults.begin(), plan.faults.end(),
                     [kind](const Fault& fault) { return fault.kind == kind; });
}

// How often the key is put that is put most often.
std::size_t puts_of_one_key(const RunPlan& plan) {
  std::size_t most = 0;
  for (const Key& key : plan.keys) {
    std::size_t puts = 0;
    for (const ClientPlan& client : plan.clients) {
      puts += static_cast<std::size_t>(
          std::count_if(client.steps.begin(), client.steps.end(), [&key](const ClientStep& step) {
            return step.request.verb == Verb::kPut && step.request.key == key;
          }));
    }
    most = std::max(most, puts);
  }
  return most;
}

// A drawn plan that has it; the swarm has many.
RunPlan plan_where(const StillFails& condition) {
  std::uint64_t seed = 1;
  while (!condition(draw_plan(seed))) ++seed;
  return draw_plan(seed);
}

TEST(Shrink, leaves_nothing_when_nothing_is_needed) {
  const RunPlan plan = plan_where([](const RunPlan& each) { return each.faults.size() > 20; });
  const Shrunk shrunk = shrink(
      plan, [](const RunPlan&) { return true; }, {}, any_progress);
  EXPECT_EQ(size_of(shrunk.plan), (PlanSize{.nodes = 1}));
  EXPECT_FALSE(shrunk.used_up);
  EXPECT_TRUE(run_plan(shrunk.plan).violations.empty());
}

TEST(Shrink, keeps_the_faults_operations_and_nodes_that_are_needed_and_no_others) {
  const auto fails = [](const RunPlan& plan) {
    return has_fault(plan, FaultKind::kCut) && has_fault(plan, FaultKind::kCrash) &&
           puts_of_one_key(plan) >= 3;
  };
  const RunPlan plan = plan_where(fails);
  const Shrunk shrunk = shrink(plan, fails, {}, any_progress);
  EXPECT_TRUE(fails(shrunk.plan));
  const PlanSize size = size_of(shrunk.plan);
  EXPECT_EQ(size.faults, 2u);
  EXPECT_EQ(size.operations, 3u);
  EXPECT_EQ(size.keys, 1u);
  std::set<HostId> named;  // by the cut, and by the crash
  for (const Fault& fault : shrunk.plan.faults) named.insert({fault.a, fault.b});
  named.erase(0);  // what a crash has no second of
  EXPECT_LE(size.nodes, named.size());
  EXPECT_EQ(shrunk.plan.faults.size(), 2u) << "healing ends them";
  EXPECT_TRUE(run_plan(shrunk.plan).violations.empty());
}

TEST(Shrink, the_same_plan_gives_the_same_result) {
  const auto fails = [](const RunPlan& plan) { return puts_of_one_key(plan) >= 4; };
  const RunPlan plan = plan_where(fails);
  const Shrunk first = shrink(plan, fails, {}, any_progress);
  const Shrunk second = shrink(plan, fails, {}, any_progress);
  EXPECT_EQ(first.runs, second.runs);
  EXPECT_EQ(run_plan(first.plan).trace_hash, run_plan(second.plan).trace_hash);
}

TEST(Shrink, stops_at_its_budget_with_a_plan_that_fails) {
  const auto fails = [](const RunPlan& plan) { return puts_of_one_key(plan) >= 4; };
  const RunPlan plan = plan_where(fails);
  const Shrunk shrunk = shrink(plan, fails, {.runs_max = 5}, any_progress);
  EXPECT_EQ(shrunk.runs, 5u);
  EXPECT_TRUE(shrunk.used_up);
  EXPECT_TRUE(fails(shrunk.plan));
}

TEST(Shrink, never_asks_for_what_the_store_could_not_promise) {
  const auto fails = [](const RunPlan& plan) {
    return has_fault(plan, FaultKind::kWipe) && puts_of_one_key(plan) >= 1;
  };
  const RunPlan plan = plan_where(fails);
  ASSERT_TRUE(is_fair(plan));
  std::uint64_t tried = 0;
  shrink(
      plan,
      [&](const RunPlan& candidate) {
        ++tried;
        EXPECT_TRUE(is_fair(candidate));
        return fails(candidate);
      },
      {}, any_progress);
  EXPECT_GT(tried, 20u);
}

TEST(Shrink, every_plan_that_it_tries_runs) {
  const RunPlan plan = draw_plan(11);
  std::uint64_t tried = 0;
  const auto fails = [&tried](const RunPlan& candidate) {
    return run_plan(candidate).acknowledged >= 1 && ++tried > 0;
  };
  ASSERT_TRUE(fails(plan));
  const Shrunk shrunk = shrink(plan, fails, {.runs_max = 600}, any_progress);
  EXPECT_EQ(size_of(shrunk.plan).operations, 1u);
  EXPECT_EQ(size_of(shrunk.plan).faults, 0u);
}

TEST(Schedule, tells_faults_and_operations_in_the_order_of_time) {
  const RunPlan plan = draw_plan(11);
  sim::Run run(plan);
  run.play();
  const std::vector<ScheduleLine> lines = schedule_of(plan, &run);
  EXPECT_EQ(lines.size(), plan.faults.size() + count_steps(plan) + 1);
  EXPECT_TRUE(
      std::is_sorted(lines.begin(), lines.end(),
                     [](const ScheduleLine& a, const ScheduleLine& b) { return a.at < b.at; }));
}

}  // namespace
}  // namespace quorate::sim
