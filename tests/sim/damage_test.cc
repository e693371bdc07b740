// Disks that fill up, go bad, are replaced or go back in time (FAULTS S5, S6, S8, S13).
#include "tests/sim/sim_fixture.h"

namespace quorate::sim {
namespace {

using Values = std::vector<std::string>;

bool readable(TestCluster& cluster, NodeId node, const Key& key) {
  const VnodeId vnode = cluster->ring().vnode_of(key.bucket, key.name);
  return cluster->node(node).disk().read(vnode, key).has_value();
}

TEST(UnreadableRow, is_never_reported_as_not_found_and_is_repaired_from_the_peers) {
  TestCluster cluster;
  const Key key = key_of("k");
  cluster.call(cluster.client_at({1}), put("k", "v").w(3));
  cluster->corrupt_row(1, key);
  ASSERT_FALSE(readable(cluster, 1, key));
  const Operation& read = cluster.call(cluster.client_at({1}), get("k").r(1));
  EXPECT_EQ(values_of(read), Values{"v"}) << to_string(read);
  cluster->run_for(from_seconds(1));
  EXPECT_TRUE(readable(cluster, 1, key));
  EXPECT_EQ(values_on(*cluster, 1, key), Values{"v"});
  cluster.expect_sound();
}

TEST(UnreadableRow, on_a_node_that_is_cut_off_is_a_failed_read) {
  TestCluster cluster;
  const Key key = key_of("k");
  cluster.call(cluster.client_at({1}), put("k", "v").w(3));
  cluster->isolate(1);
  cluster->run_for(from_seconds(3));
  cluster->corrupt_row(1, key);
  const Operation& read = cluster.call(cluster.client_at({1}), get("k").r(1));
  EXPECT_EQ(read.outcome, Outcome::kNotApplied) << to_string(read);
  cluster.expect_sound();
}

TEST(UnreadableRow, does_not_count_towards_a_read_quorum) {
  TestCluster cluster;
  const Key key = key_of("k");
  cluster.call(cluster.client_at({1}), put("k", "v").w(3));
  cluster->crash(3);
  cluster->corrupt_row(2, key);
  const Operation& read =
      cluster.call(cluster.client_at({1}), get("k").r(2).deadline(from_ms(500)));
  EXPECT_EQ(read.outcome, Outcome::kNotApplied) << to_string(read);
  cluster.expect_sound();
}

// Writing on top of it would make a healthy row that never knew the older value.
TEST(UnreadableRow, is_not_overwritten_by_a_plain_write) {
  TestCluster cluster;
  const Key key = key_of("k");
  cluster.call(cluster.client_at({1}), put("k", "old").w(2));
  cluster->corrupt_row(1, key);
  for (const NodeId node : cluster->node_ids()) {
    const Operation& write =
        cluster.call(cluster.client_at({node}), put("k", "by " + std::to_string(node)).none());
    EXPECT_NE(write.outcome, Outcome::kInvalid);
  }
  cluster.expect_sound();
  EXPECT_EQ(values_on(*cluster, 1, key), values_on(*cluster, 2, key));
  const Values values = values_on(*cluster, 1, key);
  EXPECT_NE(std::find(values.begin(), values.end(), "old"), values.end());
}

TEST(WipedNode, rebuilds_every_row_from_its_peers) {
  TestCluster cluster;
  std::vector<Key> keys;
  for (int i = 0; i < 60; ++i) {
    keys.push_back(key_of("k" + std::to_string(i)));
    cluster.call(cluster.client_at({1}), put(keys.back().name, "v" + std::to_string(i)).w(3));
  }
  cluster->wipe(3);
  EXPECT_EQ(cluster->node(3).disk().row_count(), 0u);
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(20)));
  for (int i = 0; i < 60; ++i) {
    EXPECT_EQ(values_on(*cluster, 3, keys[static_cast<std::size_t>(i)]),
              Values{"v" + std::to_string(i)});
  }
  EXPECT_EQ(cluster.ledger().trace_count(TraceKind::kForgot), 1u);
  cluster.expect_sound();
}

TEST(WipedNode, counts_towards_w_and_not_towards_r_until_it_has_rebuilt) {
  TestCluster cluster;
  const Key key = key_of("k");
  cluster.call(cluster.client_at({1}), put("k", "old").w(3));
  cluster->crash(2);  // one of its two sources
  cluster->wipe(3);
  cluster->run_for(from_seconds(3));
  ASSERT_GT(cluster->node(3).core().status().vnodes_rebuilding, 0u);

  const Operation& write = cluster.call(cluster.client_at({1}), put("k", "new").none());
  EXPECT_TRUE(write.acknowledged()) << to_string(write);
  const Operation& early = cluster.call(cluster.client_at({1}), get("k").r(2));
  EXPECT_EQ(early.outcome, Outcome::kNotApplied) << to_string(early);

  cluster->restart(2);
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(20)));
  EXPECT_EQ(values_of(cluster.call(cluster.client_at({3}), get("k").r(1))), (Values{"new", "old"}));
  EXPECT_EQ(values_of(cluster.call(cluster.client_at({3}), get("k").all())),
            (Values{"new", "old"}));
  cluster.expect_sound();
}

