// Acknowledged means kept: nodes die without a word, all of them in turn or all at once, under
// load.
#include <gtest/gtest.h>

#include <chrono>

#include "tests/integration/cluster_process.h"
#include "tests/integration/load.h"
#include "tests/integration/verdict.h"

namespace quorate::integration {
namespace {

using std::chrono::seconds;

TEST(KillTest, EachNodeInTurnUnderLoadLosesNothing) {
  ClusterProcess cluster;
  ASSERT_TRUE(cluster.start_all());
  History history;
  Load load({.endpoints = cluster.endpoints()}, history);

  for (int round = 0; round < rounds(2); ++round) {
    for (const NodeId victim : cluster.ids()) {
      SCOPED_TRACE("round " + std::to_string(round) + ", node " + std::to_string(victim));
      ASSERT_TRUE(load.await_acknowledged(100, seconds(30)));
      cluster.kill(victim);
      // Two of three are a quorum: the work goes on.
      ASSERT_TRUE(load.await_acknowledged(100, seconds(30)));
      ASSERT_TRUE(cluster.start({victim}));
      ASSERT_TRUE(cluster.await_whole());
    }
  }

  load.stop();
  expect_agreement(cluster, load, history);
}

TEST(KillTest, AllAtOnceUnderLoadLosesNothing) {
  ClusterProcess cluster;
  ASSERT_TRUE(cluster.start_all());
  History history;
  Load load({.endpoints = cluster.endpoints()}, history);

  for (int round = 0; round < rounds(3); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    ASSERT_TRUE(load.await_acknowledged(100, seconds(30)));
    for (const NodeId node : cluster.ids()) {
      cluster.kill(node);
    }
    ASSERT_TRUE(cluster.start_all());
  }
  ASSERT_TRUE(load.await_acknowledged(100, seconds(30)));

  load.stop();
  ASSERT_TRUE(cluster.await_whole());
  expect_agreement(cluster, load, history);
}

TEST(KillTest, OrderlyRestartOfEachUnderLoadLosesNothingAndEndsWithZero) {
  ClusterProcess cluster;
  ASSERT_TRUE(cluster.start_all());
  History history;
  Load load({.endpoints = cluster.endpoints()}, history);

  for (const NodeId node : cluster.ids()) {
    SCOPED_TRACE("node " + std::to_string(node));
    ASSERT_TRUE(load.await_acknowledged(50, seconds(30)));
    ASSERT_TRUE(cluster.stop(node));
    ASSERT_TRUE(load.await_acknowledged(50, seconds(30)));
    ASSERT_TRUE(cluster.start({node}));
    ASSERT_TRUE(cluster.await_whole());
  }

  load.stop();
  expect_agreement(cluster, load, history);
}

TEST(KillTest, WipedNodeIsRebuiltUnderLoadAndLosesNothing) {
  ClusterProcess cluster;
  ASSERT_TRUE(cluster.start_all());
  History history;
  Load load({.endpoints = cluster.endpoints()}, history);

  for (int round = 0; round < rounds(1); ++round) {
    for (const NodeId victim : cluster.ids()) {
      SCOPED_TRACE("round " + std::to_string(round) + ", node " + std::to_string(victim));
      ASSERT_TRUE(load.await_acknowledged(100, seconds(30)));
      cluster.kill(victim);
      cluster.wipe(victim);
      ASSERT_TRUE(cluster.start({victim}));
      ASSERT_TRUE(cluster.await_whole());
    }
  }

  load.stop();
  expect_agreement(cluster, load, history);
}

}  // namespace
}  // namespace quorate::integration
