#include "client/kvbench/summary.h"

#include <gtest/gtest.h>

namespace quorate::client::kvbench {
namespace {

constexpr auto kPut = static_cast<std::size_t>(OperationKind::kPut);
constexpr auto kGet = static_cast<std::size_t>(OperationKind::kGet);

// So many puts, each of so long, in two seconds.
Repetition puts(std::uint64_t count, std::int64_t ns) {
  Repetition one;
  one.seconds = 2;
  one.done[kPut] = count;
  one.outcomes.ok = count;
  for (std::uint64_t i = 0; i < count; ++i) one.latencies[kPut].record(ns);
  one.own_cpu_ns = 200'000'000;
  return one;
}

Options options_of(const char* mix) {
  Options options;
  options.mix = find_mix(mix);
  return options;
}

TEST(Summary, HasTheMedianOfEachFigureAndItsExtremes) {
  const Summary summary =
      summarize({puts(200, 100), puts(1'000, 50), puts(400, 200)}, options_of("put"));
  EXPECT_EQ(summary.median.per_second, 200);
  EXPECT_EQ(summary.least.per_second, 100);
  EXPECT_EQ(summary.most.per_second, 500);
  EXPECT_EQ(summary.median.p99_ns, 100);
  EXPECT_EQ(summary.median.own_cpu_percent, 10);
  EXPECT_EQ(summary.outcomes.ok, 1'600u);
  EXPECT_TRUE(summary.warnings.empty());
}

TEST(Summary, BetweenTwoTheMedianIsTheirMean) {
  const Summary summary = summarize({puts(200, 100), puts(400, 50)}, options_of("put"));
  EXPECT_EQ(summary.median.per_second, 150);
  EXPECT_EQ(summary.median.p50_ns, 75);
}

TEST(Summary, ServersCostsAreForEachOperationAndOnlyTheKnownOnesAreTold) {
  Repetition one = puts(1'000, 50);
  one.servers = Usage{50'000'000, 2'000'000, true};
  Summary summary = summarize({one}, options_of("put"));
  EXPECT_EQ(summary.median.server_cpu_us, 50);
  EXPECT_EQ(summary.median.written_bytes, 2'000);
  Repetition other = puts(1'000, 50);
  summary = summarize({one, other}, options_of("put"));
  EXPECT_FALSE(summary.median.server_cpu_us) << "a median of some would pass for one of all";
  one.servers->written_known = false;
  summary = summarize({one}, options_of("put"));
  EXPECT_TRUE(summary.median.server_cpu_us);
  EXPECT_FALSE(summary.median.written_bytes);
}

TEST(Summary, KindsOfOperationsAreToldApart) {
  Repetition one = puts(100, 100);
  one.done[kGet] = 300;
  for (int i = 0; i < 300; ++i) one.latencies[kGet].record(10);
  const Summary summary = summarize({one}, options_of("mixed"));
  ASSERT_EQ(summary.kinds.size(), 2u);
  EXPECT_EQ(summary.kinds[0].kind, OperationKind::kGet);
  EXPECT_EQ(summary.kinds[0].median.per_second, 150);
  EXPECT_EQ(summary.kinds[1].median.p50_ns, 100);
  EXPECT_EQ(summary.median.per_second, 200);
  EXPECT_EQ(summary.median.p50_ns, 10);
}

TEST(Summary, WarnsWhenTheFiguresAreNotThoseOfTheStore) {
  Repetition busy = puts(100, 100);
  busy.own_cpu_ns = 1'900'000'000;
  Summary summary = summarize({busy}, options_of("put"));
  ASSERT_EQ(summary.warnings.size(), 1u);
  EXPECT_NE(summary.warnings[0].find("95 % of one core"), std::string::npos);

  Options open = options_of("put");
  open.rate = 100;
  Repetition behind = puts(100, 100);
  behind.never_started = 7;
  summary = summarize({behind}, open);
  ASSERT_EQ(summary.warnings.size(), 2u);
  EXPECT_NE(summary.warnings[0].find("did not keep up"), std::string::npos);
  EXPECT_NE(summary.warnings[1].find("never sent"), std::string::npos);
}

TEST(Summary, TheExitCodeIsThatOfTheWorstOutcome) {
  Outcomes outcomes;
  outcomes.ok = 10;
  EXPECT_EQ(exit_code(outcomes), ExitCode::kDone);
  outcomes.not_found = 1;
  EXPECT_EQ(exit_code(outcomes), ExitCode::kNotFound);
  outcomes.unreachable = 1;
  EXPECT_EQ(exit_code(outcomes), ExitCode::kNotApplied);
  outcomes.ok = 0;
  EXPECT_EQ(exit_code(outcomes), ExitCode::kNoConnection);
  outcomes.unknown = 1;
  EXPECT_EQ(exit_code(outcomes), ExitCode::kUnknown);
}

}  // namespace
}  // namespace quorate::client::kvbench
