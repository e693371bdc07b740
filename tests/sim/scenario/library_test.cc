// Every scenario of the library is as it says, under its own seed and under others: what it teaches
// is no accident of one seed.
#include "sim/scenario/library.h"

#include <gtest/gtest.h>

#include "sim/linear/edn.h"
#include "sim/linear/judge.h"
#include "sim/report/run_report.h"
#include "sim/scenario/play.h"

namespace quorate::sim {
namespace {

class Library : public testing::TestWithParam<std::string> {};

TEST_P(Library, ScenarioIsAsItSays) {
  for (const std::optional<std::uint64_t> seed : {std::optional<std::uint64_t>{}, {2}, {3}}) {
    const Result<Scenario> scenario = load_scenario(GetParam(), seed);
    ASSERT_TRUE(scenario) << scenario.error().message;
    EXPECT_FALSE(scenario->title.empty());
    EXPECT_FALSE(scenario->lesson.empty());
    EXPECT_FALSE(scenario->look_for.empty());
    for (const Variant& variant : scenario->variants) {
      SCOPED_TRACE("seed " + std::to_string(variant.plan.cluster.seed) + " " + variant.name);
      const Performance performance = play(*scenario, variant);
      EXPECT_FALSE(performance.summary.expectations.empty());
      for (const Expectation& expectation : performance.summary.expectations) {
        EXPECT_TRUE(expectation.met) << expectation.text << "; " << expectation.detail;
      }
      for (const Violation& violation : performance.unexpected) {
        ADD_FAILURE() << violation.property << ": " << violation.witness;
      }
    }
  }
}

// What `kvsim check` says of `kvsim run --edn` is what the run said of itself.
TEST_P(Library, ItsHistoryIsJudgedAlikeWhenReadFromAFile) {
  const Result<Scenario> scenario = load_scenario(GetParam());
  ASSERT_TRUE(scenario) << scenario.error().message;
  for (const Variant& variant : scenario->variants) {
    SCOPED_TRACE(variant.name);
    const Performance performance = play(*scenario, variant);
    const Result<linear::History> history =
        linear::read_edn(history_edn(*performance.run), linear::EdnOptions{});
    ASSERT_TRUE(history) << history.error().message;
    const bool linearizable = linear::judge(*history, {}).verdict == linear::Verdict::kLinearizable;
    EXPECT_EQ(linearizable, performance.summary.ladder.verdict(Rung::kLinearizable).standing ==
                                RungVerdict::Standing::kHeld);
  }
}

std::string test_name(const testing::TestParamInfo<std::string>& scenario) {
  std::string name = scenario.param;
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, Library, testing::ValuesIn(library_names()), test_name);

TEST(LibraryOfScenarios, AnUnknownNameIsRefusedAndTheNearestOneNamed) {
  const Result<Scenario> scenario = load_scenario("split-brian");
  ASSERT_FALSE(scenario);
  EXPECT_NE(scenario.error().message.find("did you mean split-brain?"), std::string::npos)
      << scenario.error().message;
}

// A scenario that is written by hand is replayed from its explicit form, too.
TEST(LibraryOfScenarios, EveryPlanIsWrittenAndReadAsTheSame) {
  for (const std::string& name : library_names()) {
    const Result<Scenario> scenario = load_scenario(name);
    ASSERT_TRUE(scenario);
    for (const Variant& variant : scenario->variants) {
      const std::string text = write_plan(variant.plan);
      const Result<Scenario> again = read_scenario(text, name + ".toml");
      ASSERT_TRUE(again) << again.error().message;
      EXPECT_EQ(write_plan(again->variants[0].plan), text);
      EXPECT_EQ(run_plan(again->variants[0].plan).trace_hash, run_plan(variant.plan).trace_hash);
    }
  }
}

}  // namespace
}  // namespace quorate::sim
