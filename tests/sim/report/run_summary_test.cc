#include "sim/report/run_summary.h"

#include <gtest/gtest.h>

#include "sim/swarm/swarm.h"
#include "tests/sim/report/sample_plans.h"

namespace quorate::sim {
namespace {

const Column& column_titled(const RunSummary& summary, const std::string& title) {
  for (const Column& column : summary.columns) {
    if (column.title == title) return column;
  }
  ADD_FAILURE() << "no column " << title;
  return summary.columns.front();
}

TEST(RunSummary, ASplitHasItsSidesBetweenBeforeAndAfter) {
  const RunSummary summary = summary_of(split_plan());
  ASSERT_EQ(summary.columns.size(), 4u);
  EXPECT_EQ(summary.columns[0].title, "before");
  EXPECT_EQ(summary.columns[0].duration, from_seconds(1));
  EXPECT_EQ(summary.columns[1].title, "1");
  EXPECT_EQ(summary.columns[1].letter, "A");
  EXPECT_EQ(summary.columns[2].title, "2 3");
  EXPECT_EQ(summary.columns[2].letter, "B");
  EXPECT_EQ(summary.columns[2].duration, from_seconds(3));
  EXPECT_EQ(summary.columns[3].title, "after");
  EXPECT_EQ(summary.columns[3].duration, from_seconds(2));
}

TEST(RunSummary, TheMinorityCouldDoNothingAndDidNothing) {
  const RunSummary summary = summary_of(split_plan());
  const Column& minority = column_titled(summary, "1");
  EXPECT_EQ(minority.writes_possible.keys, 0u);
  EXPECT_EQ(minority.reads_possible.keys, 0u);
  EXPECT_GT(minority.writes.attempted, 0u);
  EXPECT_EQ(minority.writes.answered(), 0u);
  EXPECT_EQ(minority.reads.answered(), 0u);
  EXPECT_FALSE(minority.writes.latencies);
  const Column& majority = column_titled(summary, "2 3");
  EXPECT_EQ(majority.writes_possible.keys, 1u);
  EXPECT_EQ(majority.writes.answered(), majority.writes.attempted);
  ASSERT_TRUE(majority.writes.latencies);
  EXPECT_EQ(majority.writes.latencies->p50, from_ms(5));
}

TEST(RunSummary, AnsweredByAnotherSideIsSaid) {
  const RunSummary summary = summary_of(crash_plan());
  const Column& crashed = column_titled(summary, "2 down");
  EXPECT_EQ(crashed.writes.answered() + crashed.reads.answered(), 1u);
  EXPECT_EQ(crashed.writes.elsewhere + crashed.reads.elsewhere, 1u);
}

TEST(RunSummary, ACrashIsALayoutOfItsOwn) {
  const RunSummary summary = summary_of(crash_plan());
  EXPECT_EQ(column_titled(summary, "1 3").letter, "");
  EXPECT_EQ(column_titled(summary, "1 3").duration, from_seconds(2));
  EXPECT_EQ(column_titled(summary, "2 down").writes_possible.keys, 0u);
}

TEST(RunSummary, ReadsOfOneReplicaAreStaleWhenWritesReachAnother) {
  RunPlan plan = sample_plan({.r = 1, .w = 1, .clients = {{1}, {3}}});
  plan.faults = {fault_at(from_seconds(1), FaultKind::kCut, 1, 3)};
  const RunSummary summary = summary_of(plan);
  std::uint64_t stale = 0;
  for (const Happening& happening : summary.happenings) {
    if (happening.told != Told::kStale) continue;
    ++stale;
    EXPECT_FALSE(happening.is_write);
    EXPECT_GT(happening.versions, 0u);
    EXPECT_GT(happening.behind, 0);
  }
  EXPECT_GT(stale, 0u);
  EXPECT_EQ(summary.reads.count(Told::kStale), stale);
}

// Two sides write one key with w=1; by time one of them wins, and nobody had seen what it replaced.
TEST(RunSummary, LastWriterWinsLosesWritesAndSiblingsDoNot) {
  for (const BucketType type : {BucketType::kLww, BucketType::kRegister}) {
    RunPlan plan = sample_plan({.r = 1, .w = 1, .type = type, .clients = {{1}, {2, 3}}});
    for (const NodeId other : std::vector<NodeId>{2, 3}) {
      plan.faults.push_back(fault_at(from_ms(100), FaultKind::kCut, 1, other));
      plan.faults.push_back(fault_at(from_ms(100), FaultKind::kCut, other, 1));
    }
    const RunSummary summary = summary_of(plan);
    EXPECT_TRUE(summary.violations.empty());
    if (type == BucketType::kLww) {
      EXPECT_FALSE(summary.lost.empty());
      EXPECT_EQ(summary.keys_with_siblings, 0u);
    } else {
      EXPECT_TRUE(summary.lost.empty());
      EXPECT_EQ(summary.keys_with_siblings, 1u);
      EXPECT_EQ(summary.siblings, 2u);
    }
    EXPECT_EQ(summary.keys_differing_at_heal, 1u);
    ASSERT_TRUE(summary.converged);
    EXPECT_GT(*summary.converged, summary.faults_end);
  }
}

// Invariants 1 and 2 of run_summary.h.
TEST(RunSummary, EveryOperationOfAClientIsCountedOnce) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const RunPlan plan = draw_plan(seed);
    Timeline timeline;
    sim::Run run(plan, {&timeline});
    timeline.watch(run);
    run.play();
    const RunSummary summary = summarize(run, timeline);
    ASSERT_EQ(summary.happenings.size(), run.operations_of_clients()) << seed;
    std::uint64_t counted = 0;
    for (const Column& column : summary.columns) {
      for (const Tally* tally : {&column.reads, &column.writes}) {
        counted += tally->attempted;
        std::uint64_t told = 0;
        for (const std::uint64_t count : tally->told) told += count;
        ASSERT_EQ(told, tally->attempted) << seed;
        ASSERT_LE(tally->elsewhere, tally->answered()) << seed;
      }
    }
    ASSERT_EQ(counted, run.operations_of_clients()) << seed;
    ASSERT_EQ(summary.reads.attempted + summary.writes.attempted, counted) << seed;
    SimTime lasted = 0;
    for (const Phase& phase : summary.phases.phases) {
      ASSERT_EQ(phase.begin, lasted) << seed;
      lasted = phase.end;
    }
    ASSERT_EQ(lasted, summary.shown_until) << seed;
  }
}

TEST(RunSummary, WatchingChangesNothing) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const RunPlan plan = draw_plan(seed);
    EXPECT_EQ(summary_of(plan).trace_hash, run_plan(plan).trace_hash) << seed;
  }
}

}  // namespace
}  // namespace quorate::sim
