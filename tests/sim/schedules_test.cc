// The schedules that have cost others their users' data (DESIGN 7), on the real core: those that
// need no feature which is not there yet. Each ends with every property judged.
#include <algorithm>
#include <set>

#include "tests/sim/sim_fixture.h"

namespace quorate::sim {
namespace {

using Values = std::vector<std::string>;

const Key kKey = key_of("k");

bool among(const Values& values, const std::string& wanted) {
  return std::find(values.begin(), values.end(), wanted) != values.end();
}

// A replica coordinates writes, loses the row, coordinates a blind write: the new value survives,
// and so does the acknowledged one that it replaced nowhere else.
void lose_the_row_and_write(bool restart) {
  TestCluster cluster;
  SimClient& client = cluster.client_at({1});
  cluster.call(client, put("k", "c1").w(3));
  cluster.call(client, put("k", "c2").w(3));
  if (restart) cluster->crash(1);
  cluster->forget_row(1, kKey);
  if (restart) {
    cluster->restart(1);
    ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  }
  const Operation& write = cluster.call(client, put("k", "c3").w(3));
  EXPECT_TRUE(write.acknowledged()) << to_string(write);
  cluster.expect_sound();
  for (const NodeId node : cluster->node_ids()) {
    EXPECT_TRUE(among(values_on(*cluster, node, kKey), "c3")) << "node " << node;
  }
}

TEST(Schedule, kv679_dataloss) { lose_the_row_and_write(false); }
TEST(Schedule, kv679_dataloss_over_a_restart) { lose_the_row_and_write(true); }

// The residual case that defeated the first fix elsewhere: the forgetful replica gets the row back
// from a peer before it writes again. A row that came from elsewhere gives no right to count on.
TEST(Schedule, kv679_dataloss_after_the_row_came_back_from_a_peer) {
  for (const bool restart : {false, true}) {
    TestCluster cluster;
    SimClient& client = cluster.client_at({1});
    cluster.call(client, put("k", "c1").w(3));
    cluster->isolate(3);                   // has c1 only
    cluster.call(client, put("k", "c2"));  // on 1 and 2
    cluster->heal();
    ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
    cluster->crash(2);
    if (restart) cluster->crash(1);
    cluster->forget_row(1, kKey);
    if (restart) cluster->restart(1);
    ASSERT_TRUE(cluster->run_until_true(
        [&] { return cluster.call(cluster.client_at({3}), get("k")).answered_read(); },
        from_seconds(10)));
    cluster->run_for(from_seconds(1));
    EXPECT_EQ(values_on(*cluster, 1, kKey), Values{"c1"});  // read repair gave the old row back
    EXPECT_TRUE(cluster.call(client, put("k", "c3")).acknowledged());
    cluster.expect_sound();
    EXPECT_EQ(values_on(*cluster, 2, kKey), (Values{"c2", "c3"}));
  }
}

TEST(Schedule, kv679_uid) {
  std::set<RunId> runs;
  std::size_t lives = 0;
  for (const std::uint64_t seed : {1, 2, 3}) {
    ClusterOptions options = plain_options(5);
    options.seed = seed;
    TestCluster cluster(options);  // all start in the same instant
    for (int round = 0; round < 4; ++round) {
      for (const NodeId node : cluster->node_ids()) {
        const RunId run = cluster->node(node).core().status().run;
        EXPECT_EQ(node_of(run), node);
        runs.insert(run);
        ++lives;
        cluster->crash(node);
      }
      for (const NodeId node : cluster->node_ids()) cluster->restart(node);
    }
  }
  EXPECT_EQ(runs.size(), lives);
}

// A mints, sends, is acknowledged by B and C, dies before its own sync, restarts, writes the key
// again.
TEST(Schedule, minted_then_died) {
  int lost = 0;
  for (std::uint64_t seed = 1; seed <= 16; ++seed) {
    ClusterOptions options = plain_options();
    options.seed = seed;  // decides what of the disk survives
    TestCluster cluster(options);
    SimClient& client = cluster.client_at({1});
    cluster->node(1).environment().set_disk_model(DiskModel{Latency::constant(from_seconds(30))});
    cluster.call(cluster.client_at({1}), put("other", "x").deadline(from_ms(50)));  // a sync begins
    EXPECT_TRUE(cluster.call(client, put("k", "first")).acknowledged());            // by 2 and 3
    cluster->crash(1);
    lost += cluster->row(1, kKey) == nullptr ? 1 : 0;
    cluster->node(1).environment().set_disk_model(options.disk);
    cluster->restart(1);
    ASSERT_TRUE(cluster->run_until_settled(from_seconds(20)));
    EXPECT_TRUE(cluster.call(client, put("k", "second")).acknowledged());
    cluster.expect_sound();
    EXPECT_TRUE(among(values_on(*cluster, 2, kKey), "second"));
  }
  EXPECT_GT(lost, 0);
  EXPECT_LT(lost, 16);
}

// Rows written, backup, more rows written and acknowledged, backup restored, blind write.
TEST(Schedule, backup_restored) {
  TestCluster cluster;
  SimClient& client = cluster.client_at({1});
  const Key other = key_of("other");
  cluster.call(client, put("k", "c1").w(3));
  const MemoryStore::Image image = cluster->backup(1);
  cluster->isolate(3);
  cluster.call(client, put("k", "c2"));      // on 1 and 2
  cluster.call(client, put("other", "o1"));  // a row that the backup has not got
  cluster->run_for(from_seconds(2));         // peers hear how far node 1 has come
  cluster->restore(1, image);
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(20)));
  EXPECT_EQ(cluster.ledger().trace_count(TraceKind::kForgot), 1u);
  EXPECT_TRUE(cluster.call(client, put("k", "c3")).acknowledged());
  EXPECT_TRUE(cluster.call(client, put("other", "o2")).acknowledged());
  cluster.expect_sound();
  EXPECT_TRUE(among(values_on(*cluster, 3, kKey), "c3"));
}

