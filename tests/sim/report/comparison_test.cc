#include <gtest/gtest.h>

#include "sim/report/run_report.h"
#include "tests/sim/report/sample_plans.h"

namespace quorate::sim {
namespace {

RunSummary corner(std::uint32_t r, std::uint32_t w) {
  RunPlan plan = split_plan();
  Bucket bucket = *plan.cluster.buckets.find("default");
  bucket.r = r;
  bucket.w = w;
  EXPECT_TRUE(plan.cluster.buckets.add(bucket));
  return summary_of(plan, {.name = "corners",
                           .variant = "r=" + std::to_string(r) + " w=" + std::to_string(w),
                           .replay = "kvsim run corners"});
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST(Comparison, VariantsStandBesideOneAnotherUnderOneSchedule) {
  const std::string text = comparison_text({corner(2, 2), corner(1, 3), corner(3, 1)}, {});
  EXPECT_NE(text.find("3 variants"), std::string::npos);
  EXPECT_EQ(count_of(text, "\n  node 1 "), 1u) << "the same faults are shown once";
  EXPECT_EQ(count_of(text, "\n  client 1 "), 3u);
  for (const char* title : {"r=2 w=2", "r=1 w=3", "r=3 w=1"}) {
    EXPECT_EQ(count_of(text, title), 4u) << "timelines, two tables, sentence: " << title;
  }
  EXPECT_EQ(count_of(text, "This run gave up"), 3u);
  EXPECT_EQ(count_of(text, "  kvsim run corners\n"), 3u);
}

TEST(Comparison, EachSideOfACutIsHeldAgainstTheSameSideUnderTheOthers) {
  const std::string text = comparison_text({corner(2, 2), corner(1, 3)}, {});
  EXPECT_NE(text.find("the cut 1 | 2 3"), std::string::npos) << text;
  EXPECT_NE(text.find("A, node 1: writes"), std::string::npos) << text;
  EXPECT_NE(text.find("B, nodes 2 3: writes"), std::string::npos) << text;
}

TEST(Comparison, EndsEachVariantWithItsVerdict) {
  RunSummary bad = corner(2, 2);
  bad.violations.push_back({"replicas converge", "a witness"});
  bad.violations.push_back({"on purpose", "a witness"});
  bad.expectations.push_back({"violates: on purpose", true, ""});
  bad.expectations.push_back({"stale reads: 1", false, "there were 0"});
  RunSummary good = corner(1, 3);
  good.expectations.push_back({"stale reads: 0", true, "there were 0"});
  const std::string text = comparison_text({bad, good}, {.width = 200});
  EXPECT_NE(text.find("verdict: VIOLATED: replicas converge; NOT as expected, 1 of 2 expectations: "
                      "stale reads: 1 (there were 0)\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("verdict: every property held, and the expectation was met\n"),
            std::string::npos)
      << text;
}

TEST(Comparison, OneRunIsAReport) {
  const RunSummary summary = corner(2, 2);
  EXPECT_EQ(comparison_text({summary}, {}), report_text(summary, {}));
  EXPECT_EQ(comparison_text({}, {}), "");
}

TEST(Comparison, DifferentSchedulesAreShownEach) {
  RunSummary other = summary_of(crash_plan(), {.name = "corners", .variant = "crash"});
  const std::string text = comparison_text({corner(2, 2), other}, {});
  EXPECT_EQ(count_of(text, "\n  node 1 "), 2u);
}

}  // namespace
}  // namespace quorate::sim
