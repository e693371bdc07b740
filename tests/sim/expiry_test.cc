// A value whose time is over is shown to nobody, and removed by a delete of just that value (DESIGN
// 2.3): never early, and never at the cost of another one.
#include <algorithm>

#include "sim/world/wall_clock.h"
#include "tests/sim/sim_fixture.h"

namespace quorate::sim {
namespace {

using Values = std::vector<std::string>;

const Key kKey = key_of("k");

ClusterOptions expiry_options() {
  ClusterOptions options = plain_options();
  options.vnodes = 4;
  options.core.hints = options.core.anti_entropy = true;
  options.core.anti_entropy_interval_ns = from_ms(500);
  options.core.clock_skew_max_ms = 500;
  return options;
}

Step put_for(Cluster& cluster, SimTime life, std::string name, std::string value,
             std::string bucket = "default") {
  Step step = put(std::move(name), std::move(value), std::move(bucket));
  step.request.expiry_ms = WallClock::kStartMs + (cluster.now() + life) / kNsPerMs;
  return step;
}

bool removed_everywhere(Cluster& cluster, const Key& key) {
  const std::vector<NodeId> nodes = cluster.node_ids();
  return std::all_of(nodes.begin(), nodes.end(), [&](NodeId node) {
    const Row* row = cluster.row(node, key);
    return row == nullptr || row->record.siblings.empty() ||
           row->record.siblings[0].kind == SiblingKind::kDeleted;
  });
}

TEST(Expiry, AValueIsSeenUntilItsTimeAndRemovedAfterIt) {
  for (const std::string bucket : {"default", "lww"}) {
    TestCluster cluster(expiry_options());
    SimClient& client = cluster.client();
    const Key key = key_of("k", bucket);
    const SimTime begun = cluster->now();
    EXPECT_TRUE(
        cluster.call(client, put_for(*cluster, from_seconds(3), "k", "v", bucket)).acknowledged());
    cluster->run_until(begun + from_ms(2'900));
    EXPECT_EQ(values_of(cluster.call(client, get("k", bucket))), Values{"v"});
    cluster->run_until(begun + from_ms(3'100));
    EXPECT_EQ(cluster.call(client, get("k", bucket)).outcome, Outcome::kNotFound);
    EXPECT_FALSE(removed_everywhere(*cluster, key)) << "clocks may differ by half a second";
    EXPECT_TRUE(cluster->run_until_true([&] { return removed_everywhere(*cluster, key); },
                                        from_seconds(5)));
    EXPECT_GE(cluster->now(), begun + from_ms(3'500));
    cluster.expect_sound();
  }
}

TEST(Expiry, OnlyTheValueThatIsOverGoes) {
  TestCluster cluster(expiry_options());
  SimClient& client = cluster.client();
  cluster.call(client, put_for(*cluster, from_seconds(2), "k", "short"));
  cluster.call(client, put("k", "for ever").none());
  cluster.call(client, put_for(*cluster, from_seconds(60), "k", "long").none());
  cluster->run_for(from_seconds(15));
  for (const NodeId node : cluster->node_ids()) {
    EXPECT_EQ(values_on(*cluster, node, kKey), (Values{"for ever", "long"})) << "node " << node;
  }
  cluster->run_for(from_seconds(60));
  EXPECT_EQ(values_on(*cluster, 1, kKey), Values{"for ever"});
  cluster.expect_sound();
}

// A put that nobody of the removers has heard of: its time lies between the expired value's and the
// removal's, and it must win.
TEST(Expiry, TheRemovalBeatsNoConcurrentWrite) {
  TestCluster cluster(expiry_options());
  SimClient& client = cluster.client_at({1});
  cluster.call(client, put_for(*cluster, from_seconds(2), "k", "short", "lww").w(3));
  cluster->isolate(3);
  cluster->run_for(from_seconds(1));
  SimClient& other = cluster.client_at({3});
  EXPECT_TRUE(cluster.call(other, put("k", "new", "lww").w(1)).acknowledged());
  const Key key = key_of("k", "lww");
  ASSERT_TRUE(cluster->run_until_true(
      [&] {
        const Row* row = cluster->row(1, key);
        return row != nullptr && row->record.siblings[0].kind == SiblingKind::kDeleted;
      },
      from_seconds(10)));
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  cluster->run_for(from_seconds(3));
  EXPECT_EQ(values_of(cluster.call(client, get("k", "lww").all())), Values{"new"});
  cluster.expect_sound();
}

TEST(Expiry, AnotherPrimaryDoesItWhereTheFirstIsAway) {
  TestCluster cluster(expiry_options());
  SimClient& client = cluster.client();
  cluster.call(client, put_for(*cluster, from_seconds(2), "k", "v"));
  const VnodeId vnode = cluster->ring().vnode_of(kKey.bucket, kKey.name);
  const NodeId first = cluster->ring().preference_list(vnode).front();
  cluster->crash(first);
  cluster->run_for(from_seconds(6));
  for (const NodeId node : cluster->node_ids()) {
    if (node == first) continue;
    EXPECT_TRUE(values_on(*cluster, node, kKey).empty()) << "node " << node;
  }
  cluster->restart(first);
  EXPECT_TRUE(cluster->run_until_true([&] { return removed_everywhere(*cluster, kKey); },
                                      from_seconds(20)));
  cluster.expect_sound();
}

TEST(Expiry, AValueThatWasWrittenAgainStays) {
  TestCluster cluster(expiry_options());
  SimClient& client = cluster.client();
  cluster.call(client, put_for(*cluster, from_seconds(2), "k", "first"));
  cluster->run_for(from_ms(1'500));
  cluster.call(client, put_for(*cluster, from_seconds(60), "k", "again"));
  cluster->run_for(from_seconds(20));
  EXPECT_EQ(values_on(*cluster, 1, kKey), Values{"again"});
  cluster.expect_sound();
}

}  // namespace
}  // namespace quorate::sim
