// A stopped process is not a dead one: its connections stand, and it wakes up with what it knew
// before.
#include <gtest/gtest.h>

#include <chrono>

#include "tests/integration/cluster_process.h"
#include "tests/integration/eventually.h"
#include "tests/integration/load.h"
#include "tests/integration/verdict.h"

namespace quorate::integration {
namespace {

using std::chrono::seconds;

#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t kMemoryFactor = 3;  // shadow and red zones
#else
constexpr std::size_t kMemoryFactor = 1;
#endif
constexpr std::size_t kMib = 1u << 20;

std::uint64_t queued_for(const client::NodeView& view, NodeId peer) {
  std::uint64_t bytes = 0;
  for (const client::PeerView& each : view.peers) {
    bytes += each.node == peer ? each.queued_bytes : 0;
  }
  return bytes;
}

std::uint64_t counted(const client::NodeView& view, const std::string& name) {
  std::uint64_t sum = 0;
  for (const auto& [counter, value] : view.counters) sum += counter == name ? value : 0;
  return sum;
}

// Reads are judged in the middle of the load (load.h): a node that wakes up must not answer as if
// it had not slept.
TEST(PauseTest, EachNodeInTurnUnderLoadLosesNothingAndAnswersNothingStale) {
  ClusterProcess cluster;
  ASSERT_TRUE(cluster.start_all());
  History history;
  Load load({.endpoints = cluster.endpoints()}, history);

  for (int round = 0; round < rounds(2); ++round) {
    for (const NodeId sleeper : cluster.ids()) {
      SCOPED_TRACE("round " + std::to_string(round) + ", node " + std::to_string(sleeper));
      ASSERT_TRUE(load.await_acknowledged(50, seconds(30)));
      cluster.pause(sleeper);
      ASSERT_TRUE(load.await_acknowledged(100, seconds(30)));
      cluster.resume(sleeper);
      ASSERT_TRUE(load.await_acknowledged(50, seconds(30)));
    }
  }

  ASSERT_TRUE(cluster.await_whole());
  load.stop();
  expect_agreement(cluster, load, history);
}

// Two of three asleep: nothing reaches a quorum, nothing is claimed; awake again, everything goes
// on.
TEST(PauseTest, MajorityAsleepIsToldAsUnknownOrNotAppliedNeverAsDone) {
  ClusterProcess cluster;
  ASSERT_TRUE(cluster.start_all());
  ASSERT_TRUE(cluster.await_whole());
  const auto client = cluster.client({cluster.endpoint(1)});
  ASSERT_TRUE(client->put("k", "before").value().ok());

  cluster.pause(2);
  cluster.pause(3);
  const auto during = client->put("k", "during");
  ASSERT_TRUE(during.has_value());
  EXPECT_TRUE(during->outcome == Outcome::kUnknown || during->outcome == Outcome::kNotApplied)
      << outcome_name(during->outcome);
  cluster.resume(2);
  cluster.resume(3);
  ASSERT_TRUE(cluster.await_whole());

  const auto after = client->get("k");
  ASSERT_TRUE(after.has_value());
  ASSERT_FALSE(after->values.empty());
  for (const ReadValue& value : after->values) {
    if (during->outcome == Outcome::kNotApplied) {
      EXPECT_EQ(value.value.view(), "before");
    } else {
      EXPECT_TRUE(value.value.view() == "before" || value.value.view() == "during");
    }
  }
}

// What waits for a peer that does not read is bounded, by the nodes' own accounts, which are exact:
// bytes queued for it, and bytes of records kept because it has not answered. What the system
// counts as resident holds the store's buffers too and what the allocator does not give back, so
// that bound is only there to see what the accounts may have left out. (Limits small and patience
// long, so that they are reached whatever the machine's speed.)
TEST(PauseTest, MemoryOfTheOthersStaysBounded) {
  constexpr std::size_t kQueueMax = 8 * kMib;
  constexpr std::size_t kLateMax = 4 * kMib;
  constexpr std::size_t kRecordMax = 4 * kMib;  // what one message may go past the bound
  ClusterProcess cluster({.configuration = "[limits]\n"
                                           "silence_max_ms = 60_000\n"
                                           "tcp_user_timeout_ms = 60_000\n"
                                           "write_stall_max_ms = 60_000\n"
                                           "peer_out_bytes_max = 8_388_608\n"
                                           "late_bytes_max = 4_194_304\n"});
  ASSERT_TRUE(cluster.start_all());
  ASSERT_TRUE(cluster.await_whole());
  History history;
  // Piles hold at most 40 values: no record is larger than kRecordMax.
  Load load({.endpoints = {cluster.endpoint(2), cluster.endpoint(3)}, .value_bytes = 80u << 10},
            history);
  ASSERT_TRUE(load.await_acknowledged(200, seconds(120)));
  const std::size_t before = cluster.resident_bytes({2, 3});

  cluster.pause(1);
  for (const NodeId awake : {NodeId{2}, NodeId{3}}) {
    SCOPED_TRACE("node " + std::to_string(awake));
    const auto first = cluster.status(awake);
    ASSERT_TRUE(first.has_value()) << first.error().to_string();
    std::uint64_t queued_most = 0;
    std::uint64_t late_most = 0;
    const bool reached = eventually(seconds(120), [&] {
      const auto status = cluster.status(awake);
      if (!status) return false;
      queued_most = std::max(queued_most, queued_for(*status, 1));
      late_most = std::max(late_most, status->late_bytes);
      return counted(*status, "peer_messages_dropped") > counted(*first, "peer_messages_dropped");
    });
    EXPECT_TRUE(reached) << "the queue was never full";
    EXPECT_GE(queued_most, kQueueMax / 2);
    EXPECT_LE(queued_most, kQueueMax + kRecordMax);
    EXPECT_GT(late_most, 0u);
    EXPECT_LE(late_most, 2 * kLateMax);  // of writes, and of reads
  }
  ASSERT_TRUE(load.await_acknowledged(100, seconds(120)));
  const std::size_t after = cluster.resident_bytes({2, 3});
  std::cout << "resident before " << before / kMib << " MiB, after " << after / kMib
            << " MiB, of two nodes" << std::endl;
  EXPECT_LE(after, before + 2 * 256 * kMib * kMemoryFactor);

  cluster.resume(1);
  ASSERT_TRUE(cluster.await_whole(seconds(60)));
  load.stop();
  expect_agreement(cluster, load, history);
}

}  // namespace
}  // namespace quorate::integration
