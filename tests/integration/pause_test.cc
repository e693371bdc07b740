// A stopped process is not a dead one: its connections stand, and it wakes up with what it knew
// before.
#include <gtest/gtest.h>

#include <chrono>

#include "tests/integration/cluster_process.h"
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

// What waits for a peer that does not read is bounded: the others' memory grows by no more than 64
// MiB over what the same work takes while all are awake.
TEST(PauseTest, MemoryOfTheOthersStaysBounded) {
  ClusterProcess cluster;
  ASSERT_TRUE(cluster.start_all());
  ASSERT_TRUE(cluster.await_whole());
  History history;
  Load load({.endpoints = cluster.endpoints(), .value_bytes = 256u << 10}, history);

  // Until the store's own buffers have been full once.
  const auto some = static_cast<std::uint64_t>(std::min(4, rounds(1))) * 700;  // 175 MiB a round
  ASSERT_TRUE(load.await_acknowledged(700, seconds(240)));
  const std::size_t before = cluster.resident_bytes({2, 3});

  cluster.pause(1);
  ASSERT_TRUE(load.await_acknowledged(some, seconds(240)));
  const std::size_t after = cluster.resident_bytes({2, 3});
  for (const NodeId awake : {NodeId{2}, NodeId{3}}) {
    const auto status = cluster.status(awake);
    ASSERT_TRUE(status.has_value()) << status.error().to_string();
    EXPECT_LE(queued_for(*status, 1), 64 * kMib);
  }
  std::cout << "resident before " << before / kMib << " MiB, after " << after / kMib
            << " MiB, of two nodes" << std::endl;
  EXPECT_LE(after, before + 2 * 64 * kMib * kMemoryFactor);

  cluster.resume(1);
  ASSERT_TRUE(cluster.await_whole(seconds(60)));
  load.stop();
  expect_agreement(cluster, load, history);
}

}  // namespace
}  // namespace quorate::integration