// The same where nobody can tell in time: node 1 writes before any peer has answered it.
TEST(Schedule, backup_restored_and_written_before_anybody_could_tell) {
  TestCluster cluster;
  SimClient& client = cluster.client_at({1});
  cluster.call(client, put("k", "c1").w(3));
  const MemoryStore::Image image = cluster->backup(1);
  cluster->isolate(3);
  cluster.call(client, put("k", "c2"));  // on 1 and 2
  cluster->crash(2);
  cluster->restore(1, image);
  cluster->heal();
  cluster.call(client, put("k", "c3").w(1));
  cluster->restart(2);
  cluster.expect_sound();
  EXPECT_EQ(values_on(*cluster, 3, kKey), (Values{"c2", "c3"}));
}

// A delete is applied, its answer lost; another client puts; the delete is retried by its id.
TEST(Schedule, blind_retry_of_delete) {
  for (const NodeId retried_at : {NodeId{1}, NodeId{2}}) {
    TestCluster cluster;
    cluster.call(cluster.client_at({1}), put("k", "old").w(3));
    ClientPolicy policy;
    policy.endpoints = {1, retried_at};
    policy.attempt_timeout = from_ms(200);
    SimClient& deleter = cluster->add_client(policy);
    cluster->cut(1, deleter.host());
    deleter.enqueue(del("k"));
    cluster->run_for(from_ms(100));
    EXPECT_TRUE(values_on(*cluster, 1, kKey).empty());
    EXPECT_TRUE(cluster.call(cluster.client_at({3}), put("k", "new")).acknowledged());
    cluster->heal();
    ASSERT_TRUE(cluster->run_until_true([&] { return deleter.idle(); }, from_seconds(10)));
    cluster.expect_sound();
    EXPECT_EQ(values_on(*cluster, 1, kKey), Values{"new"});
  }
}

// Two clients, interleaved read-resolve-write, each always one write behind.
TEST(Schedule, sibling_explosion) {
  TestCluster cluster;
  SimClient& left = cluster.client_at({1});
  SimClient& right = cluster.client_at({2});
  Token left_knows = *cluster.call(left, get("k")).reply.token;
  Token right_knows = *cluster.call(right, get("k")).reply.token;
  std::size_t most = 0;
  for (int round = 0; round < 100; ++round) {
    const std::string number = std::to_string(round);
    EXPECT_TRUE(cluster.call(left, put("k", "l" + number).token(left_knows)).acknowledged());
    left_knows = *cluster.call(left, get("k")).reply.token;
    EXPECT_TRUE(cluster.call(right, put("k", "r" + number).token(right_knows)).acknowledged());
    right_knows = *cluster.call(right, get("k")).reply.token;
    for (const NodeId node : cluster->node_ids()) {
      most = std::max(most, values_on(*cluster, node, kKey).size());
    }
  }
  EXPECT_LE(most, 3u);
  EXPECT_GE(most, 2u);
  cluster.expect_sound();
}

