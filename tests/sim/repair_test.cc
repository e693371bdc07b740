// Read repair (Dynamo 4.7, with the differences that core/reads.h names), on the real core.
#include "tests/sim/sim_fixture.h"

namespace quorate::sim {
namespace {

using Values = std::vector<std::string>;

// Node 3 has missed the write, and is back.
TestCluster& miss_a_write(TestCluster& cluster) {
  cluster->isolate(3);
  const Operation& write = cluster.call(cluster.client_at({1}), put("k", "v"));
  EXPECT_TRUE(write.acknowledged());
  cluster->run_for(from_seconds(5));  // the write has given up on node 3
  cluster->heal();
  EXPECT_TRUE(cluster->run_until_settled(from_seconds(10)));
  EXPECT_EQ(cluster->row(3, key_of("k")), nullptr);
  return cluster;
}

TEST(ReadRepair, reaches_a_replica_that_answered_late) {
  TestCluster cluster;
  miss_a_write(cluster);
  cluster->network().set_link(3, 1, LinkModel{.latency = Latency::constant(from_ms(200))});
  const Operation& read = cluster.call(cluster.client_at({1}), get("k"));
  EXPECT_EQ(values_of(read), Values{"v"});
  EXPECT_LT(read.finished - read.invoked, from_ms(20));  // it did not wait for node 3
  EXPECT_EQ(cluster->row(3, key_of("k")), nullptr);
  cluster->run_for(from_seconds(1));
  EXPECT_EQ(values_on(*cluster, 3, key_of("k")), Values{"v"});
}

TEST(ReadRepair, reaches_every_stale_replica_of_five) {
  ClusterOptions options = plain_options(5);
  Bucket bucket = *options.buckets.find("default");
  bucket.n = 5;
  bucket.r = bucket.w = 1;
  ASSERT_TRUE(options.buckets.add(bucket));
  TestCluster cluster(options);
  cluster->isolate(1);
  cluster->run_for(from_seconds(3));
  cluster.call(cluster.client_at({1}), put("k", "v").w(1));
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  const Operation& read = cluster.call(cluster.client_at({1}), get("k").r(1));
  EXPECT_EQ(values_of(read), Values{"v"});
  cluster->run_for(from_seconds(1));
  for (const NodeId node : cluster->node_ids()) {
    EXPECT_EQ(values_on(*cluster, node, key_of("k")), Values{"v"}) << "node " << node;
  }
}

TEST(ReadRepair, when_it_blocks_the_answer_finds_a_quorum_repaired) {
  TestCluster cluster;
  miss_a_write(cluster);
  cluster->crash(2);
  const Operation& read =
      cluster.call(cluster.client_at({1}), get("k").repair(ReadRepair::kBlocking));
  EXPECT_EQ(values_of(read), Values{"v"}) << to_string(read);
  EXPECT_EQ(values_on(*cluster, 3, key_of("k")), Values{"v"});
  EXPECT_EQ(cluster->node(3).disk().unsynced(), 0u);  // durably
}

// Monotonic reads for everybody, without a token: what a quorum read has shown, every later quorum
// read shows.
TEST(ReadRepair, when_it_blocks_no_later_quorum_read_goes_back) {
  TestCluster cluster;
  cluster->isolate(1);
  cluster.call(cluster.client_at({1}), put("k", "v").deadline(from_ms(100)));  // on node 1 alone
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  cluster->crash(3);
  const Operation& first =
      cluster.call(cluster.client_at({2}), get("k").repair(ReadRepair::kBlocking));
  EXPECT_EQ(values_of(first), Values{"v"});
  cluster->crash(1);
  cluster->restart(3);
  cluster->run_for(from_seconds(3));
  EXPECT_EQ(values_of(cluster.call(cluster.client_at({2}), get("k"))), Values{"v"});
}

// What node 1 sends to node 3, or hears from it, is lost for a while from the moment on at which it
// has the answer of node 3 and sends it the repair.
void lose_the_repair(TestCluster& cluster, HostId from, HostId to) {
  cluster->at(cluster->now() + from_us(2'500), [&cluster, from, to] { cluster->cut(from, to); });
  cluster->at(cluster->now() + from_ms(50), [&cluster, from, to] { cluster->mend(from, to); });
}

TEST(ReadRepair, when_it_blocks_a_repair_that_was_lost_is_sent_again) {
  for (const auto& [from, to] : {std::pair<HostId, HostId>{1, 3}, {3, 1}}) {
    TestCluster cluster;
    miss_a_write(cluster);
    cluster->crash(2);
    if (from == 1) {
      lose_the_repair(cluster, 1, 3);
    } else {  // its acknowledgement, which waits for the disk
      cluster->at(cluster->now() + from_us(4'500), [&cluster] { cluster->cut(3, 1); });
      cluster->at(cluster->now() + from_ms(50), [&cluster] { cluster->mend(3, 1); });
    }
    const Operation& read =
        cluster.call(cluster.client_at({1}), get("k").repair(ReadRepair::kBlocking));
    EXPECT_EQ(values_of(read), Values{"v"}) << to_string(read) << read.reply.detail;
    EXPECT_LT(read.finished - read.invoked, 2 * CoreOptions().resend_ns);
    EXPECT_EQ(cluster.ledger().trace_count(TraceKind::kRepairResent), 1u);
    EXPECT_EQ(values_on(*cluster, 3, key_of("k")), Values{"v"});
    cluster.expect_sound();
  }
}

TEST(ReadRepair, when_it_blocks_another_replica_stands_in_for_one_that_cannot_be_repaired) {
  TestCluster cluster;
  miss_a_write(cluster);
  cluster->network().set_link(2, 1, LinkModel{.latency = Latency::constant(from_ms(100))});
  cluster->node(3).set_disk_full(true);  // it refuses
  const Operation& read =
      cluster.call(cluster.client_at({1}), get("k").repair(ReadRepair::kBlocking));
  EXPECT_EQ(values_of(read), Values{"v"}) << to_string(read) << read.reply.detail;
  EXPECT_GE(read.finished - read.invoked, from_ms(100));  // node 2 has it, and says so
  EXPECT_LT(read.finished - read.invoked, from_ms(120));
  cluster->node(3).set_disk_full(false);
  cluster.expect_sound();
}

TEST(ReadRepair, when_it_blocks_says_at_once_that_too_few_are_left_to_repair) {
  TestCluster cluster;
  miss_a_write(cluster);
  cluster->kill(2);
  cluster->at(cluster->now() + from_us(3'500), [&cluster] { cluster->kill(3); });
  const Operation& read =
      cluster.call(cluster.client_at({1}), get("k").repair(ReadRepair::kBlocking));
  EXPECT_EQ(read.outcome, Outcome::kNotApplied) << to_string(read);
  EXPECT_EQ(read.reason, Reason::kQuorumUnreachable);
  EXPECT_NE(read.reply.detail.find("nodes 3 and 2 cannot take it over now"), std::string::npos)
      << read.reply.detail;
  EXPECT_LT(read.finished - read.invoked, from_ms(20));
  cluster.expect_sound();
}

// What comes while the answer waits is held by one replica alone. A reader who was told of it could
// read it no more when that one is gone.
TEST(ReadRepair, when_it_blocks_tells_nothing_that_came_meanwhile) {
  TestCluster cluster;
  miss_a_write(cluster);
  cluster->isolate(2);
  cluster.call(cluster.client_at({2}), put("k", "beside").none().deadline(from_ms(100)));
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  cluster->network().set_link(2, 1, LinkModel{.latency = Latency::constant(from_ms(100))});
  lose_the_repair(cluster, 1, 3);
  const Operation& read =
      cluster.call(cluster.client_at({1}), get("k").repair(ReadRepair::kBlocking));
  EXPECT_EQ(values_of(read), Values{"v"}) << to_string(read) << read.reply.detail;
  cluster->run_for(from_seconds(1));
  for (const NodeId node : cluster->node_ids()) {  // and it is repaired like any other
    EXPECT_EQ(values_on(*cluster, node, key_of("k")), (Values{"beside", "v"})) << "node " << node;
  }
  cluster.expect_sound();
}

TEST(ReadRepair, when_it_blocks_sends_no_repair_twice) {
  TestCluster cluster;
  miss_a_write(cluster);
  cluster->network().set_link(2, 1, LinkModel{.latency = Latency::constant(from_ms(100))});
  cluster.call(cluster.client_at({1}), get("k").repair(ReadRepair::kBlocking));
  cluster->run_for(from_seconds(5));
  EXPECT_EQ(cluster.ledger().trace_count(TraceKind::kRepairSent), 1u);
}

TEST(ReadRepair, when_it_is_off_a_stale_replica_stays_stale) {
  TestCluster cluster;
  miss_a_write(cluster);
  const Operation& read =
      cluster.call(cluster.client_at({1}), get("k").all().repair(ReadRepair::kOff));
  EXPECT_EQ(values_of(read), Values{"v"});
  cluster->run_for(from_seconds(5));
  EXPECT_EQ(cluster->row(3, key_of("k")), nullptr);
}

TEST(ReadRepair, sends_nothing_when_all_agree) {
  TestCluster cluster;
  SimClient& client = cluster.client_at({1});
  cluster.call(client, put("k", "v").w(3));
  const std::uint64_t before = cluster.ledger().trace_count(TraceKind::kRepairSent);
  for (int i = 0; i < 10; ++i) cluster.call(client, get("k").all());
  cluster->run_for(from_seconds(1));
  EXPECT_EQ(cluster.ledger().trace_count(TraceKind::kRepairSent), before);
}

TEST(ReadRepair, merges_what_each_replica_alone_has) {
  TestCluster cluster;
  cluster->split({1}, {2, 3});
  cluster->split({2}, {3});
  cluster->run_for(from_seconds(3));
  for (const NodeId node : cluster->node_ids()) {
    cluster.call(cluster.client_at({node}), put("k", "v" + std::to_string(node)).w(1));
  }
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  const Values all{"v1", "v2", "v3"};
  EXPECT_EQ(values_of(cluster.call(cluster.client_at({2}), get("k").all())), all);
  cluster->run_for(from_seconds(1));
  for (const NodeId node : cluster->node_ids()) {
    EXPECT_EQ(values_on(*cluster, node, key_of("k")), all);
  }
  cluster.expect_sound();
}

// Until its circuit opens, a silent replica is waited for by every request; what that keeps in
// memory has a bound, and what gave up is repaired like any other stale replica.
TEST(LateReplica, costs_no_more_memory_than_its_bound) {
  ClusterOptions options = plain_options();
  options.core.late_bytes_max = 64u << 10;
  TestCluster cluster(options);
  SimClient& client = cluster.client_at({1});
  cluster->isolate(3);
  std::uint64_t most = 0;
  for (int i = 0; i < 40; ++i) {
    const std::string key = "k" + std::to_string(i % 20);
    cluster.call(client, i < 20 ? put(key, std::string(8u << 10, 'v')) : get(key));
    most = std::max(most, cluster->node(1).core().status().late_bytes);
  }
  EXPECT_LE(most, 2 * options.core.late_bytes_max);  // writes, and as much for reads
  EXPECT_GT(most, options.core.late_bytes_max);
  EXPECT_GE(cluster.ledger().trace_count(TraceKind::kLateGivenUp), 20u);
  cluster->run_for(from_seconds(5));
  EXPECT_EQ(cluster->node(1).core().status().late_bytes, 0u);
  cluster.expect_sound();
}

// A disk that limps: every acknowledgement of node 3 is late, none is lost, and nobody waits for
// it.
TEST(LateReplica, is_not_asked_again_when_it_is_only_slow) {
  TestCluster cluster;
  cluster->node(3).environment().set_disk_model(DiskModel{Latency::constant(from_ms(600))});
  SimClient& client = cluster.client_at({1});
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(cluster.call(client, put("k" + std::to_string(i), "v")).acknowledged());
  }
  cluster->run_for(from_seconds(3));
  EXPECT_EQ(cluster.ledger().trace_count(TraceKind::kResent), 0u);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(values_on(*cluster, 3, key_of("k" + std::to_string(i))), Values{"v"});
  }
  cluster.expect_sound();
}

TEST(LateReplica, is_asked_again_for_a_write_that_it_missed) {
  TestCluster cluster;
  SimClient& client = cluster.client_at({1});
  cluster->cut(1, 3);
  EXPECT_TRUE(cluster.call(client, put("missed", "v")).acknowledged());
  cluster->mend(1, 3);
  EXPECT_TRUE(cluster.call(client, put("later", "v")).acknowledged());
  EXPECT_EQ(cluster->row(3, key_of("missed")), nullptr);
  cluster->run_for(from_ms(400));
  EXPECT_EQ(values_on(*cluster, 3, key_of("missed")), Values{"v"});
  EXPECT_EQ(cluster.ledger().trace_count(TraceKind::kResent), 1u);
  cluster.expect_sound();
}

}  // namespace
}  // namespace quorate::sim
