// What a request promises (DESIGN 2.5), on the real core.
#include "tests/sim/sim_fixture.h"

namespace quorate::sim {
namespace {

using Values = std::vector<std::string>;

TEST(Quorum, is_met_with_one_of_three_nodes_down) {
  TestCluster cluster;
  cluster->crash(3);
  const Operation& write = cluster.call(cluster.client_at({1}), put("k", "v"));
  EXPECT_EQ(write.outcome, Outcome::kOk) << to_string(write);
  EXPECT_EQ(write.reply.needed, 2u);
  EXPECT_EQ(write.reply.reached, 2u);
  EXPECT_EQ(write.reply.replicas, 3u);
  EXPECT_EQ(values_of(cluster.call(cluster.client_at({2}), get("k"))), Values{"v"});
  cluster.expect_sound();
  EXPECT_EQ(values_on(*cluster, 3, key_of("k")), Values{"v"});
}

TEST(Quorum, minority_side_refuses_at_once_and_has_stored_nothing) {
  TestCluster cluster;
  cluster->isolate(1);
  cluster->run_for(from_seconds(3));  // the circuits open
  SimClient& client = cluster.client_at({1});
  const Operation& write = cluster.call(client, put("k", "v"));
  EXPECT_EQ(write.outcome, Outcome::kNotApplied);
  EXPECT_EQ(write.reason, Reason::kQuorumUnreachable);
  EXPECT_LT(write.finished - write.invoked, from_ms(10));
  EXPECT_FALSE(write.reply.detail.empty());
  EXPECT_EQ(cluster->row(1, key_of("k")), nullptr);

  const Operation& read = cluster.call(client, get("k"));
  EXPECT_EQ(read.outcome, Outcome::kNotApplied);
  EXPECT_LT(read.finished - read.invoked, from_ms(10));

  // The majority side goes on.
  EXPECT_EQ(cluster.call(cluster.client_at({2}), put("k", "w")).outcome, Outcome::kOk);
  cluster.expect_sound();
  EXPECT_EQ(values_on(*cluster, 1, key_of("k")), Values{"w"});
}

TEST(Quorum, both_sides_serve_when_one_answer_is_enough) {
  TestCluster cluster;
  cluster->isolate(1);
  cluster->run_for(from_seconds(3));
  EXPECT_EQ(cluster.call(cluster.client_at({1}), put("k", "left").w(1)).outcome, Outcome::kOk);
  EXPECT_EQ(cluster.call(cluster.client_at({2}), put("k", "right").w(1)).outcome, Outcome::kOk);
  EXPECT_EQ(values_of(cluster.call(cluster.client_at({1}), get("k").r(1))), Values{"left"});
  EXPECT_EQ(values_of(cluster.call(cluster.client_at({2}), get("k").r(1))), Values{"right"});
  cluster.expect_sound();
  for (const NodeId node : cluster->node_ids()) {
    EXPECT_EQ(values_on(*cluster, node, key_of("k")), (Values{"left", "right"}));
  }
}

TEST(Quorum, is_unknown_when_it_may_have_been_applied) {
  TestCluster cluster;
  cluster->isolate(1);  // and nobody has noticed yet
  const Operation& write =
      cluster.call(cluster.client_at({1}), put("k", "v").deadline(from_ms(300)));
  EXPECT_EQ(write.outcome, Outcome::kUnknown);
  EXPECT_EQ(write.reason, Reason::kDeadline);
  EXPECT_EQ(values_on(*cluster, 1, key_of("k")), Values{"v"});
  cluster.expect_sound();  // and it surfaces
  EXPECT_EQ(values_on(*cluster, 3, key_of("k")), Values{"v"});
}

TEST(Quorum, a_read_ends_at_its_deadline_when_nobody_else_answers) {
  TestCluster cluster;
  cluster->isolate(1);
  const Operation& read = cluster.call(cluster.client_at({1}), get("k").deadline(from_ms(300)));
  EXPECT_EQ(read.outcome, Outcome::kNotApplied);
  EXPECT_EQ(read.reason, Reason::kDeadline);
  EXPECT_LE(read.finished - read.invoked, from_ms(303));
}

// r + w > n, through any two nodes, over links that jitter, lose and repeat.
TEST(Quorum, a_read_of_two_after_a_write_of_two_is_always_fresh) {
  ClusterOptions options = plain_options();
  options.node_links.latency = Latency::uniform(from_us(50), from_ms(20));
  options.node_links.loss_ppm = 100'000;
  options.node_links.duplicate_ppm = 100'000;
  TestCluster cluster(options);
  Random random(3);
  int answered = 0;
  for (int round = 0; round < 300; ++round) {
    const std::string value = "v" + std::to_string(round);
    const auto writer = static_cast<NodeId>(1 + random.below(3));
    const auto reader = static_cast<NodeId>(1 + random.below(3));
    const Operation& write = cluster.call(cluster.client_at({writer}), put("k", value));
    const Operation& read = cluster.call(cluster.client_at({reader}), get("k"));
    if (!write.acknowledged() || !read.answered_read()) continue;
    ++answered;
    const Values values = values_of(read);
    EXPECT_TRUE(std::find(values.begin(), values.end(), value) != values.end()) << to_string(read);
  }
  EXPECT_GT(answered, 280);
  cluster.expect_sound();
}

TEST(Quorum, one_answer_may_be_stale) {
  TestCluster cluster;
  cluster->isolate(3);
  cluster.call(cluster.client_at({1}), put("k", "v"));
  EXPECT_EQ(cluster.call(cluster.client_at({3}), get("k").r(1)).outcome, Outcome::kNotFound);
  cluster.expect_sound();
}

TEST(Quorum, a_single_node_serves_alone) {
  TestCluster cluster(plain_options(1));
  SimClient& client = cluster.client_at({1});
  EXPECT_EQ(cluster.call(client, put("k", "v")).outcome, Outcome::kOk);
  EXPECT_EQ(values_of(cluster.call(client, get("k"))), Values{"v"});
  EXPECT_EQ(cluster.call(client, del("k")).outcome, Outcome::kOk);
  EXPECT_EQ(cluster.call(client, get("k")).outcome, Outcome::kNotFound);
  cluster.expect_sound();
}

TEST(Quorum, what_cannot_be_met_is_invalid) {
  TestCluster cluster;
  SimClient& client = cluster.client_at({1});
  for (const Step& step : {put("k", "v").w(4), put("k", "v").w(0), get("k").r(4), get("k").r(0)}) {
    const Operation& operation = cluster.call(client, step);
    EXPECT_EQ(operation.outcome, Outcome::kInvalid) << to_string(operation);
    EXPECT_EQ(operation.reason, Reason::kQuorumImpossible) << to_string(operation);
  }
  const Operation& lost = cluster.call(client, get("k", "default"));
  EXPECT_EQ(lost.outcome, Outcome::kNotFound);
}

TEST(Delete, stays_deleted_when_a_replica_that_missed_it_returns) {
  TestCluster cluster;
  SimClient& client = cluster.client_at({1});
  cluster.call(client, put("k", "v").w(3));
  cluster->crash(3);
  EXPECT_EQ(cluster.call(client, del("k")).outcome, Outcome::kOk);
  cluster->restart(3);
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  EXPECT_EQ(values_on(*cluster, 3, key_of("k")), Values{"v"});
  EXPECT_EQ(cluster.call(cluster.client_at({3}), get("k")).outcome, Outcome::kNotFound);
  cluster.expect_sound();
  EXPECT_EQ(cluster.call(cluster.client_at({3}), get("k").r(1)).outcome, Outcome::kNotFound);
}

TEST(Delete, without_a_token_removes_what_a_quorum_knows) {
  TestCluster cluster;
  cluster->isolate(3);
  cluster.call(cluster.client_at({1}), put("k", "v"));
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  // Node 3 coordinates, and has not got the value.
  EXPECT_EQ(cluster.call(cluster.client_at({3}), del("k")).outcome, Outcome::kOk);
  EXPECT_EQ(cluster.call(cluster.client_at({1}), get("k")).outcome, Outcome::kNotFound);
  cluster.expect_sound();
}

TEST(Siblings, of_blind_puts_on_both_sides_are_kept_until_somebody_resolves_them) {
  TestCluster cluster;
  cluster.call(cluster.client_at({1}), put("k", "old").w(3));
  cluster->isolate(1);
  cluster->run_for(from_seconds(3));
  cluster.call(cluster.client_at({1}), put("k", "left").w(1));
  cluster.call(cluster.client_at({2}), put("k", "right"));
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  SimClient& client = cluster.client_at({3});
  const Operation& read = cluster.call(client, get("k").all());
  EXPECT_EQ(values_of(read), (Values{"left", "right"}));
  ASSERT_TRUE(read.reply.token);
  EXPECT_EQ(cluster.call(client, put("k", "both").token(*read.reply.token)).outcome, Outcome::kOk);
  EXPECT_EQ(values_of(cluster.call(cluster.client_at({1}), get("k"))), Values{"both"});
  cluster.expect_sound();
}

TEST(Siblings, a_write_that_saw_one_of_two_replaces_only_that_one) {
  TestCluster cluster;
  SimClient& client = cluster.client_at({1});
  cluster.call(client, put("k", "a").none());
  const Operation& read = cluster.call(client, get("k"));
  cluster.call(client, put("k", "b").none());
  cluster.call(client, put("k", "a2").token(*read.reply.token));
  EXPECT_EQ(values_of(cluster.call(client, get("k"))), (Values{"a2", "b"}));
  cluster.expect_sound();
}

TEST(Siblings, past_the_limit_a_write_is_not_applied_and_a_merge_is_accepted) {
  ClusterOptions options = plain_options();
  Bucket bucket = *options.buckets.find("default");
  bucket.siblings_max = 4;
  ASSERT_TRUE(options.buckets.add(bucket));
  TestCluster cluster(options);
  cluster->isolate(1);
  cluster->run_for(from_seconds(3));
  for (int i = 0; i < 4; ++i) {
    const std::string number = std::to_string(i);
    cluster.call(cluster.client_at({1}), put("k", "l" + number).none().w(1));
    cluster.call(cluster.client_at({2}), put("k", "r" + number).none().w(1));
  }
  const Operation& refused = cluster.call(cluster.client_at({1}), put("k", "l4").none().w(1));
  EXPECT_EQ(refused.outcome, Outcome::kNotApplied);
  EXPECT_EQ(refused.reason, Reason::kTooManySiblings);
  cluster.expect_sound();
  EXPECT_EQ(values_on(*cluster, 3, key_of("k")).size(), 8u);
}

}  // namespace
}  // namespace quorate::sim
