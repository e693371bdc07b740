// The same seed is the same run: twice, with the wire codec in the path, and with somebody
// watching.
#include <gtest/gtest.h>

#include <cstdio>

#include "sim/report/trace_printer.h"
#include "sim/run/run.h"
#include "sim/swarm/swarm.h"
#include "tests/sim/sim_fixture.h"

namespace quorate::sim {
namespace {

constexpr std::uint64_t kSeeds = 25;

TEST(Determinism, one_seed_gives_one_trace_hash) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    EXPECT_EQ(run_plan(draw_plan(seed)).trace_hash, run_plan(draw_plan(seed)).trace_hash)
        << "seed " << seed;
  }
}

TEST(Determinism, different_seeds_give_different_trace_hashes) {
  EXPECT_NE(run_plan(draw_plan(1)).trace_hash, run_plan(draw_plan(2)).trace_hash);
}

TEST(Determinism, the_wire_codec_in_the_path_changes_nothing) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    RunPlan plan = draw_plan(seed);
    const std::uint64_t plain = run_plan(plan).trace_hash;
    plan.cluster.codec = true;
    EXPECT_EQ(run_plan(plan).trace_hash, plain) << "seed " << seed;
  }
}

TEST(Determinism, a_watcher_changes_nothing) {
  std::FILE* nowhere = std::fopen("/dev/null", "w");
  ASSERT_NE(nowhere, nullptr);
  TracePrinter printer(nowhere);
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const RunPlan plan = draw_plan(seed);
    EXPECT_EQ(run_plan(plan).trace_hash, run_plan(plan, &printer).trace_hash) << "seed " << seed;
  }
  std::fclose(nowhere);
}

// Nobody at all watching: no ledger, whose look at the rows must not show.
TEST(Determinism, an_unobserved_cluster_runs_the_same) {
  const auto run = [](bool observed) {
    Ledger ledger;
    ClusterOptions options = plain_options();
    options.node_links.loss_ppm = 50'000;
    Cluster cluster(options);
    if (observed) cluster.observe(ledger);
    SimClient& client = cluster.add_client();
    for (int i = 0; i < 50; ++i) client.enqueue(put("k", std::to_string(i)).session());
    cluster.run_for(from_seconds(20));
    return cluster.trace_hash();
  };
  EXPECT_EQ(run(true), run(false));
}

}  // namespace
}  // namespace quorate::sim
