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
    EXPECT_EQ(count_of(text, title), 3u) << "timelines, table, sentence: " << title;
  }
  EXPECT_EQ(count_of(text, "This run gave up"), 3u);
  EXPECT_EQ(count_of(text, "  kvsim run corners\n"), 3u);
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
