// What is dead goes, and stays away: tombstones and context entries are reaped when every primary
// holds them and nothing older can come (papers/decisions/0010-generations.md).
#include <algorithm>

#include "tests/sim/sim_fixture.h"

namespace quorate::sim {
namespace {

using Values = std::vector<std::string>;

const Key kKey = key_of("k");

// Everything that mends is on, and tokens are short-lived, so that it happens within seconds.
ClusterOptions reaping_options(std::uint16_t nodes = 3) {
  ClusterOptions options = plain_options(nodes);
  options.vnodes = 4;
  options.core.hints = options.core.anti_entropy = options.core.reaping = true;
  options.core.anti_entropy_interval_ns = from_ms(500);
  options.core.reap_interval_ns = from_ms(200);
  options.core.token_life_ms = options.core.retry_window_ms = 1'000;
  return options;
}

class Reaping : public ::testing::Test {
 protected:
  bool gone(TestCluster& cluster, const Key& key = kKey) {
    const std::vector<NodeId> nodes = cluster->node_ids();
    return std::all_of(nodes.begin(), nodes.end(),
                       [&](NodeId node) { return cluster->row(node, key) == nullptr; });
  }
  bool reaped_within(TestCluster& cluster, SimTime time, const Key& key = kKey) {
    return cluster->run_until_true([&] { return gone(cluster, key); }, time);
  }
  VnodeId vnode_of(TestCluster& cluster, const Key& key = kKey) {
    return cluster->ring().vnode_of(key.bucket, key.name);
  }
  // Who stands in the way of the key's vnode, as the first of its primaries that is up sees it.
  ReapHoldStatus held_by(TestCluster& cluster) {
    const VnodeId vnode = vnode_of(cluster);
    for (const NodeId node : cluster->ring().preference_list(vnode)) {
      if (!cluster->node(node).up()) continue;
      for (const auto& [held, hold] : cluster->node(node).core().status().reaping_held_by) {
        if (held == vnode) return hold;
      }
      break;
    }
    return {};
  }
};

TEST_F(Reaping, ATombstoneGoesFromAllReplicas) {
  TestCluster cluster(reaping_options());
  SimClient& client = cluster.client();
  EXPECT_TRUE(cluster.call(client, put("k", "v")).acknowledged());
  EXPECT_TRUE(cluster.call(client, del("k")).acknowledged());
  ASSERT_TRUE(reaped_within(cluster, from_seconds(20)));
  EXPECT_TRUE(values_of(cluster.call(client, get("k").all())).empty());
  EXPECT_TRUE(cluster.call(client, put("k", "w")).acknowledged());
  cluster.expect_sound();
  EXPECT_EQ(values_on(*cluster, 1, kKey), Values{"w"});
}

TEST_F(Reaping, ADeleteThatWonByTimeGoesToo) {
  TestCluster cluster(reaping_options());
  SimClient& client = cluster.client();
  EXPECT_TRUE(cluster.call(client, put("k", "v", "lww")).acknowledged());
  EXPECT_TRUE(cluster.call(client, del("k", "lww")).acknowledged());
  EXPECT_TRUE(reaped_within(cluster, from_seconds(20), key_of("k", "lww")));
  cluster.expect_sound();
}

// A token that names what was reaped could never be covered, and a retry would be applied again.
TEST_F(Reaping, NothingGoesBeforeTokensAndRetriesHaveEnded) {
  for (const bool tokens : {false, true}) {
    ClusterOptions options = reaping_options();
    (tokens ? options.core.token_life_ms : options.core.retry_window_ms) = 60'000;
    TestCluster cluster(options);
    SimClient& client = cluster.client();
    cluster.call(client, put("k", "v"));
    cluster.call(client, del("k"));
    EXPECT_FALSE(reaped_within(cluster, from_seconds(50)));
    EXPECT_GT(cluster->node(1).core().status().retired, 0u);
    EXPECT_TRUE(reaped_within(cluster, from_seconds(20)));
    cluster.expect_sound();
  }
}

// Retired remains are shown no more, yet whoever still has a token that names them is answered.
TEST_F(Reaping, ATokenIsCoveredByWhatIsRetired) {
  ClusterOptions options = reaping_options();
  options.core.token_life_ms = 60'000;
  TestCluster cluster(options);
  SimClient& client = cluster.client();
  cluster.call(client, put("k", "v").session());
  const Operation& deleted = cluster.call(client, del("k").session());
  const Token token = *deleted.reply.token;
  ASSERT_TRUE(cluster->run_until_true(
      [&] {
        const std::vector<NodeId> nodes = cluster->node_ids();
        return std::all_of(nodes.begin(), nodes.end(),
                           [&](NodeId node) { return cluster->shown(node, kKey).context.empty(); });
      },
      from_seconds(10)));
  const Operation& read = cluster.call(client, get("k").token(token));
  EXPECT_EQ(read.outcome, Outcome::kNotFound) << to_string(read);
  ASSERT_TRUE(read.reply.token.has_value());
  EXPECT_TRUE(read.reply.token->context.empty()) << to_string(read.reply.token->context);
}

TEST_F(Reaping, APrimaryThatIsAwayHoldsItUpHoweverLong) {
  TestCluster cluster(reaping_options());
  SimClient& client = cluster.client();
  cluster.call(client, put("k", "v").w(3));
  cluster->crash(3);
  EXPECT_TRUE(cluster.call(client, del("k")).acknowledged());
  EXPECT_FALSE(reaped_within(cluster, from_seconds(120)));
  EXPECT_NE(cluster->row(1, kKey), nullptr);
  EXPECT_EQ(held_by(cluster).node, 3);
  EXPECT_EQ(held_by(cluster).hold, ReapHold::kSilent);
  cluster->restart(3);
  EXPECT_TRUE(reaped_within(cluster, from_seconds(30)));
  EXPECT_EQ(held_by(cluster).hold, ReapHold::kNone);
  cluster.expect_sound();
}

TEST_F(Reaping, EntriesOfActorsWithoutAValueGo) {
  TestCluster cluster(reaping_options());
  SimClient& client = cluster.client_at({1});
  for (int run = 0; run < 5; ++run) {
    cluster.call(client, put("k", "v" + std::to_string(run)));
    cluster->crash(1);
    cluster->restart(1);
    ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  }
  cluster.call(client, put("k", "last"));
  ASSERT_GT(cluster->row(1, kKey)->record.context.entries().size(), 3u);
  const auto small = [&](NodeId node) {
    return cluster->row(node, kKey)->record.context.entries().size() == 1;
  };
  EXPECT_TRUE(
      cluster->run_until_true([&] { return small(1) && small(2) && small(3); }, from_seconds(20)));
  EXPECT_TRUE(cluster.call(client, put("k", "after")).acknowledged());
  cluster.expect_sound();
  EXPECT_EQ(values_on(*cluster, 2, kKey), Values{"after"});
}

// A tombstone reaches a fallback, the primaries would reap, the key is rewritten, the fallback
// hands over.
TEST_F(Reaping, kv679_tombstone) {
  TestCluster cluster(reaping_options(5));
  const VnodeId vnode = vnode_of(cluster);
  const auto list = cluster->ring().preference_list(vnode);
  const NodeId away = list[2];
  const NodeId fallback = list[3];
  SimClient& client = cluster.client_at({list[0]});
  EXPECT_TRUE(cluster.call(client, put("k", "old").w(3)).acknowledged());
  cluster->isolate(away);
  ASSERT_TRUE(cluster->run_until_true(
      [&] { return cluster.call(client, del("k").w(3).sloppy()).acknowledged(); },
      from_seconds(10)));
  cluster->isolate(fallback);
  for (const NodeId node : list) {
    if (node != away && node != fallback) cluster->mend_both(away, node);
  }
  // The other way round the tombstone comes to the primary that was away; the hint is still there.
  EXPECT_FALSE(reaped_within(cluster, from_seconds(60)));
  EXPECT_EQ(held_by(cluster).node, fallback);
  EXPECT_TRUE(cluster.call(client, put("k", "new")).acknowledged());
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  cluster->run_for(from_seconds(20));
  cluster.expect_sound();
  for (const NodeId node : {list[0], list[1], list[2]}) {
    EXPECT_EQ(values_on(*cluster, node, kKey), Values{"new"}) << "node " << node;
  }
}

// Everybody answers, but one has something to hand over that it cannot bring to whom it is for.
TEST_F(Reaping, AMemberThatKeepsAnOlderHintHoldsItUp) {
  TestCluster cluster(reaping_options(5));
  const auto list = cluster->ring().preference_list(vnode_of(cluster));
  const NodeId away = list[2];
  const NodeId fallback = list[3];
  SimClient& client = cluster.client_at({list[0]});
  EXPECT_TRUE(cluster.call(client, put("k", "old").w(3)).acknowledged());
  cluster->isolate(away);
  ASSERT_TRUE(cluster->run_until_true(
      [&] { return cluster.call(client, del("k").w(3).sloppy()).acknowledged(); },
      from_seconds(10)));
  for (const NodeId node : list) {
    if (node != away && node != fallback) cluster->mend_both(away, node);
  }
  EXPECT_FALSE(reaped_within(cluster, from_seconds(60)));
  EXPECT_EQ(held_by(cluster).node, fallback);
  EXPECT_EQ(held_by(cluster).hold, ReapHold::kKeepsHints);
  cluster->heal();
  EXPECT_TRUE(reaped_within(cluster, from_seconds(30)));
  cluster.expect_sound();
}

// A reaping meets a write, at whatever point of its way: never the older value.
TEST_F(Reaping, reap_race) {
  for (SimTime after = 0; after < from_seconds(4); after += from_ms(97)) {
    TestCluster cluster(reaping_options());
    SimClient& client = cluster.client();
    SimClient& other = cluster.client_at({2});
    cluster.call(client, put("k", "old"));
    cluster.call(client, del("k"));
    cluster->run_for(after);
    ASSERT_TRUE(cluster.call(other, put("k", "new")).acknowledged());
    cluster->run_for(from_seconds(6));
    cluster.expect_sound();
    for (const NodeId node : cluster->node_ids()) {
      ASSERT_EQ(values_on(*cluster, node, kKey), Values{"new"}) << time_to_string(after);
    }
  }
}

// The disk of a primary goes back to a time when the value lived, and everybody else has forgotten
// even that it was deleted.
TEST_F(Reaping, AnOldBackupBringsNothingBack) {
  for (const bool other_runs : {false, true}) {
    TestCluster cluster(reaping_options());
    SimClient& client = cluster.client_at({2});
    cluster.call(client, put("k", "dead").w(3));
    cluster.call(client, put("lives", "yes").w(3));
    const MemoryStore::Image image = cluster->backup(1);
    EXPECT_TRUE(cluster.call(client, del("k")).acknowledged());
    ASSERT_TRUE(reaped_within(cluster, from_seconds(20)));
    if (other_runs) {
      cluster->crash(2);
      cluster->restart(2);
    }
    cluster->restore(1, image);
    ASSERT_TRUE(cluster->run_until_settled(from_seconds(20)));
    EXPECT_TRUE(gone(cluster));
    EXPECT_GT(cluster.ledger().trace_count(TraceKind::kBegunAnew), 0u);
    EXPECT_TRUE(values_of(cluster.call(client, get("k").r(2))).empty());
    EXPECT_EQ(values_of(cluster.call(client, get("lives").all())), Values{"yes"});
    cluster.expect_sound();
  }
}

// What a restored node acknowledges before it knows what time it is, is kept.
TEST_F(Reaping, AWriteToARestoredNodeSurvives) {
  TestCluster cluster(reaping_options());
  SimClient& client = cluster.client_at({2});
  cluster.call(client, put("k", "dead").w(3));
  const MemoryStore::Image image = cluster->backup(1);
  cluster.call(client, del("k"));
  ASSERT_TRUE(reaped_within(cluster, from_seconds(20)));
  cluster->isolate(1);
  cluster->restore(1, image);
  cluster->run_for(from_seconds(1));
  SimClient& lonely = cluster.client_at({1});
  const Operation& write = cluster.call(lonely, put("k", "new").w(1));
  EXPECT_TRUE(write.acknowledged()) << to_string(write);
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(20)));
  cluster->run_for(from_seconds(5));
  for (const NodeId node : cluster->node_ids()) {
    EXPECT_EQ(values_on(*cluster, node, kKey), Values{"new"}) << "node " << node;
  }
  cluster.expect_sound();
}

TEST_F(Reaping, AWipedNodeComesBackInTheMiddle) {
  for (SimTime after = from_ms(100); after < from_seconds(4); after += from_ms(350)) {
    TestCluster cluster(reaping_options());
    SimClient& client = cluster.client_at({2});
    cluster.call(client, put("k", "dead").w(3));
    cluster.call(client, del("k"));
    cluster->run_for(after);
    cluster->wipe(1);
    ASSERT_TRUE(cluster->run_until_settled(from_seconds(20)));
    ASSERT_TRUE(reaped_within(cluster, from_seconds(30))) << time_to_string(after);
    cluster.expect_sound();
  }
}

}  // namespace
}  // namespace quorate::sim
