// Retries under one request id: joined, replayed, forwarded; never applied twice (DESIGN 2.5).
#include "tests/sim/sim_fixture.h"

namespace quorate::sim {
namespace {

using Values = std::vector<std::string>;

SimClient& impatient(TestCluster& cluster, std::vector<NodeId> endpoints) {
  ClientPolicy policy;
  policy.endpoints = std::move(endpoints);
  policy.attempt_timeout = from_ms(20);
  policy.retry_pause = from_ms(1);
  return cluster->add_client(policy);
}

TEST(Retry, joins_the_first_attempt_while_that_is_in_flight) {
  ClusterOptions options = plain_options();
  options.node_links.latency = Latency::constant(from_ms(40));
  TestCluster cluster(options);
  const Operation& write = cluster.call(impatient(cluster, {1}), put("k", "v"));
  EXPECT_TRUE(write.acknowledged()) << to_string(write);
  EXPECT_GT(write.attempts.size(), 1u);
  EXPECT_GE(cluster.ledger().trace_count(TraceKind::kRequestJoinedRetry), 1u);
  EXPECT_EQ(cluster.ledger().of_key(key_of("k")).size(), 1u);
  cluster.expect_sound();
}

TEST(Retry, replays_the_outcome_when_the_answer_was_lost) {
  TestCluster cluster;
  SimClient& client = impatient(cluster, {1});
  cluster->cut(1, client.host());
  cluster->at(cluster->now() + from_ms(15), [&] { cluster->mend(1, client.host()); });
  const Operation& write = cluster.call(client, put("k", "v"));
  EXPECT_TRUE(write.acknowledged()) << to_string(write);
  EXPECT_EQ(write.attempts.size(), 2u);
  EXPECT_GE(cluster.ledger().trace_count(TraceKind::kRequestReplayed), 1u);
  EXPECT_EQ(cluster.ledger().of_key(key_of("k")).size(), 1u);
  EXPECT_EQ(write.reply.dot, cluster.ledger().of_key(key_of("k"))[0]->dot);
  cluster.expect_sound();
}

TEST(Retry, through_another_replica_finds_that_it_was_applied) {
  TestCluster cluster;
  SimClient& client = impatient(cluster, {1, 2});
  cluster->cut(1, client.host());
  const Operation& write = cluster.call(client, put("k", "v"));
  EXPECT_TRUE(write.acknowledged()) << to_string(write);
  EXPECT_EQ(write.attempts.back().endpoint, 2);
  EXPECT_EQ(cluster.ledger().of_key(key_of("k")).size(), 1u);
  cluster.expect_sound();
  EXPECT_EQ(values_on(*cluster, 3, key_of("k")), Values{"v"});
}

TEST(Retry, does_not_bring_back_what_was_overwritten_meanwhile) {
  TestCluster cluster;
  SimClient& client = impatient(cluster, {1, 2});
  cluster->cut(1, client.host());
  cluster->cut(client.host(), 2);
  client.enqueue(put("k", "first"));
  cluster->run_for(from_ms(15));  // applied, its answer lost
  cluster.call(cluster.client_at({2}), put("k", "second"));
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_true([&] { return client.idle(); }, from_seconds(5)));
  EXPECT_TRUE(cluster->history()[*client.last_operation()].acknowledged());
  EXPECT_EQ(values_of(cluster.call(cluster.client_at({3}), get("k"))), Values{"second"});
  cluster.expect_sound();
}

TEST(Retry, with_a_token_is_applied_once_too) {
  TestCluster cluster;
  SimClient& client = impatient(cluster, {1, 2});
  cluster.call(client, put("k", "old").session());
  cluster->cut(1, client.host());
  const Operation& write = cluster.call(client, put("k", "new").session().at(1));
  EXPECT_TRUE(write.acknowledged()) << to_string(write);
  EXPECT_EQ(values_of(cluster.call(cluster.client_at({3}), get("k"))), Values{"new"});
  EXPECT_EQ(cluster.ledger().of_key(key_of("k")).size(), 2u);
  cluster.expect_sound();
}

// One write that two coordinators took, which could not see each other, is two events. The token of
// its acknowledgement names the second; what its holder writes then replaces the first as well.
void apply_twice(TestCluster& cluster, SimClient& client, const Step& step) {
  cluster->isolate(1);
  const Operation& write = cluster.call(client, step);
  EXPECT_TRUE(write.acknowledged()) << to_string(write);
  EXPECT_EQ(cluster.ledger().of_request(write.request.id.low).size(), 2u);
}

TEST(Retry, taken_by_two_coordinators_leaves_no_sibling_when_it_is_replaced) {
  TestCluster cluster;
  SimClient& client = impatient(cluster, {1, 2});
  apply_twice(cluster, client, put("k", "first").session().at(1));
  cluster.call(client, put("k", "second").session().at(2));
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  EXPECT_EQ(values_of(cluster.call(cluster.client_at({3}), get("k").all())), Values{"second"});
  cluster.expect_sound();
  EXPECT_EQ(values_on(*cluster, 1, key_of("k")), (Values{"first", "second"}));  // not shown
  cluster.call(client, put("k", "third").session());
  cluster->run_for(from_seconds(1));
  for (const NodeId node : cluster->node_ids()) {
    EXPECT_EQ(values_on(*cluster, node, key_of("k")), Values{"third"}) << "node " << node;
  }
  cluster.expect_sound();
}

TEST(Retry, taken_by_two_coordinators_is_gone_when_it_is_deleted) {
  TestCluster cluster;
  SimClient& client = impatient(cluster, {1, 2});
  apply_twice(cluster, client, put("k", "first").session().at(1));
  cluster.call(client, del("k").session().at(2));
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  EXPECT_EQ(values_of(cluster.call(cluster.client_at({3}), get("k").all())), Values{});
  cluster.expect_sound();
}

TEST(Retry, taken_by_two_coordinators_is_one_value_beside_a_sibling) {
  TestCluster cluster;
  SimClient& client = impatient(cluster, {1, 2});
  apply_twice(cluster, client, put("k", "first").none().at(1));
  cluster.call(cluster.client_at({2}), put("k", "beside").none());
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  EXPECT_EQ(values_of(cluster.call(cluster.client_at({3}), get("k").all())),
            (Values{"beside", "first"}));
  cluster.expect_sound();
}

TEST(Retry, past_the_window_is_unknown_and_not_applied_again) {
  ClusterOptions options = plain_options();
  options.core.retry_window_ms = 1'000;
  TestCluster cluster(options);
  SimClient& client = cluster.client_at({1});
  Step first = put("k", "first");
  first.request.id = RequestId{7, 7};
  EXPECT_TRUE(cluster.call(client, first).acknowledged());
  cluster->run_for(from_seconds(5));
  cluster.call(client, put("k", "second"));  // pushes the first out of the window
  Step again = put("k", "first");
  again.request.id = RequestId{7, 7};
  again.request.attempt = 1;
  again.request.age_ns = from_seconds(5);
  ClientRequest late = again.request;
  cluster->node(1).core().on_client_request(client.host(), 1, late);
  cluster->run_for(from_seconds(2));
  EXPECT_EQ(values_of(cluster.call(client, get("k"))), Values{"second"});
  EXPECT_EQ(cluster.ledger().of_key(key_of("k")).size(), 2u);
}

// A key that the node is no primary of.
Key key_away_from(const Cluster& cluster, NodeId node) {
  for (int i = 0;; ++i) {
    const Key key = key_of("k" + std::to_string(i));
    if (!cluster.is_primary(node, key)) return key;
  }
}

TEST(Forward, a_node_that_is_no_primary_hands_a_write_on_and_reads_itself) {
  TestCluster cluster(plain_options(5));
  const Key key = key_away_from(*cluster, 1);
  SimClient& client = cluster.client_at({1});
  const Operation& write = cluster.call(client, put(key.name, "v"));
  EXPECT_TRUE(write.acknowledged()) << to_string(write);
  EXPECT_TRUE(cluster->is_primary(write.reply.coordinator, key));
  EXPECT_EQ(cluster->row(1, key), nullptr);
  EXPECT_EQ(values_of(cluster.call(client, get(key.name))), Values{"v"});
  cluster.expect_sound();
}

TEST(Forward, tries_another_primary_when_one_is_down) {
  TestCluster cluster(plain_options(5));
  const Key key = key_away_from(*cluster, 1);
  for (const NodeId down : cluster->primaries(key)) {
    cluster->crash(down);
    cluster->run_for(from_seconds(3));
    const Operation& write =
        cluster.call(cluster.client_at({1}), put(key.name, "without " + std::to_string(down)));
    EXPECT_TRUE(write.acknowledged()) << to_string(write);
    cluster->restart(down);
    ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  }
  cluster.expect_sound();
}

TEST(Forward, says_at_once_that_no_primary_can_be_reached) {
  TestCluster cluster(plain_options(5));
  const Key key = key_away_from(*cluster, 1);
  cluster->isolate(1);
  cluster->run_for(from_seconds(3));
  const Operation& write = cluster.call(cluster.client_at({1}), put(key.name, "v"));
  EXPECT_EQ(write.outcome, Outcome::kNotApplied);
  EXPECT_LT(write.finished - write.invoked, from_ms(10));
  cluster.expect_sound();
}

TEST(Forward, a_forwarded_write_whose_answer_is_lost_is_unknown) {
  TestCluster cluster(plain_options(5));
  const Key key = key_away_from(*cluster, 1);
  for (const NodeId primary : cluster->primaries(key)) cluster->cut(primary, 1);
  const Operation& write =
      cluster.call(cluster.client_at({1}), put(key.name, "v").deadline(from_ms(200)));
  EXPECT_EQ(write.outcome, Outcome::kUnknown) << to_string(write);
  cluster.expect_sound();
  EXPECT_EQ(values_on(*cluster, cluster->primaries(key)[0], key), Values{"v"});
}

TEST(Forward, a_message_that_is_repeated_to_a_full_node_gets_no_second_decision) {
  ClusterOptions options = plain_options(5);
  options.core.requests_max = 1;
  options.node_links.duplicate_ppm = 1'000'000;
  TestCluster cluster(options);
  const Key key = key_away_from(*cluster, 1);
  const Operation& write = cluster.call(cluster.client_at({1}), put(key.name, "v"));
  EXPECT_TRUE(write.acknowledged()) << to_string(write) << write.reply.detail;
  EXPECT_GE(cluster.ledger().trace_count(TraceKind::kRequestJoinedRetry), 1u);
  cluster.expect_sound();
}

TEST(Forward, repeated_messages_apply_the_write_once) {
  ClusterOptions options = plain_options(5);
  options.node_links.duplicate_ppm = 900'000;
  options.node_links.latency = Latency::uniform(from_ms(1), from_ms(30));
  TestCluster cluster(options);
  const Key key = key_away_from(*cluster, 1);
  for (int i = 0; i < 20; ++i) {
    cluster.call(cluster.client_at({1}), put(key.name, "v" + std::to_string(i)).none());
    cluster->run_for(from_ms(200));
    EXPECT_EQ(cluster.ledger().of_key(key).size(), static_cast<std::size_t>(i + 1));
  }
}

}  // namespace
}  // namespace quorate::sim
