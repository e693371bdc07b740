// Many seeds in several processes.
#include "sim/sweep/sweep.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

namespace quorate::sim {
namespace {

struct Collector final : SweepWatcher {
  std::vector<SeedResult> failed;
  std::uint64_t seeds_max = ~std::uint64_t{0};

  void on_failed_seed(const SeedResult& result) override { failed.push_back(result); }
  bool go_on(const SweepTally& so_far) override { return so_far.seeds < seeds_max; }

  std::vector<std::uint64_t> failed_seeds() const {
    std::vector<std::uint64_t> seeds;
    for (const SeedResult& result : failed) seeds.push_back(result.seed);
    std::sort(seeds.begin(), seeds.end());
    return seeds;
  }
};

SeedResult harmless(std::uint64_t seed) {
  SeedResult result;
  result.seed = seed;
  result.tally.seeds = 1;
  result.tally.trace_hash = seed * 3;
  return result;
}

TEST(Sweep, the_number_of_workers_changes_nothing_of_the_sum) {
  const auto play = [](std::uint64_t seed) { return play_seed(seed, false); };
  Collector watcher;
  Result<SweepTally> alone = sweep({.first = 1, .last = 40, .jobs = 1}, play, watcher);
  Result<SweepTally> three = sweep({.first = 1, .last = 40, .jobs = 3}, play, watcher);
  ASSERT_TRUE(alone);
  ASSERT_TRUE(three);
  EXPECT_EQ(alone->seeds, 40u);
  EXPECT_GT(alone->messages, 0u);
  EXPECT_EQ(alone->trace_hash, three->trace_hash);
  EXPECT_EQ(alone->operations, three->operations);
  EXPECT_EQ(alone->messages, three->messages);
  EXPECT_EQ(alone->traces, three->traces);
}

TEST(Sweep, the_wire_codec_in_the_path_changes_nothing_of_the_sum) {
  Collector watcher;
  const auto hash = [&watcher](bool codec) {
    const auto play = [codec](std::uint64_t seed) { return play_seed(seed, codec); };
    return sweep({.first = 1, .last = 20, .jobs = 2}, play, watcher)->trace_hash;
  };
  EXPECT_EQ(hash(true), hash(false));
}

TEST(Sweep, every_seed_is_played_once_also_when_there_are_fewer_than_workers) {
  for (const std::uint64_t last : {5u, 6u, 7u, 30u}) {
    Collector watcher;
    const Result<SweepTally> sum = sweep({.first = 5, .last = last, .jobs = 4}, harmless, watcher);
    ASSERT_TRUE(sum);
    EXPECT_EQ(sum->seeds, last - 4);
    EXPECT_EQ(sum->trace_hash, 3 * (last * (last + 1) / 2 - 10));
  }
}

TEST(Sweep, a_world_that_aborts_is_a_failed_seed_with_its_last_words_and_the_others_go_on) {
  const auto play = [](std::uint64_t seed) {
    QUORATE_CHECK_MSG(seed != 7 && seed != 8, "seven and eight are bad");
    return harmless(seed);
  };
  Collector watcher;
  const Result<SweepTally> sum = sweep({.first = 1, .last = 20, .jobs = 2}, play, watcher);
  ASSERT_TRUE(sum);
  EXPECT_EQ(sum->seeds, 20u);
  EXPECT_EQ(sum->failed, 2u);
  EXPECT_EQ(sum->crashed, 2u);
  EXPECT_EQ(watcher.failed_seeds(), (std::vector<std::uint64_t>{7, 8}));
  ASSERT_EQ(watcher.failed.front().violations.size(), 1u);
  EXPECT_EQ(watcher.failed.front().violations[0].property, kProgramSurvives);
  EXPECT_NE(watcher.failed.front().violations[0].witness.find("seven and eight are bad"),
            std::string::npos);
}

TEST(Sweep, a_world_that_does_not_end_is_killed_and_named) {
  const auto play = [](std::uint64_t seed) {
    while (seed == 2) pause();
    return harmless(seed);
  };
  Collector watcher;
  const Result<SweepTally> sum =
      sweep({.first = 1, .last = 3, .jobs = 1, .seconds_max = 1}, play, watcher);
  ASSERT_TRUE(sum);
  EXPECT_EQ(sum->seeds, 3u);
  EXPECT_EQ(watcher.failed_seeds(), (std::vector<std::uint64_t>{2}));
  EXPECT_NE(watcher.failed[0].violations[0].witness.find("too long"), std::string::npos);
}

TEST(Sweep, ends_when_its_watcher_has_seen_enough) {
  Collector watcher;
  watcher.seeds_max = 10;
  const auto slowly = [](std::uint64_t seed) {
    if (seed > 10) pause();
    return harmless(seed);
  };
  const Result<SweepTally> sum = sweep({.first = 1, .last = 1'000'000, .jobs = 1}, slowly, watcher);
  ASSERT_TRUE(sum);
  EXPECT_EQ(sum->seeds, 10u);
}

TEST(Sweep, a_seed_is_not_converged_only_when_nothing_else_failed) {
  RunReport report;
  report.violations = {{kReplicasConverge, ""}};
  EXPECT_EQ(tally_of(1, report).not_converged, 1u);
  report.violations.push_back({"acknowledged writes survive", ""});
  EXPECT_EQ(tally_of(1, report).not_converged, 0u);
  EXPECT_EQ(tally_of(1, report).failed, 1u);
}

TEST(Sweep, names_the_branches_that_no_run_reached) {
  SweepTally tally;
  tally.traces.fill(1);
  tally.traces[static_cast<std::size_t>(TraceKind::kForgot)] = 0;
  tally.traces[static_cast<std::size_t>(TraceKind::kContextCollision)] = 0;
  EXPECT_EQ(branches_missed(tally), std::vector<TraceKind>{TraceKind::kForgot});
}

TEST(SeedResult, survives_its_bytes_also_when_they_come_piece_by_piece) {
  SeedResult result = harmless(12);
  result.tally.traces[3] = 9;
  result.violations = {{"a property", "a witness\nof two lines"}, {"another", ""}};
  const std::string bytes = pack(result);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    std::string_view part(bytes.data(), size);
    EXPECT_FALSE(unpack(part));
    EXPECT_EQ(part.size(), size);
  }
  const std::string twice = bytes + bytes;
  std::string_view whole = twice;
  const auto first = unpack(whole);
  ASSERT_TRUE(first);
  EXPECT_EQ(whole, bytes);
  EXPECT_EQ(first->seed, 12u);
  EXPECT_EQ(first->tally.traces[3], 9u);
  ASSERT_EQ(first->violations.size(), 2u);
  EXPECT_EQ(first->violations[0].witness, "a witness\nof two lines");
  EXPECT_EQ(first->violations[1].property, "another");
}

}  // namespace
}  // namespace quorate::sim
