// The circuit breaker: who is thought to answer, from what really happens on the link
// (core/peer_health.h).
#include "tests/sim/sim_fixture.h"

namespace quorate::sim {
namespace {

Circuit circuit(TestCluster& cluster, NodeId of, NodeId peer) {
  for (const PeerStatus& status : cluster->node(of).core().status().peers) {
    if (status.node == peer) return status.circuit;
  }
  ADD_FAILURE() << "node " << of << " knows no node " << peer;
  return Circuit::kOpen;
}

// Without the transport's help, which a cut link does not give anyway.
ClusterOptions silent_options() {
  ClusterOptions options = plain_options();
  options.link_notices = false;
  return options;
}

SimTime silence_max(TestCluster& cluster) {
  const CoreOptions& options = cluster->options().core;
  return options.silence_max_ns + 2 * options.ping_interval_ns;
}

TEST(Circuit, is_closed_while_pings_are_answered) {
  TestCluster cluster(silent_options());
  cluster->run_for(from_seconds(60));
  EXPECT_TRUE(cluster->settled());
  EXPECT_EQ(cluster.ledger().trace_count(TraceKind::kCircuitOpened), 0u);
}

TEST(Circuit, opens_after_silence) {
  TestCluster cluster(silent_options());
  cluster->crash(3);
  cluster->run_for(from_ms(100));
  EXPECT_EQ(circuit(cluster, 1, 3), Circuit::kClosed);  // too soon to tell
  cluster->run_for(silence_max(cluster));
  EXPECT_NE(circuit(cluster, 1, 3), Circuit::kClosed);
  EXPECT_NE(circuit(cluster, 2, 3), Circuit::kClosed);
  EXPECT_EQ(circuit(cluster, 1, 2), Circuit::kClosed);
}

TEST(Circuit, opens_at_once_when_the_transport_says_that_the_peer_is_gone) {
  TestCluster cluster;
  cluster->crash(3);
  cluster->run_for(from_ms(10));
  EXPECT_NE(circuit(cluster, 1, 3), Circuit::kClosed);
}

TEST(Circuit, opens_on_both_sides_of_a_one_way_cut) {
  TestCluster cluster(silent_options());
  cluster->cut(1, 2);
  cluster->run_for(silence_max(cluster));
  EXPECT_NE(circuit(cluster, 1, 2), Circuit::kClosed);  // what 1 sends is lost
  EXPECT_NE(circuit(cluster, 2, 1), Circuit::kClosed);  // what 2 sends is heard, but not answered
  EXPECT_EQ(circuit(cluster, 1, 3), Circuit::kClosed);
  EXPECT_EQ(circuit(cluster, 2, 3), Circuit::kClosed);
}

TEST(Circuit, a_lasting_one_way_cut_leaves_every_node_serving) {
  TestCluster cluster(silent_options());
  cluster->cut(1, 2);
  cluster->run_for(from_seconds(5));
  for (const NodeId node : cluster->node_ids()) {
    const Operation& write = cluster.call(cluster.client_at({node}), put("k", "v"));
    EXPECT_TRUE(write.acknowledged()) << to_string(write);
    EXPECT_LT(write.finished - write.invoked, from_ms(20));
    EXPECT_TRUE(cluster.call(cluster.client_at({node}), get("k")).answered_read());
  }
  cluster.expect_sound();
}

TEST(Circuit, closes_after_the_cut_has_healed) {
  TestCluster cluster(silent_options());
  cluster->isolate(1);
  cluster->run_for(from_seconds(30));
  EXPECT_NE(circuit(cluster, 1, 2), Circuit::kClosed);
  cluster->heal();
  EXPECT_TRUE(cluster->run_until_settled(from_seconds(5)));
  EXPECT_GT(cluster.ledger().trace_count(TraceKind::kCircuitHalfOpened), 0u);
}

TEST(Circuit, a_node_that_was_stopped_for_long_does_not_think_that_the_others_died) {
  TestCluster cluster(silent_options());
  cluster->pause(1);
  cluster->run_for(from_seconds(30));
  EXPECT_NE(circuit(cluster, 2, 1), Circuit::kClosed);
  cluster->resume(1);
  cluster->run_for(from_ms(20));
  EXPECT_EQ(circuit(cluster, 1, 2), Circuit::kClosed);
  EXPECT_TRUE(cluster->run_until_settled(from_seconds(5)));
}

TEST(Circuit, slow_is_not_dead) {
  ClusterOptions options = silent_options();
  options.node_links.latency = Latency::constant(from_ms(180));
  TestCluster cluster(options);
  cluster->run_for(from_seconds(30));
  EXPECT_TRUE(cluster->settled());
  EXPECT_EQ(cluster.ledger().trace_count(TraceKind::kCircuitOpened), 0u);
}

}  // namespace
}  // namespace quorate::sim
