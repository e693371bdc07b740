// What befalls a node as a host: it is busy, paused, killed, slow.
#include "sim/world/sim_node.h"

#include <gtest/gtest.h>

#include <vector>

#include "sim/faults/fault.h"
#include "tests/sim/sim_fixture.h"

namespace quorate::sim {
namespace {

// When each of so many reads is answered that reach one node in the same moment, ns after that.
std::vector<SimTime> answer_times(ClusterOptions options, std::size_t reads) {
  Cluster cluster(std::move(options));
  EXPECT_TRUE(cluster.run_until_settled(from_seconds(10)));
  cluster.run_for(from_ms(100));
  for (std::size_t i = 0; i < reads; ++i) cluster.add_client().enqueue(get("k"));
  const SimTime begun = cluster.now();
  cluster.run_for(from_seconds(5));
  std::vector<SimTime> times;
  for (const Operation& operation : cluster.history().operations()) {
    EXPECT_TRUE(operation.answered_read()) << to_string(operation);
    times.push_back(operation.finished - begun);
  }
  return times;
}

TEST(SimNode, handles_its_inputs_one_by_one_each_in_its_time) {
  ClusterOptions options = plain_options(1);
  options.core.ping_interval_ns = from_seconds(60);  // nothing else wants to be handled meanwhile
  options.core.silence_max_ns = 4 * options.core.ping_interval_ns;
  EXPECT_EQ(answer_times(options, 3), (std::vector<SimTime>{from_ms(2), from_ms(2), from_ms(2)}));
  options.processing.per_input = from_ms(10);
  EXPECT_EQ(answer_times(options, 3),
            (std::vector<SimTime>{from_ms(12), from_ms(22), from_ms(32)}));
}

TEST(SimNode, a_packet_takes_its_time_by_its_size) {
  ClusterOptions options = plain_options(1);
  options.processing.per_byte = from_us(1);
  TestCluster cluster(options);
  SimClient& client = cluster.client_at({1});
  const auto time_of = [&](std::size_t bytes) {
    const Operation& operation = cluster.call(client, put("k", std::string(bytes, 'x')));
    EXPECT_TRUE(operation.acknowledged());
    return operation.finished - operation.invoked;
  };
  const SimTime small = time_of(10);
  EXPECT_EQ(time_of(5'010) - small, from_us(5'000));
}

TEST(SimNode, packets_that_find_its_queue_full_are_dropped_and_counted) {
  ClusterOptions options = plain_options(1);
  options.processing.per_input = from_ms(10);
  options.processing.inputs_max = 2;
  Cluster cluster(options);
  for (int i = 0; i < 5; ++i) cluster.add_client().enqueue(get("k"));
  cluster.run_for(from_seconds(5));
  EXPECT_GE(cluster.inputs_overflowed(), 3u);
  for (const Operation& operation : cluster.history().operations()) {
    EXPECT_TRUE(operation.done()) << "a client tries again";
  }
}

TEST(SimNode, a_paused_node_handles_afterwards_what_came_meanwhile_though_its_link_is_cut_by_then) {
  TestCluster cluster;
  SimClient& client = cluster.client_at({1});
  client.enqueue(put("k", "v").w(3));
  cluster->pause(3);
  cluster->run_for(from_ms(3));  // it has reached node 3
  cluster->cut(1, 3);
  cluster->resume(3);
  cluster->run_for(from_ms(10));
  EXPECT_EQ(values_on(*cluster, 3, key_of("k")), std::vector<std::string>{"v"});
  cluster.expect_sound();
}

TEST(SimNode, a_kill_takes_nothing_that_was_written_and_a_power_cut_may) {
  std::size_t survived_kill = 0;
  std::size_t survived_crash = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    for (const bool power : {false, true}) {
      ClusterOptions options = plain_options(1);
      options.seed = seed;
      options.disk.sync = Latency::constant(from_seconds(1));
      TestCluster cluster(options);
      SimClient& client = cluster.client_at({1});
      client.enqueue(put("k", "v"));
      cluster->run_for(from_ms(10));  // written, not synced
      power ? cluster->crash(1) : cluster->kill(1);
      cluster->restart(1);
      const bool survived = cluster->row(1, key_of("k")) != nullptr;
      (power ? survived_crash : survived_kill) += survived ? 1 : 0;
      cluster.expect_sound();
    }
  }
  EXPECT_EQ(survived_kill, 20u);
  EXPECT_GT(survived_crash, 0u);
  EXPECT_LT(survived_crash, 20u);
}

TEST(SimNode, the_power_may_fail_after_the_process_has_ended) {
  std::size_t survived = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    ClusterOptions options = plain_options(1);
    options.seed = seed;
    options.disk.sync = Latency::constant(from_seconds(1));
    TestCluster cluster(options);
    cluster.client_at({1}).enqueue(put("k", "v"));
    cluster->run_for(from_ms(10));
    cluster->kill(1);
    cluster->crash(1);
    cluster->restart(1);
    survived += cluster->row(1, key_of("k")) != nullptr ? 1 : 0;
  }
  EXPECT_GT(survived, 0u);
  EXPECT_LT(survived, 20u);
}

TEST(SimNode, a_clock_may_be_wrong_from_the_beginning) {
  ClusterOptions options = plain_options();
  options.clocks = {{}, {.offset_ms = -4'000, .drift_ppm = 10'000}};
  Cluster cluster(options);
  const auto wall_ms = [&](NodeId node) { return cluster.node(node).environment().wall_now_ms(); };
  EXPECT_EQ(wall_ms(2), wall_ms(1) - 4'000);
  EXPECT_EQ(wall_ms(3), wall_ms(1));
  cluster.run_for(from_seconds(100));
  EXPECT_EQ(wall_ms(2), wall_ms(1) - 3'000);
}

// Everything that lasts ends: afterwards nothing is slow any more, and nothing is lost.
TEST(SimNode, heal_all_ends_every_fault_that_lasts) {
  TestCluster cluster;
  const SimTime begin = cluster->now() + from_ms(10);
  std::vector<Fault> faults;
  for (std::size_t i = 0; i < kFaultKindCount; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    if (!end_of(kind)) continue;
    const HostId to = is_of_link(kind) ? 2 : 0;
    const std::int64_t amount = kind == FaultKind::kLinkLossy ? kMillion : from_ms(300);
    faults.push_back(Fault{begin, kind, 1, to, amount, {}});
  }
  FaultInjector injector(*cluster, faults);
  cluster->run_for(from_seconds(2));
  EXPECT_FALSE(cluster->settled());
  injector.heal_all();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(60)));
  SimClient& client = cluster.client_at({1});
  const Operation& operation = cluster.call(client, put("k", "v").w(3));
  EXPECT_TRUE(operation.acknowledged()) << to_string(operation);
  EXPECT_LT(operation.finished - operation.invoked, from_ms(20));
  cluster.expect_sound();
}

}  // namespace
}  // namespace quorate::sim
