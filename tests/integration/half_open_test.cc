// A link that dies without a word: packets vanish, no end of connection is ever told.
//
// The test program moves into a network of its own (a network namespace), in which a packet filter
// drops what goes to one node's peer port. It needs the right to make one; without it the test says
// so and is skipped.
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <chrono>
#include <iostream>

#include "tests/integration/cluster_process.h"
#include "tests/integration/eventually.h"
#include "tests/integration/load.h"
#include "tests/integration/verdict.h"

namespace quorate::integration {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

CommandResult shell(const std::string& command, const std::filesystem::path& log) {
  return run_command({"/bin/sh", "-c", command}, log.string(), seconds(20));
}

TEST(HalfOpenTest, SilentlyDroppedLinkIsNoticedInTimeAndComesBack) {
  if (geteuid() != 0 || unshare(CLONE_NEWNET) != 0) {
    GTEST_SKIP() << "needs the right to make a network namespace (run as root)";
  }
  ClusterProcess cluster;
  const auto log = cluster.directory() / "shell.log";
  ASSERT_EQ(shell("ip link set lo up", log).exit_code, 0);
  const auto filter = shell(
      "nft add table inet quorate && "
      "nft add chain inet quorate input '{ type filter hook input priority 0; policy accept; }'",
      log);
  ASSERT_EQ(filter.exit_code, 0) << filter.output;

  ASSERT_TRUE(cluster.start_all());
  ASSERT_TRUE(cluster.await_whole());
  History history;
  Load load({.endpoints = {cluster.endpoint(1), cluster.endpoint(2)}}, history);
  ASSERT_TRUE(load.await_acknowledged(50, seconds(30)));

  // Node 3 is dialled at its peer port, and dials from ports that its connections end at: both
  // directions vanish by dropping what involves its peer port, and what it dialled to the others.
  const std::string third = std::to_string(cluster.peer_port(3));
  const pid_t pid = cluster.process(3).pid();
  const auto dropped = shell("nft add rule inet quorate input tcp dport " + third +
                                 " drop && "
                                 "nft add rule inet quorate input tcp sport " +
                                 third +
                                 " drop && "
                                 "for port in $(ss -Htnp | awk '/pid=" +
                                 std::to_string(pid) +
                                 ",/ { n = split($4, a, \":\"); print a[n] }'); do "
                                 "  case $port in " +
                                 std::to_string(cluster.endpoint(3).port) +
                                 ") continue ;; esac; "
                                 "  nft add rule inet quorate input tcp dport $port drop && "
                                 "  nft add rule inet quorate input tcp sport $port drop; "
                                 "done",
                             log);
  ASSERT_EQ(dropped.exit_code, 0) << dropped.output;
  const auto began = steady_clock::now();

  for (const NodeId node : {NodeId{1}, NodeId{2}}) {
    ASSERT_TRUE(cluster.await_circuits_open(node, {3}));
  }
  EXPECT_LE(steady_clock::now() - began, seconds(3));

  // What waits for the third alone is told the truth; what does not, goes on.
  client::RequestOptions all;
  all.w = Quorum{Quorum::Kind::kAll, 0};
  const auto put = cluster.client({cluster.endpoint(1)})->put("k", "v", all);
  ASSERT_TRUE(put.has_value());
  EXPECT_TRUE(put->outcome == Outcome::kNotApplied || put->outcome == Outcome::kUnknown)
      << outcome_name(put->outcome);
  ASSERT_TRUE(load.await_acknowledged(100, seconds(30)));

  ASSERT_EQ(shell("nft flush ruleset", log).exit_code, 0);
  ASSERT_TRUE(cluster.await_whole());
  load.stop();
  expect_agreement(cluster, load, history);
}

}  // namespace
}  // namespace quorate::integration