TEST(WipedNode, does_not_lose_what_it_had_acknowledged_with_one_other) {
  TestCluster cluster;
  cluster->isolate(2);
  EXPECT_TRUE(cluster.call(cluster.client_at({3}), put("k", "v")).acknowledged());  // on 3 and 1
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  cluster->wipe(3);
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(20)));
  cluster->crash(1);
  cluster->run_for(from_seconds(3));
  EXPECT_EQ(values_of(cluster.call(cluster.client_at({2}), get("k"))), Values{"v"});
  cluster.expect_sound();
}

// With one row on a source gone bad, all others are copied, and that one is restored afterwards.
TEST(WipedNode, rebuilds_past_a_row_that_its_source_cannot_read) {
  TestCluster cluster;
  for (int i = 0; i < 20; ++i) {
    cluster.call(cluster.client_at({1}), put("k" + std::to_string(i), "v").w(3));
  }
  cluster->run_for(from_seconds(1));
  cluster->corrupt_row(1, key_of("k7"));
  cluster->wipe(3);
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(20)));
  cluster.expect_sound();
  EXPECT_EQ(values_on(*cluster, 3, key_of("k7")), Values{"v"});
  EXPECT_TRUE(readable(cluster, 1, key_of("k7")));
}

// Nobody else has it: an unacknowledged write, on one disk, which goes bad.
TEST(UnreadableRow, that_nobody_else_has_does_not_block_its_key_for_ever) {
  TestCluster cluster;
  cluster->isolate(1);
  const Operation& write =
      cluster.call(cluster.client_at({1}), put("k", "v").deadline(from_ms(100)));
  EXPECT_EQ(write.outcome, Outcome::kUnknown);
  cluster->run_for(from_seconds(3));
  cluster->corrupt_row(1, key_of("k"));
  cluster.expect_sound();
  EXPECT_TRUE(cluster.call(cluster.client_at({1}), put("k", "w")).acknowledged());
}

TEST(NewCluster, has_nothing_to_rebuild) {
  TestCluster cluster;
  EXPECT_EQ(cluster.ledger().trace_count(TraceKind::kRebuildStarted), 0u);
  for (const NodeId node : cluster->node_ids()) {
    EXPECT_FALSE(cluster->node(node).core().status().forgot);
  }
}

TEST(Restart, is_not_forgetting) {
  TestCluster cluster;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 10; ++i) {
      const std::string name = "k" + std::to_string(i);
      cluster.call(cluster.client_at({1}), put(name, std::to_string(round)).w(3));
    }
    for (const NodeId node : cluster->node_ids()) {
      cluster->crash(node);
      cluster->run_for(from_ms(300));
      cluster->restart(node);
      ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
    }
  }
  EXPECT_EQ(cluster.ledger().trace_count(TraceKind::kForgot), 0u);
}

TEST(FullDisk, refuses_writes_serves_reads_and_comes_back_by_itself) {
  TestCluster cluster(plain_options(1));
  SimClient& client = cluster.client_at({1});
  cluster.call(client, put("k", "old"));
  cluster->node(1).set_disk_full(true);
  cluster.call(client, put("k", "lost"));  // how it notices
  const Operation& refused = cluster.call(client, put("k", "refused"));
  EXPECT_EQ(refused.outcome, Outcome::kNotApplied);
  EXPECT_EQ(refused.reason, Reason::kNoSpace);
  EXPECT_EQ(cluster->node(1).core().status().store, StoreState::kNoSpace);
  EXPECT_EQ(values_of(cluster.call(client, get("k"))), Values{"old"});
  cluster->node(1).set_disk_full(false);
  EXPECT_TRUE(cluster.call(client, put("k", "new")).acknowledged());
  cluster.expect_sound();
}

TEST(FullDisk, of_one_node_leaves_the_others_their_quorum) {
  TestCluster cluster;
  cluster->node(3).set_disk_full(true);
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(cluster.call(cluster.client_at({1}), put("k", std::to_string(i))).acknowledged());
  }
  // Node 3 itself hands writes on, or refuses them.
  const Operation& through = cluster.call(cluster.client_at({3}), put("k", "through 3"));
  EXPECT_TRUE(through.acknowledged() || through.outcome == Outcome::kNotApplied ||
              through.outcome == Outcome::kUnknown);
  cluster->node(3).set_disk_full(false);
  cluster.expect_sound();
}

}  // namespace
}  // namespace quorate::sim