// The same by re-using the tokens of acknowledgements, without a read.
TEST(Schedule, sibling_explosion_with_the_tokens_of_acknowledgements) {
  TestCluster cluster;
  SimClient& left = cluster.client_at({1});
  SimClient& right = cluster.client_at({2});
  std::size_t most = 0;
  for (int round = 0; round < 100; ++round) {
    const std::string number = std::to_string(round);
    cluster.call(left, put("k", "l" + number).session());
    cluster.call(right, put("k", "r" + number).session());
    most = std::max(most, values_on(*cluster, 3, kKey).size());
  }
  EXPECT_LE(most, 3u);
  cluster.expect_sound();
}

// A write forwarded to a primary is retried through another.
TEST(Schedule, forwarded_twice) {
  TestCluster cluster(plain_options(5));
  Key key;
  std::vector<NodeId> outside;
  for (int i = 0; outside.size() != 2 || !cluster->is_primary(3, key); ++i) {
    key = key_of("k" + std::to_string(i));
    outside.clear();
    for (const NodeId node : cluster->node_ids()) {
      if (!cluster->is_primary(node, key)) outside.push_back(node);
    }
  }
  const std::vector<NodeId> primaries = cluster->primaries(key);
  ClientPolicy policy;
  policy.endpoints = outside;
  policy.attempt_timeout = from_ms(300);
  SimClient& client = cluster->add_client(policy);
  // What the first outsider hands on is applied, by a primary that can tell neither it nor its
  // peers.
  cluster->at(cluster->now() + from_us(1'500), [&] {
    for (const NodeId primary : primaries) {
      cluster->cut(primary, outside[0]);
      for (const NodeId peer : primaries) {
        if (peer != primary) cluster->cut(primary, peer);
      }
    }
  });
  cluster->at(cluster->now() + from_ms(700), [&] { cluster->heal(); });
  const Operation& write = cluster.call(client, put(key.name, "once"));
  EXPECT_TRUE(write.acknowledged()) << to_string(write);
  EXPECT_GT(write.attempts.size(), 1u);
  cluster.expect_sound();
  for (const NodeId node : cluster->node_ids()) {
    const Operation& read = cluster.call(cluster.client_at({node}), get(key.name));
    EXPECT_EQ(values_of(read), Values{"once"}) << to_string(read);
  }
}

// Siblings v1, v2; the writer of v2 re-uses the token of its acknowledgement.
TEST(Schedule, ack_context) {
  TestCluster cluster;
  SimClient& client = cluster.client_at({1});
  EXPECT_TRUE(cluster.call(client, put("k", "v1").none()).acknowledged());
  const Operation& second = cluster.call(client, put("k", "v2").none());
  ASSERT_TRUE(second.reply.token);
  cluster.call(client, put("k", "v3").token(*second.reply.token));
  EXPECT_EQ(values_of(cluster.call(client, get("k"))), (Values{"v1", "v3"}));
  cluster.expect_sound();
}

