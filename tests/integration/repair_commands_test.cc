// repair, explain and verify, as a person runs them, on real nodes whose replicas differ.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/integration/cluster_process.h"
#include "tests/integration/eventually.h"

namespace quorate::integration {
namespace {

using std::chrono::seconds;

class RepairCommandsTest : public testing::Test {
 protected:
  // kvcli's exit code and all that it printed.
  CommandResult kvcli(const ClusterProcess& cluster, std::vector<std::string> words) {
    std::string endpoints;
    for (const client::Endpoint& endpoint : cluster.endpoints()) {
      endpoints += (endpoints.empty() ? "" : ",") + endpoint.to_string();
    }
    words.insert(words.begin(), QUORATE_KVCLI);
    words.insert(words.end(), {"--endpoints", endpoints});
    const auto log = cluster.directory() / ("kvcli-" + std::to_string(++runs_) + ".out");
    return run_command(words, log.string(), seconds(60));
  }

  static bool says(const CommandResult& result, const std::string& text) {
    return result.output.find(text) != std::string::npos;
  }

 private:
  int runs_ = 0;
};

TEST_F(RepairCommandsTest, WhatAPartitionMadeDifferentIsFoundExplainedAndMended) {
  ClusterProcess cluster;
  ASSERT_TRUE(cluster.start_all());
  ASSERT_TRUE(cluster.await_whole());
  ASSERT_EQ(kvcli(cluster, {"put", "same", "v", "-w", "all"}).exit_code, 0);
  auto result = kvcli(cluster, {"verify"});
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_TRUE(says(result, "1 key of 64 vnodes: all replicas are equal")) << result.output;

  ASSERT_TRUE(cluster.cut({1}, {2, 3}));
  ASSERT_TRUE(cluster.await_circuits_open(1, {2, 3}));
  ASSERT_EQ(kvcli(cluster, {"put", "lone", "one", "--node", "1", "-w", "1"}).exit_code, 0);
  ASSERT_EQ(kvcli(cluster, {"put", "both", "left", "--node", "1", "-w", "1"}).exit_code, 0);
  ASSERT_EQ(kvcli(cluster, {"put", "both", "right", "--node", "2", "-w", "2"}).exit_code, 0);
  ASSERT_EQ(kvcli(cluster, {"put", "-e", "same", "new\\xff", "--node", "2", "-w", "2"}).exit_code,
            0);

  result = kvcli(cluster, {"verify"});
  EXPECT_EQ(result.exit_code, 1) << result.output;
  EXPECT_TRUE(says(result, "3 keys of 64 vnodes: 3 differ")) << result.output;
  EXPECT_TRUE(says(result, "node 2 missing")) << result.output;
  EXPECT_TRUE(says(result, "node 1 older")) << result.output;
  EXPECT_TRUE(says(result, "node 1 concurrent")) << result.output;
  result = kvcli(cluster, {"verify", "--prefix", "lone", "--json"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_TRUE(says(result, "{\"keys\":1,\"differ\":1,")) << result.output;

  result = kvcli(cluster, {"explain", "lone"});
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_TRUE(says(result, "nodes 2 and 3 differ; complete: node 1")) << result.output;
  result = kvcli(cluster, {"explain", "same"});
  EXPECT_TRUE(says(result, "new\\xff")) << result.output;
  EXPECT_TRUE(says(result, "lives at node 1; superseded at nodes 2 and 3 by n2.")) << result.output;

  result = kvcli(cluster, {"repair", "--wait", "--timeout", "500ms"});
  EXPECT_EQ(result.exit_code, 3) << result.output;
  EXPECT_TRUE(says(result, "nodes 1 and 2: ")) << result.output;

  ASSERT_TRUE(cluster.heal());
  result = kvcli(cluster, {"repair", "--wait", "--timeout", "50s"});
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_TRUE(says(result, "all 192 pairs of replicas have met, and nothing differs"))
      << result.output;
  result = kvcli(cluster, {"verify"});
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_TRUE(says(result, "3 keys of 64 vnodes: all replicas are equal")) << result.output;
  result = kvcli(cluster, {"explain", "both"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_TRUE(says(result, "all that were asked hold the same")) << result.output;
  EXPECT_TRUE(says(result, "left") && says(result, "right")) << result.output;
  result = kvcli(cluster, {"repair", "--status"});
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_TRUE(says(result, "1 and 2        64   64")) << result.output;

  cluster.kill(3);
  result = kvcli(cluster, {"verify"});
  EXPECT_EQ(result.exit_code, 3) << result.output;
  EXPECT_TRUE(says(result, "node 3 could not be asked")) << result.output;
  result = kvcli(cluster, {"explain", "both"});
  EXPECT_EQ(result.exit_code, 3) << result.output;
  EXPECT_TRUE(says(result, "not asked: node 3")) << result.output;
  EXPECT_EQ(kvcli(cluster, {"repair"}).exit_code, 3);
}

TEST_F(RepairCommandsTest, AHintAtAFallbackIsShownUntilItIsHandedOver) {
  ClusterProcess cluster({.nodes = 4});
  ASSERT_TRUE(cluster.start_all());
  ASSERT_TRUE(cluster.await_whole());
  const auto admin_client = cluster.client(cluster.endpoints());
  const auto where = client::Admin(*admin_client).locate("default", "k");
  ASSERT_TRUE(where);
  const NodeId away = where->primaries.at(2);
  const NodeId writer = where->primaries.at(0);
  cluster.kill(away);
  ASSERT_TRUE(cluster.await_circuits_open(writer, {away}));
  const auto put =
      kvcli(cluster, {"put", "k", "kept", "--sloppy", "-w", "3", "--node", std::to_string(writer)});
  ASSERT_EQ(put.exit_code, 0) << put.output;

  const std::string kept = "node " + std::to_string(where->fallbacks.at(0)) +
                           " keeps a hint for node " + std::to_string(away);
  auto result = kvcli(cluster, {"explain", "k"});
  EXPECT_EQ(result.exit_code, 3) << "a primary is away\n" << result.output;
  EXPECT_TRUE(says(result, kept)) << result.output;

  ASSERT_TRUE(cluster.start({away}));
  ASSERT_TRUE(cluster.await_whole());
  ASSERT_TRUE(eventually(seconds(30), [&] {
    result = kvcli(cluster, {"explain", "k"});
    return !says(result, "keeps a hint");
  })) << result.output;
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_TRUE(says(result, "all that were asked hold the same")) << result.output;
}

}  // namespace
}  // namespace quorate::integration
