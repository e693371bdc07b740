// Cut, write on both sides, heal: both sides' acknowledged writes are there, and reading makes all
// replicas equal.
#include <gtest/gtest.h>

#include <chrono>

#include "tests/integration/cluster_process.h"
#include "tests/integration/load.h"
#include "tests/integration/verdict.h"

namespace quorate::integration {
namespace {

using std::chrono::seconds;

// As `scripts/cluster partition 1 2,3` does it.
TEST(PartitionTest, CutAndHealUnderLoadConvergesByReadRepair) {
  ClusterProcess cluster;
  ASSERT_TRUE(cluster.start_all());
  // A node that nobody has told that it is new takes no writes, and cut off it never hears.
  ASSERT_TRUE(cluster.await_whole());
  History history;
  Load quorum({.endpoints = cluster.endpoints(), .name = "quorum"}, history);

  for (int round = 0; round < rounds(2); ++round) {
    for (const NodeId alone : cluster.ids()) {
      SCOPED_TRACE("round " + std::to_string(round) + ", node " + std::to_string(alone));
      std::vector<NodeId> others = cluster.ids();
      std::erase(others, alone);
      const std::string suffix = std::to_string(round) + "." + std::to_string(alone);

      ASSERT_TRUE(quorum.await_acknowledged(50, seconds(30)));
      ASSERT_TRUE(cluster.cut({alone}, others));
      {
        // Both sides take writes of one replica, to the same keys.
        Load minority({.endpoints = {cluster.endpoint(alone)},
                       .name = "minority" + suffix,
                       .keys = "both" + suffix,
                       .workers = 1,
                       .r = Quorum::of(1),
                       .w = Quorum::of(1),
                       .judge_reads = false},
                      history);
        Load majority({.endpoints = {cluster.endpoint(others[0])},
                       .name = "majority" + suffix,
                       .keys = "both" + suffix,
                       .workers = 1,
                       .r = Quorum::of(1),
                       .w = Quorum::of(1),
                       .judge_reads = false},
                      history);
        ASSERT_TRUE(minority.await_acknowledged(30, seconds(30)));
        ASSERT_TRUE(majority.await_acknowledged(30, seconds(30)));
        ASSERT_TRUE(quorum.await_acknowledged(50, seconds(30)));
      }
      ASSERT_TRUE(cluster.heal());
      ASSERT_TRUE(cluster.await_whole());
    }
  }

  quorum.stop();
  expect_agreement(cluster, quorum, history);
}

TEST(PartitionTest, BothSidesValuesOfOneKeyBecomeSiblings) {
  ClusterProcess cluster;
  ASSERT_TRUE(cluster.start_all());
  ASSERT_TRUE(cluster.await_whole());
  const auto here = cluster.client({cluster.endpoint(1)});
  const auto there = cluster.client({cluster.endpoint(2)});
  ASSERT_TRUE(here->put("city:1", "Lisboa").value().ok());
  ASSERT_TRUE(cluster.cut({1}, {2, 3}));

  client::RequestOptions one;
  one.r = Quorum::of(1);
  one.w = Quorum::of(1);
  ASSERT_TRUE(here->put("city:1", "Lisbon", one).value().ok());
  ASSERT_TRUE(there->put("city:1", "Lissabon", one).value().ok());

  ASSERT_TRUE(cluster.heal());
  ASSERT_TRUE(cluster.await_whole());
  client::RequestOptions all;
  all.r = Quorum{Quorum::Kind::kAll, 0};
  const auto answer = there->get("city:1", all);
  ASSERT_TRUE(answer.has_value());
  ASSERT_EQ(answer->values.size(), 2u);

  // Resolved under the token that covers both, one value is left, everywhere.
  client::RequestOptions resolving;
  resolving.token = answer->token;
  ASSERT_TRUE(here->put("city:1", "Lisboa", resolving).value().ok());
  const auto resolved = there->get("city:1", all);
  ASSERT_TRUE(resolved.has_value());
  ASSERT_EQ(resolved->values.size(), 1u);
  EXPECT_EQ(resolved->values[0].value.view(), "Lisboa");
}

TEST(PartitionTest, MinorityRefusesQuorumRequestsFastAndSaysWhy) {
  ClusterProcess cluster;
  ASSERT_TRUE(cluster.start_all());
  ASSERT_TRUE(cluster.await_whole());
  const auto minority = cluster.client({cluster.endpoint(1)});
  ASSERT_TRUE(minority->put("k", "before").value().ok());
  ASSERT_TRUE(cluster.cut({1}, {2, 3}));
  ASSERT_TRUE(cluster.await_circuits_open(1, {2, 3}));

  const auto began = std::chrono::steady_clock::now();
  const auto put = minority->put("k", "during");
  const auto get = minority->get("k");
  const auto took = std::chrono::steady_clock::now() - began;

  ASSERT_TRUE(put.has_value());
  EXPECT_EQ(put->outcome, Outcome::kNotApplied);
  EXPECT_EQ(put->reason, Reason::kQuorumUnreachable);
  EXPECT_EQ(put->needed, 2u);
  EXPECT_FALSE(put->detail.empty());
  ASSERT_TRUE(get.has_value());
  EXPECT_EQ(get->outcome, Outcome::kNotApplied);
  EXPECT_EQ(get->reason, Reason::kQuorumUnreachable);
  // Well before the deadline of 2 s each.
  EXPECT_LT(took, seconds(2));

  ASSERT_TRUE(cluster.heal());
  ASSERT_TRUE(cluster.await_whole());
  const auto after = minority->get("k");
  ASSERT_TRUE(after.has_value());
  ASSERT_EQ(after->values.size(), 1u);
  EXPECT_EQ(after->values[0].value.view(), "before") << "'not applied' was not true";
}

// What node 1 sends is lost and what it is sent arrives: node 1 hears all, nobody hears node 1.
TEST(PartitionTest, OneWayCutIsNoticedAndQuorumsOfTheOthersGoOn) {
  ClusterProcess cluster;
  ASSERT_TRUE(cluster.start_all());
  ASSERT_TRUE(cluster.await_whole());
  History history;
  Load load({.endpoints = cluster.endpoints()}, history);
  for (const auto& [from, to] : {std::pair<NodeId, NodeId>{1, 2}, {2, 3}, {3, 1}, {2, 1}}) {
    SCOPED_TRACE("from " + std::to_string(from) + " to " + std::to_string(to));
    ASSERT_TRUE(cluster.cut_one_way(from, to));
    ASSERT_TRUE(load.await_acknowledged(100, seconds(30)));
  }
  ASSERT_TRUE(cluster.heal());
  ASSERT_TRUE(cluster.await_whole());
  load.stop();
  expect_agreement(cluster, load, history);
}

}  // namespace
}  // namespace quorate::integration