// Three replicas, last-writer-wins pruned in different orders: all orders give one result.
TEST(Schedule, lww_not_associative) {
  const Key key = key_of("k", "lww");
  std::vector<NodeId> order = {1, 2, 3};
  std::set<Values> results;
  do {
    ClusterOptions options = plain_options();
    options.core.clock_skew_max_ms = 0;  // off: clocks may differ by as much as they like
    TestCluster cluster(options);
    for (const NodeId node : cluster->node_ids()) {
      cluster->isolate(node);
      cluster->node(node).environment().wall().jump(node * 10'000);
    }
    cluster->run_for(from_seconds(3));
    for (const NodeId node : cluster->node_ids()) {
      SimClient& client = cluster.client_at({node});
      EXPECT_TRUE(cluster.call(client, put("k", "v", "lww").w(1)).acknowledged());
      const std::string value = "v" + std::to_string(node);
      const Operation& write = cluster.call(client, put("k", value, "lww").w(1).session());
      EXPECT_TRUE(write.acknowledged()) << to_string(write);
    }
    // The first of the order meets the second, then the third.
    cluster->mend_both(order[0], order[1]);
    cluster->run_for(from_seconds(6));
    cluster.call(cluster.client_at({order[0]}), get("k", "lww").r(2));
    cluster->run_for(from_seconds(1));
    cluster->mend_both(order[1], order[2]);
    cluster->run_for(from_seconds(6));
    cluster.call(cluster.client_at({order[2]}), get("k", "lww").r(2));
    cluster->run_for(from_seconds(1));
    cluster.expect_sound();
    for (const NodeId node : cluster->node_ids()) {
      results.insert(values_of(cluster.call(cluster.client_at({node}), get("k", "lww").r(1))));
    }
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_EQ(results, std::set<Values>{Values{"v3"}});  // the clock that is furthest ahead
}

// A value is asked of a replica that then loses power before its sync: no reader saw what nobody
// has.
TEST(Schedule, unsynced_read) {
  int lost = 0;
  for (std::uint64_t seed = 1; seed <= 16; ++seed) {
    ClusterOptions options = plain_options();
    options.seed = seed;
    TestCluster cluster(options);
    cluster->isolate(1);
    cluster->run_for(from_seconds(3));
    cluster->node(1).environment().set_disk_model(DiskModel{Latency::constant(from_ms(500))});
    SimClient& writer = cluster.client_at({1});
    SimClient& reader = cluster.client_at({1});
    writer.enqueue(put("k", "v").w(1));
    cluster->run_for(from_ms(100));
    EXPECT_EQ(values_on(*cluster, 1, kKey), Values{"v"});  // visible to the core, not durable
    reader.enqueue(get("k").r(1));
    cluster->run_for(from_ms(100));
    EXPECT_FALSE(cluster->history()[*reader.last_operation()].done());
    cluster->crash(1);
    lost += cluster->row(1, kKey) == nullptr ? 1 : 0;
    cluster->node(1).environment().set_disk_model(options.disk);
    cluster.expect_sound();
    EXPECT_FALSE(cluster->history()[*reader.last_operation()].answered_read());
  }
  EXPECT_GT(lost, 0);
}

// Acknowledged means durable on W replicas: slow disks everywhere, a write that is acknowledged,
// and in that very moment the power fails on all nodes. Catches a replica, or the coordinator, that
// acknowledges before its sync.
TEST(Schedule, power_fails_everywhere_after_the_acknowledgement) {
  for (std::uint64_t seed = 1; seed <= 32; ++seed) {
    ClusterOptions options = plain_options();
    options.seed = seed;
    TestCluster cluster(options);
    for (const NodeId node : cluster->node_ids()) {
      // Disks of different pace: the acknowledgements come one by one.
      cluster->node(node).environment().set_disk_model(
          DiskModel{Latency::constant(from_ms(100 * node))});
    }
    const Operation& write = cluster.call(cluster.client_at({1}), put("k", "v"));
    ASSERT_EQ(write.outcome, Outcome::kOk) << to_string(write);
    EXPECT_GE(write.finished - write.invoked, from_ms(200));  // the second of three disks
    for (const NodeId node : cluster->node_ids()) cluster->crash(node);
    int holders = 0;
    for (const NodeId node : cluster->node_ids()) {
      holders += cluster->row(node, kKey) != nullptr ? 1 : 0;
      cluster->node(node).environment().set_disk_model(options.disk);
    }
    EXPECT_GE(holders, 2) << "seed " << seed;
    cluster.expect_sound();
    EXPECT_EQ(values_on(*cluster, 3, kKey), Values{"v"});
  }
}

// The other half: without a crash the reader waits for the sync, and then sees the value.
TEST(Schedule, unsynced_read_waits_for_the_sync) {
  TestCluster cluster;
  cluster->isolate(1);
  cluster->run_for(from_seconds(3));
  cluster->node(1).environment().set_disk_model(DiskModel{Latency::constant(from_ms(500))});
  SimClient& writer = cluster.client_at({1});
  writer.enqueue(put("k", "v").w(1));
  cluster->run_for(from_ms(100));
  const Operation& read = cluster.call(cluster.client_at({1}), get("k").r(1));
  EXPECT_EQ(values_of(read), Values{"v"});
  EXPECT_GT(read.finished - read.invoked, from_ms(300));
  EXPECT_GE(cluster.ledger().trace_count(TraceKind::kReadDeferred), 1u);
}

}  // namespace
}  // namespace quorate::sim
