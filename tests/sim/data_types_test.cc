// Partial types on the real core: what their updates need of their coordinator, how requests are
// refused that do not fit, and that a retry counts once or is answered "unknown" (DESIGN 2.1, 2.5).
#include <algorithm>

#include "node/core/read_before_write.h"
#include "tests/sim/typed_fixture.h"

namespace quorate::sim {
namespace {

Shown read(TestCluster& cluster, const std::string& bucket) {
  const Operation& read = cluster.call(cluster.client_at({1}), get("k", bucket).all());
  EXPECT_TRUE(read.answered_read()) << to_string(read);
  return shown(read.reply.values);
}

std::size_t events(TestCluster& cluster, const std::string& bucket) {
  return cluster.ledger().of_key(key_of("k", bucket)).size();
}

SimClient& impatient(TestCluster& cluster, std::vector<NodeId> endpoints) {
  ClientPolicy policy;
  policy.endpoints = std::move(endpoints);
  policy.attempt_timeout = from_ms(20);
  policy.retry_pause = from_ms(1);
  return cluster->add_client(policy);
}

TEST(DataTypes, updates_are_applied_wherever_they_arrive_and_read_as_one_value) {
  TestCluster cluster(typed_options(5));
  for (const NodeId node : cluster->node_ids()) {
    SimClient& client = cluster.client_at({node});
    const std::string name = std::to_string(node);
    for (const Step& step :
         {update("counter", Update::kCounterAdd, "", name), update("set", Update::kSetAdd, name),
          update("map", Update::kMapPut, "f" + name, "v"), update("flag", Update::kFlagEnable)}) {
      const Operation& write = cluster.call(client, step);
      EXPECT_TRUE(write.acknowledged()) << to_string(write) << write.reply.detail;
    }
  }
  EXPECT_EQ(read(cluster, "counter"), Shown{"=15"});
  EXPECT_EQ(read(cluster, "set"), (Shown{"1=", "2=", "3=", "4=", "5="}));
  EXPECT_EQ(read(cluster, "map"), (Shown{"f1=v", "f2=v", "f3=v", "f4=v", "f5=v"}));
  EXPECT_EQ(read(cluster, "flag"), Shown{"=on"});
}

TEST(DataTypes, a_get_of_one_field_shows_nothing_else) {
  TestCluster cluster(typed_options());
  SimClient& client = cluster.client_at({1});
  cluster.call(client, update("set", Update::kSetAdd, "x"));
  cluster.call(client, update("set", Update::kSetAdd, "y"));
  Step one = get("k", "set");
  one.request.field = "y";
  EXPECT_EQ(shown(cluster.call(client, one).reply.values), Shown{"y="});
  one.request.field = "z";
  EXPECT_EQ(cluster.call(client, one).outcome, Outcome::kNotFound);
}

TEST(DataTypes, what_does_not_fit_the_bucket_is_refused_and_changes_nothing) {
  TestCluster cluster(typed_options());
  SimClient& client = cluster.client_at({1});
  for (const Step& step : {put("k", "v", "set"), update("default", Update::kSetAdd, "x"),
                           update("counter", Update::kSetAdd, "x"),
                           update("counter", Update::kCounterAdd, "", "many")}) {
    const Operation& write = cluster.call(client, step);
    EXPECT_EQ(write.outcome, Outcome::kInvalid) << to_string(write);
    EXPECT_EQ(write.reason, Reason::kWrongType) << to_string(write);
    EXPECT_TRUE(cluster.ledger().of_key(step.request.key).empty());
  }
}

// Nodes 1 and 2 hold x and y, node 3 has neither. Returns what a client knows who read them.
Token lag(TestCluster& cluster) {
  cluster->isolate(3);
  SimClient& client = cluster.client_at({1});
  cluster.call(client, update("set", Update::kSetAdd, "x"));
  cluster.call(client, update("set", Update::kSetAdd, "y"));
  const Operation& both = cluster.call(client, get("k", "set"));
  EXPECT_EQ(shown(both.reply.values), (Shown{"x=", "y="}));
  EXPECT_EQ(cluster->row(3, key_of("k", "set")), nullptr);
  return *both.reply.token;
}

// DESIGN 7: `remove x` with its token reaches a coordinator that has neither x nor y. It joined no
// token into its row, so it claims nothing that it has not got: y lives.
TEST(DataTypes, lagging_remove) {
  TestCluster cluster(typed_options());
  const Token token = lag(cluster);
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  const Operation& remove =
      cluster.call(cluster.client_at({3}), update("set", Update::kSetRemove, "x").token(token));
  EXPECT_TRUE(remove.acknowledged()) << to_string(remove) << remove.reply.detail;
  EXPECT_EQ(remove.reply.coordinator, 3);
  EXPECT_EQ(cluster.ledger().trace_count(TraceKind::kReadBeforeWrite), 1u);
  cluster->run_for(from_seconds(1));
  for (const NodeId node : cluster->node_ids()) {
    SimClient& reader = cluster.client_at({node});
    EXPECT_EQ(shown(cluster.call(reader, get("k", "set").r(1)).reply.values), Shown{"y="}) << node;
  }
}

TEST(DataTypes, a_lagging_remove_that_nobody_can_bring_up_to_its_token_is_not_applied) {
  TestCluster cluster(typed_options());
  const Token token = lag(cluster);
  const Operation& remove =
      cluster.call(cluster.client_at({3}),
                   update("set", Update::kSetRemove, "x").token(token).w(1).deadline(from_ms(300)));
  EXPECT_EQ(remove.outcome, Outcome::kNotApplied) << to_string(remove);
  EXPECT_EQ(remove.reason, Reason::kTokenNotCovered) << to_string(remove);
  EXPECT_EQ(events(cluster, "set"), 2u);
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  EXPECT_EQ(read(cluster, "set"), (Shown{"x=", "y="}));
}

TEST(DataTypes, a_removal_without_a_token_removes_what_a_quorum_knows) {
  TestCluster cluster(typed_options());
  lag(cluster);
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  const Operation& remove =
      cluster.call(cluster.client_at({3}), update("set", Update::kSetRemove, "x"));
  EXPECT_TRUE(remove.acknowledged()) << to_string(remove) << remove.reply.detail;
  cluster->run_for(from_seconds(1));
  EXPECT_EQ(read(cluster, "set"), Shown{"y="});
}

TEST(DataTypes, the_token_of_an_update_lets_its_session_go_on_at_a_node_that_lags) {
  TestCluster cluster(typed_options());
  SimClient& client = cluster->add_client();
  cluster->isolate(3);
  cluster.call(client, update("counter", Update::kCounterAdd, "", "1").session().at(1));
  cluster.call(client, update("counter", Update::kCounterAdd, "", "2").session().at(2));
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  const Operation& third =
      cluster.call(client, update("counter", Update::kCounterAdd, "", "4").session().at(3));
  EXPECT_TRUE(third.acknowledged()) << to_string(third) << third.reply.detail;
  const Operation& one = cluster.call(client, get("k", "counter").session().r(1).at(3));
  EXPECT_EQ(shown(one.reply.values), Shown{"=7"});
}

TEST(DataTypes, a_retry_whose_answer_was_lost_counts_once) {
  TestCluster cluster(typed_options());
  SimClient& client = impatient(cluster, {1});
  cluster->cut(1, client.host());
  cluster->at(cluster->now() + from_ms(15), [&] { cluster->mend(1, client.host()); });
  const Operation& write = cluster.call(client, update("counter", Update::kCounterAdd, "", "5"));
  EXPECT_TRUE(write.acknowledged()) << to_string(write);
  EXPECT_GT(write.attempts.size(), 1u);
  EXPECT_EQ(read(cluster, "counter"), Shown{"=5"});
}

TEST(DataTypes, a_retry_through_another_coordinator_finds_that_it_was_applied) {
  TestCluster cluster(typed_options());
  SimClient& client = impatient(cluster, {1, 2});
  cluster->cut(1, client.host());
  const Operation& write = cluster.call(client, update("counter", Update::kCounterAdd, "", "5"));
  EXPECT_TRUE(write.acknowledged()) << to_string(write);
  EXPECT_EQ(write.attempts.back().endpoint, 2);
  EXPECT_EQ(events(cluster, "counter"), 1u);
  EXPECT_EQ(read(cluster, "counter"), Shown{"=5"});
}

// Node 1 takes the addition and can tell nobody. Node 2 must not add again: it knows nothing of the
// first attempt, and says so.
TEST(DataTypes, a_retry_that_no_replica_remembers_is_unknown_and_never_applied_again) {
  TestCluster cluster(typed_options());
  SimClient& client = impatient(cluster, {1, 2});
  cluster->isolate(1);
  const Operation& write =
      cluster.call(client, update("counter", Update::kCounterAdd, "", "5").at(1));
  EXPECT_EQ(write.outcome, Outcome::kUnknown) << to_string(write);
  EXPECT_EQ(events(cluster, "counter"), 1u);
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  EXPECT_EQ(read(cluster, "counter"), Shown{"=5"});
}

// The coordinator dies before its sync, and its peers have the event or not. What is said of the
// retry at its next run is true: it adds nothing, and "ok" only where the event was found.
TEST(DataTypes, a_retry_over_a_crash_of_its_coordinator_counts_at_most_once) {
  int lost = 0;
  for (std::uint64_t seed = 1; seed <= 32; ++seed) {
    ClusterOptions options = typed_options();
    options.seed = seed;  // decides what of the disk survives
    TestCluster cluster(options);
    SimClient& client = impatient(cluster, {1});
    const bool peers_have_it = seed % 2 == 0;
    if (!peers_have_it) cluster->isolate(1);
    client.enqueue(update("counter", Update::kCounterAdd, "", "5"));
    cluster->run_for(from_ms(1) + from_ms(1) / 2);  // minted, sent, not yet synced
    ASSERT_EQ(events(cluster, "counter"), 1u);
    cluster->crash(1);
    const bool nowhere = !peers_have_it && cluster->row(1, key_of("k", "counter")) == nullptr;
    lost += nowhere ? 1 : 0;
    cluster->run_for(from_ms(1));
    cluster->heal();
    cluster->restart(1);
    ASSERT_TRUE(cluster->run_until_true([&] { return client.idle(); }, from_seconds(20)));
    const Operation& write = cluster->history()[*client.last_operation()];
    EXPECT_EQ(events(cluster, "counter"), 1u) << to_string(write);
    EXPECT_EQ(write.outcome, nowhere ? Outcome::kUnknown : Outcome::kOk) << to_string(write);
    ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
    EXPECT_EQ(read(cluster, "counter"), nowhere ? Shown{} : Shown{"=5"});
  }
  EXPECT_GT(lost, 0);
}

}  // namespace
}  // namespace quorate::sim
