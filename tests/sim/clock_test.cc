// Wall clocks that are wrong (decision 0007): one node's must not decide for the others, nor have a
// retry refused or applied twice.
#include <cstdlib>

#include "tests/sim/sim_fixture.h"

namespace quorate::sim {
namespace {

using Values = std::vector<std::string>;

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kDayMs = 24 * 60 * kMinuteMs;

// The wall clock of this node goes so much ahead.
ClusterOptions one_ahead(NodeId node, std::int64_t by_ms) {
  ClusterOptions options = plain_options();
  options.clocks.resize(node);
  options.clocks.back().offset_ms = by_ms;
  return options;
}

// The second attempt of a put, whose first came nowhere, or is as old as given.
void retry_at(TestCluster& cluster, NodeId node, const Step& step, SimTime age) {
  ClientRequest request = step.request;
  request.attempt = 1;
  request.age_ns = age;
  cluster->node(node).core().on_client_request(cluster.client().host(), 1, std::move(request));
  cluster->run_for(from_seconds(1));
}

Step put_as(std::string name, std::string value, std::uint64_t id) {
  Step step = put(std::move(name), std::move(value));
  step.request.id = RequestId{id, id};
  return step;
}

TEST(Clock, of_a_coordinator_far_ahead_does_not_refuse_the_retries_of_others) {
  TestCluster cluster(one_ahead(1, 10 * kDayMs));
  cluster.call(cluster.client_at({1}), put("k", "ahead"));
  retry_at(cluster, 2, put_as("k", "retried", 7), from_seconds(1));
  EXPECT_EQ(values_of(cluster.call(cluster.client_at({3}), get("k"))), Values{"retried"});
}

// Where it has heard of nobody since its start, it cannot know.
TEST(Clock, far_ahead_and_alone_takes_only_the_keys_along_that_it_writes) {
  TestCluster cluster(one_ahead(1, 10 * kDayMs));
  cluster->isolate(1);
  cluster->crash(1);
  cluster->restart(1);
  EXPECT_TRUE(cluster.call(cluster.client_at({1}), put("k", "ahead").w(1)).acknowledged());
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  EXPECT_EQ(values_of(cluster.call(cluster.client_at({2}), get("k").all())), Values{"ahead"});
  cluster->run_for(from_seconds(1));  // repaired

  SimClient& client = cluster.client_at({2});
  EXPECT_TRUE(cluster.call(client, put("k", "after")).acknowledged());
  EXPECT_TRUE(cluster.call(client, put("other", "now")).acknowledged());
  const std::int64_t ahead_ms = cluster.ledger().of_key(key_of("k"))[0]->timestamp.wall_ms();
  EXPECT_GE(cluster.ledger().of_key(key_of("k"))[1]->timestamp.wall_ms(), ahead_ms);
  EXPECT_LT(cluster.ledger().of_key(key_of("other"))[0]->timestamp.wall_ms(), ahead_ms - kDayMs);
  retry_at(cluster, 2, put_as("other", "retried", 7), from_seconds(1));
  EXPECT_EQ(values_of(cluster.call(client, get("other"))), Values{"retried"});
}

// Its first attempt was applied, and then so many others that its id is forgotten. To a clock that
// is ahead, it would seem younger than all that was ever forgotten.
TEST(Clock, of_the_node_that_gets_a_retry_does_not_have_it_applied_twice) {
  for (const NodeId ahead : {NodeId{2}, NodeId{3}}) {
    TestCluster cluster(one_ahead(ahead, 10 * kMinuteMs));
    const Step first = put_as("k", "first", 7);
    const SimTime begun = cluster->now();
    SimClient& client = cluster.client_at({1});
    EXPECT_TRUE(cluster.call(client, first).acknowledged());
    for (int i = 1; i <= 20; ++i) cluster.call(client, put("k", "v" + std::to_string(i)));
    retry_at(cluster, 2, first, cluster->now() - begun);
    EXPECT_EQ(values_of(cluster.call(client, get("k"))), Values{"v20"});
    EXPECT_EQ(cluster.ledger().of_key(key_of("k")).size(), 21u);
    cluster.expect_sound();
  }
}

TEST(Clock, far_from_those_of_most_others_gives_way_to_theirs) {
  TestCluster cluster(one_ahead(1, 10 * kDayMs));
  const std::int64_t right_ms = cluster->node(2).environment().wall_now_ms();
  EXPECT_TRUE(cluster.call(cluster.client_at({1}), put("k", "v")).acknowledged());
  const std::int64_t minted_ms = cluster.ledger().of_key(key_of("k"))[0]->timestamp.wall_ms();
  EXPECT_LT(std::abs(minted_ms - right_ms), 1'000);
}

}  // namespace
}  // namespace quorate::sim
