#include "sim/report/run_report.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "sim/report/table.h"
#include "sim/swarm/swarm.h"
#include "tests/sim/report/sample_plans.h"

namespace quorate::sim {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string golden(const std::string& name) {
  std::ifstream in(std::string(QUORATE_GOLDEN_DIR) + "/" + name);
  EXPECT_TRUE(in) << name;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

const RunLabels kLabels = {.name = "split",
                           .lesson = "A majority goes on; the minority can only refuse.",
                           .replay = "kvsim run split --seed 7"};

// Read it as a person would before changing it. Without what changes with every change of the core
// or of the judge: the hash, and the witness.
TEST(RunReport, ASplitReadsAtAGlance) {
  RunSummary summary = summary_of(split_plan(), kLabels);
  summary.trace_hash = 0;
  summary.ladder.witness.clear();
  EXPECT_EQ(report_text(summary, {.width = 80}), golden("split.txt"));
}

// The invariant of run_report.h.
TEST(RunReport, NoLineIsWiderThanTheTerminal) {
  std::vector<RunPlan> plans = {quiet_plan(),   split_plan(), bridge_plan(),
                                one_way_plan(), crash_plan(), flapping_plan()};
  for (std::uint64_t seed = 1; seed <= 15; ++seed) plans.push_back(draw_plan(seed));
  for (const RunPlan& plan : plans) {
    const RunSummary summary = summary_of(plan);
    for (const unsigned width : {kReportWidthMin, 80u, 120u}) {
      for (const std::string& line : lines_of(report_text(summary, {.width = width}))) {
        ASSERT_LE(width_of(line), width) << line;
      }
      for (const std::string& line :
           lines_of(comparison_text({summary, summary}, {.width = width}))) {
        ASSERT_LE(width_of(line), width) << line;
      }
    }
  }
}

TEST(RunReport, ColoursAreForTerminalsOnly) {
  const RunSummary summary = summary_of(split_plan(), kLabels);
  EXPECT_EQ(report_text(summary, {}).find('\033'), std::string::npos);
  const std::string coloured = report_text(summary, {.colour = true});
  EXPECT_NE(coloured.find('\033'), std::string::npos);
  // Without its colours it is the same text.
  std::string plain;
  for (std::size_t i = 0; i < coloured.size(); ++i) {
    if (coloured[i] == '\033') {
      i = coloured.find('m', i);
    } else {
      plain += coloured[i];
    }
  }
  EXPECT_EQ(plain, report_text(summary, {}));
}

TEST(RunReport, EndsWithTheTraceHashAndTheLineThatReplaysIt) {
  const RunSummary summary = summary_of(split_plan(), kLabels);
  const std::vector<std::string> lines = lines_of(report_text(summary, {}));
  ASSERT_GE(lines.size(), 2u);
  EXPECT_EQ(lines[lines.size() - 2], "trace " + hash_text(summary.trace_hash));
  EXPECT_EQ(lines.back(), "kvsim run split --seed 7");
}

TEST(RunReport, AViolationShowsWithItsWitness) {
  RunSummary summary = summary_of(quiet_plan());
  std::string witness;
  for (int i = 0; i < 40; ++i) witness += "line " + std::to_string(i) + "\n";
  summary.violations.push_back({"replicas converge", witness});
  const std::string text = report_text(summary, {});
  EXPECT_NE(text.find("violated: replicas converge\n    line 0\n    line 1\n"), std::string::npos);
  EXPECT_NE(text.find("    …\n"), std::string::npos);
  EXPECT_EQ(text.find("line 39"), std::string::npos);
}

TEST(RunReport, AnExpectationSaysWhetherItWasMet) {
  RunSummary summary = summary_of(quiet_plan());
  summary.expectations = {{"no stale reads", true, ""}, {"siblings", false, "none were seen"}};
  const std::string text = report_text(summary, {});
  EXPECT_NE(text.find("expected, and so it was: no stale reads\n"), std::string::npos);
  EXPECT_NE(text.find("expected, but not so: siblings (none were seen)\n"), std::string::npos);
}

TEST(RunReport, ThePictureNamesEveryLaneAndEscapesWords) {
  RunSummary summary = summary_of(split_plan(), {.name = "a<b & c"});
  const std::string picture = report_svg(summary);
  EXPECT_EQ(picture.substr(0, 5), "<svg ");
  for (const char* part : {"node 1<", "node 2<", "node 3<", "client 1<", "client 2<", "1 | 2 3",
                           "a&lt;b &amp; c", "This run gave up availability"}) {
    EXPECT_NE(picture.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(picture.find("a<b"), std::string::npos);
}

}  // namespace
}  // namespace quorate::sim
