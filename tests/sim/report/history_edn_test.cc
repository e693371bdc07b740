#include <gtest/gtest.h>

#include "sim/linear/edn.h"
#include "sim/linear/judge.h"
#include "sim/report/run_report.h"
#include "sim/swarm/swarm.h"
#include "tests/sim/report/sample_plans.h"

namespace quorate::sim {
namespace {

using Standing = RungVerdict::Standing;

Standing as_standing(linear::Verdict verdict) {
  switch (verdict) {
    case linear::Verdict::kLinearizable:
      return Standing::kHeld;
    case linear::Verdict::kNotLinearizable:
      return Standing::kBroken;
    case linear::Verdict::kUndecided:
      return Standing::kUndecided;
  }
  return Standing::kUndecided;
}

// What kvsim check says of the file is what the ladder said of the run.
TEST(HistoryEdn, IsJudgedAsTheRunWas) {
  std::vector<RunPlan> plans = {quiet_plan(), split_plan(), crash_plan(), flapping_plan()};
  for (std::uint64_t seed = 1; seed <= 12; ++seed) plans.push_back(draw_plan(seed));
  for (const RunPlan& plan : plans) {
    sim::Run run(plan);
    run.play();
    const std::string text = history_edn(run);
    const Result<linear::History> read = linear::read_edn(text, {});
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(linear::write_edn(*read), text);
    const linear::Judgement judgement = linear::judge(*read, {});
    const Ladder ladder = climb(run.evidence());
    EXPECT_EQ(as_standing(judgement.verdict), ladder.verdict(Rung::kLinearizable).standing)
        << "seed " << plan.cluster.seed;
  }
}

TEST(HistoryEdn, NamesTheRegisterOfEveryOperation) {
  const RunPlan plan = quiet_plan();
  sim::Run run(plan);
  run.play();
  const std::string text = history_edn(run);
  EXPECT_EQ(text.substr(0, text.find('\n')),
            R"({:process 1, :type :invoke, :f :write, :key "default/k", :value "c1-0"})");
}

}  // namespace
}  // namespace quorate::sim
