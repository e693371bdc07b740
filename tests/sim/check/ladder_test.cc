// Each level of the ladder can hold and can break, and each stands on those below it.
#include "sim/check/ladder.h"

#include <gtest/gtest.h>

#include "sim/check/freshness.h"
#include "sim/run/run.h"
#include "sim/swarm/swarm.h"
#include "tests/sim/sim_fixture.h"

namespace quorate::sim {
namespace {

using Standing = RungVerdict::Standing;

const Key kKey = key_of("k");

struct LadderTest : ::testing::Test {
  TestCluster cluster;

  Ladder climb_all() {
    Supersession supersession(cluster.ledger(), cluster->history(), cluster->options().buckets);
    return climb(gather(*cluster, cluster->history(), cluster.ledger(), supersession, {kKey}));
  }
  Freshness freshness() {
    Supersession supersession(cluster.ledger(), cluster->history(), cluster->options().buckets);
    return freshness_of(
        gather(*cluster, cluster->history(), cluster.ledger(), supersession, {kKey}));
  }
  // A moment after whatever was before.
  const Operation& call(SimClient& client, ClientStep step) {
    cluster->run_for(from_ms(1));
    return cluster.call(client, std::move(step));
  }
  void repair() {
    cluster->heal();
    cluster->run_for(from_seconds(3));
    cluster.call(cluster.client(), get("k").all());
    cluster->run_for(from_seconds(1));
  }
  Standing standing(const Ladder& ladder, Rung rung) { return ladder.verdict(rung).standing; }
};

TEST_F(LadderTest, majorities_without_faults_reach_the_top) {
  SimClient& client = cluster.client_at({1});
  for (int i = 0; i < 5; ++i) {
    call(client, put("k", std::to_string(i)).session());
    call(client, get("k").session());
  }
  call(client, del("k").session());
  call(client, get("k").session());
  const Ladder ladder = climb_all();
  for (const RungVerdict& each : ladder.rungs) {
    EXPECT_EQ(each.standing, Standing::kHeld) << rung_name(each.rung) << "\n" << each.witness;
    EXPECT_TRUE(each.counts) << rung_name(each.rung);
  }
  EXPECT_EQ(ladder.strongest, Rung::kLinearizable);
  EXPECT_FALSE(ladder.next);
  EXPECT_EQ(ladder.staleness.k_at_most, 1u);
  EXPECT_EQ(freshness().stale.size(), 0u);
}

// One client writes on one side of a cut and reads on the other.
TEST_F(LadderTest, a_stale_read_after_the_own_write_breaks_read_your_writes) {
  call(cluster.client_at({1}), put("k", "old").w(3));
  cluster->isolate(3);
  SimClient& client = cluster.client();
  call(client, put("k", "new").at(1));
  call(client, get("k").r(1).at(3));
  repair();
  const Ladder ladder = climb_all();
  EXPECT_EQ(standing(ladder, Rung::kReadYourWrites), Standing::kBroken);
  EXPECT_EQ(standing(ladder, Rung::kMonotonicReads), Standing::kHeld);
  EXPECT_EQ(standing(ladder, Rung::kSessions), Standing::kBroken);
  EXPECT_EQ(standing(ladder, Rung::kTwoAtomic), Standing::kHeld);
  EXPECT_EQ(standing(ladder, Rung::kRegular), Standing::kBroken);
  EXPECT_EQ(standing(ladder, Rung::kLinearizable), Standing::kBroken);
  EXPECT_EQ(ladder.next, Rung::kReadYourWrites);
  EXPECT_NE(ladder.witness.find("put default/k = new"), std::string::npos) << ladder.witness;
  EXPECT_EQ(ladder.staleness.k_at_least, 2u);
  EXPECT_EQ(ladder.staleness.k_at_most, 2u);
}

TEST_F(LadderTest, a_reader_that_goes_from_a_fresh_replica_to_a_stale_one_breaks_monotonic_reads) {
  call(cluster.client_at({1}), put("k", "old").w(3));
  cluster->isolate(3);
  call(cluster.client_at({1}), put("k", "new"));
  SimClient& reader = cluster.client();
  call(reader, get("k").r(1).at(1));
  call(reader, get("k").r(1).at(3));
  repair();
  const Ladder ladder = climb_all();
  EXPECT_EQ(standing(ladder, Rung::kMonotonicReads), Standing::kBroken);
  EXPECT_EQ(standing(ladder, Rung::kReadYourWrites), Standing::kHeld);
  EXPECT_FALSE(ladder.verdict(Rung::kLinearizable).counts);
}

// Both sides of a cut serve: the second write does not come after the first.
TEST_F(LadderTest, blind_writes_on_two_sides_break_monotonic_writes) {
  cluster->isolate(3);
  SimClient& writer = cluster.client();
  call(writer, put("k", "first").w(1).at(1));
  call(writer, put("k", "second").w(1).at(3));
  repair();
  const Ladder ladder = climb_all();
  EXPECT_EQ(standing(ladder, Rung::kMonotonicWrites), Standing::kBroken)
      << ladder.verdict(Rung::kMonotonicWrites).witness;
  EXPECT_EQ(standing(ladder, Rung::kWritesFollowReads), Standing::kHeld);
  // The read after healing showed two siblings.
  EXPECT_EQ(standing(ladder, Rung::kLinearizable), Standing::kBroken);
  EXPECT_NE(ladder.verdict(Rung::kLinearizable).witness.find(":siblings"), std::string::npos)
      << ladder.verdict(Rung::kLinearizable).witness;
  EXPECT_EQ(ladder.staleness.k_at_most, 2u);
}

TEST_F(LadderTest, a_sibling_that_was_asked_for_breaks_no_order_of_writes) {
  SimClient& writer = cluster.client_at({1});
  call(writer, put("k", "first").w(3));
  call(writer, put("k", "second").none().w(3));
  repair();
  const Ladder ladder = climb_all();
  EXPECT_EQ(standing(ladder, Rung::kMonotonicWrites), Standing::kHeld);
  EXPECT_EQ(standing(ladder, Rung::kLinearizable), Standing::kBroken);
}

TEST_F(LadderTest, an_answer_written_without_its_question_breaks_writes_follow_reads) {
  cluster->isolate(3);
  call(cluster.client_at({1}), put("k", "question").w(1));
  SimClient& writer = cluster.client();
  call(writer, get("k").r(1).at(1));
  call(writer, put("k", "answer").w(1).at(3));
  call(cluster.client_at({3}), get("k").r(1));
  repair();
  const Ladder ladder = climb_all();
  EXPECT_EQ(standing(ladder, Rung::kWritesFollowReads), Standing::kBroken);
  EXPECT_EQ(standing(ladder, Rung::kMonotonicWrites), Standing::kHeld);
}

TEST_F(LadderTest, a_read_three_versions_behind_is_four_atomic) {
  call(cluster.client_at({1}), put("k", "0").w(3));
  cluster->isolate(3);
  for (const char* value : {"1", "2", "3"}) call(cluster.client_at({1}), put("k", value));
  call(cluster.client_at({3}), get("k").r(1));
  repair();
  const Ladder ladder = climb_all();
  EXPECT_EQ(ladder.staleness.k_at_least, 4u);
  EXPECT_EQ(ladder.staleness.k_at_most, 4u);
  EXPECT_EQ(standing(ladder, Rung::kTwoAtomic), Standing::kBroken);
  EXPECT_EQ(ladder.next, Rung::kTwoAtomic);
  const Freshness fresh = freshness();
  ASSERT_EQ(fresh.stale.size(), 1u);
  EXPECT_EQ(fresh.worst()->versions, 3);
  EXPECT_EQ(fresh.reads, 2u);
  EXPECT_EQ(fresh.worst()->behind,
            fresh.worst()->read->invoked - fresh.worst()->missed_first->finished);
  EXPECT_EQ(fresh.versions.max, 3);
  EXPECT_EQ(fresh.versions.p50, 0);
  EXPECT_EQ(fresh.stale_ppm(), 500'000u);
}

TEST_F(LadderTest, nothing_counts_when_an_acknowledged_write_is_lost) {
  call(cluster.client_at({1}), put("k", "v").w(3));
  for (const NodeId node : cluster->node_ids()) cluster->forget_row(node, kKey);
  const Ladder ladder = climb_all();
  EXPECT_EQ(ladder.next, Rung::kDurable);
  EXPECT_FALSE(ladder.strongest);
  EXPECT_EQ(standing(ladder, Rung::kLinearizable), Standing::kHeld);
  EXPECT_FALSE(ladder.verdict(Rung::kLinearizable).counts);
}

TEST_F(LadderTest, replicas_that_differ_leave_it_at_durable) {
  call(cluster.client_at({1}), put("k", "v").w(3));
  cluster->forget_row(2, kKey);
  const Ladder ladder = climb_all();
  EXPECT_EQ(ladder.strongest, Rung::kDurable);
  EXPECT_EQ(ladder.next, Rung::kConvergent);
}

TEST(Distribution, is_by_nearest_rank) {
  std::vector<std::int64_t> values;
  for (int i = 200; i >= 1; --i) values.push_back(i);
  const Distribution of_200 = distribution_of(values);
  EXPECT_EQ(of_200.p50, 100);
  EXPECT_EQ(of_200.p90, 180);
  EXPECT_EQ(of_200.p99, 198);
  EXPECT_EQ(of_200.max, 200);
  EXPECT_EQ(distribution_of({7}).p50, 7);
  EXPECT_EQ(distribution_of({}).max, 0);
}

// In random worlds: what counts rests on what counts, and the rungs agree where they must.
TEST(Ladder, is_consistent_in_random_worlds) {
  std::size_t reached[kRungCount] = {};
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const RunPlan plan = draw_plan(seed);
    sim::Run run(plan);
    run.play();
    const Ladder ladder = climb(run.evidence());
    ASSERT_EQ(ladder.rungs.size(), kRungCount);
    for (const RungVerdict& each : ladder.rungs) {
      EXPECT_NE(each.standing, Standing::kUndecided) << seed << rung_name(each.rung);
      EXPECT_EQ(each.witness.empty(), each.standing == Standing::kHeld) << seed;
    }
    if (ladder.strongest) ++reached[static_cast<std::size_t>(*ladder.strongest)];
    const bool one_copy = ladder.verdict(Rung::kLinearizable).standing == Standing::kHeld;
    EXPECT_EQ(one_copy, ladder.staleness.k_at_most == 1) << seed;
    if (one_copy) {
      EXPECT_EQ(ladder.verdict(Rung::kRegular).standing, Standing::kHeld)
          << seed << ladder.verdict(Rung::kRegular).witness;
    }
  }
  for (std::size_t level = 0; level < kRungCount; ++level) {
    RecordProperty(rung_name(static_cast<Rung>(level)), static_cast<int>(reached[level]));
  }
}

}  // namespace
}  // namespace quorate::sim
