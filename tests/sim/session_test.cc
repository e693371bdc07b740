// Session reads: never behind what this client has seen or written, even at r=1 (DESIGN 2.5).
#include "tests/sim/sim_fixture.h"

namespace quorate::sim {
namespace {

using Values = std::vector<std::string>;

SimClient& session_of_all(TestCluster& cluster) {
  ClientPolicy policy;
  policy.attempts_max = 1;
  policy.attempt_timeout = from_seconds(60);
  return cluster->add_client(policy);
}

TEST(Session, reads_its_write_at_one_answer_through_a_node_that_missed_it) {
  TestCluster cluster;
  SimClient& client = session_of_all(cluster);
  cluster->isolate(3);
  EXPECT_TRUE(cluster.call(client, put("k", "v").session().at(1)).acknowledged());
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  const Operation& read = cluster.call(client, get("k").r(1).session().at(3));
  EXPECT_EQ(values_of(read), Values{"v"});
  cluster.expect_sound();
}

TEST(Session, without_a_token_the_same_read_is_stale) {
  TestCluster cluster;
  cluster->isolate(3);
  cluster.call(cluster.client_at({1}), put("k", "v"));
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  // Others are slower than node 3 itself.
  EXPECT_EQ(cluster.call(cluster.client_at({3}), get("k").r(1)).outcome, Outcome::kNotFound);
}

TEST(Session, says_not_yet_when_nobody_within_reach_has_caught_up) {
  TestCluster cluster;
  SimClient& client = session_of_all(cluster);
  cluster->isolate(3);
  cluster->run_for(from_seconds(3));
  EXPECT_TRUE(cluster.call(client, put("k", "v").session().at(1)).acknowledged());
  const Operation& read =
      cluster.call(client, get("k").r(1).session().at(3).deadline(from_ms(500)));
  EXPECT_EQ(read.outcome, Outcome::kNotApplied);
  EXPECT_EQ(read.reason, Reason::kTokenNotCovered) << to_string(read);
  EXPECT_TRUE(read.reply.values.empty());
}

TEST(Session, waits_for_the_cut_to_heal_when_the_deadline_allows) {
  TestCluster cluster;
  SimClient& client = session_of_all(cluster);
  cluster->isolate(3);
  EXPECT_TRUE(cluster.call(client, put("k", "v").session().at(1)).acknowledged());
  cluster->at(cluster->now() + from_ms(400), [&cluster] { cluster->heal(); });
  const Operation& read =
      cluster.call(client, get("k").r(1).session().at(3).deadline(from_seconds(8)));
  EXPECT_EQ(values_of(read), Values{"v"}) << to_string(read);
  EXPECT_GT(read.finished - read.invoked, from_ms(400));
}

TEST(Session, never_reads_an_older_value_than_it_has_read) {
  TestCluster cluster;
  SimClient& client = session_of_all(cluster);
  cluster.call(cluster.client_at({1}), put("k", "v1").w(3));
  cluster->isolate(3);
  cluster.call(cluster.client_at({1}), put("k", "v2"));
  EXPECT_EQ(values_of(cluster.call(client, get("k").r(1).session().at(1))), Values{"v2"});
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  EXPECT_EQ(values_of(cluster.call(client, get("k").r(1).session().at(3))), Values{"v2"});
  cluster.expect_sound();
}

TEST(Session, sees_that_it_has_deleted) {
  TestCluster cluster;
  SimClient& client = session_of_all(cluster);
  cluster.call(client, put("k", "v").session().w(3).at(1));
  cluster->isolate(3);
  EXPECT_TRUE(cluster.call(client, del("k").session().at(1)).acknowledged());
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  EXPECT_EQ(values_on(*cluster, 3, key_of("k")), Values{"v"});
  EXPECT_EQ(cluster.call(client, get("k").r(1).session().at(3)).outcome, Outcome::kNotFound);
  cluster.expect_sound();
}

// Two puts of one session through two coordinators, the second of which has not got the first: the
// later replaces the earlier, and whatever the earlier had replaced does not come back.
TEST(Session, a_put_replaces_what_the_session_replaced_before_on_another_node) {
  TestCluster cluster;
  SimClient& client = session_of_all(cluster);
  cluster.call(cluster.client_at({1}), put("k", "old").none().w(3));
  cluster->isolate(3);
  EXPECT_TRUE(cluster.call(client, put("k", "first").session().at(1)).acknowledged());
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  EXPECT_EQ(values_on(*cluster, 3, key_of("k")), Values{"old"});
  EXPECT_TRUE(cluster.call(client, put("k", "second").session().at(3)).acknowledged());
  EXPECT_EQ(values_of(cluster.call(client, get("k").all().session())), Values{"second"});
  cluster.expect_sound();
}

}  // namespace
}  // namespace quorate::sim
