// Floods: connections beyond every bound, and a process without file descriptors.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include "node/io/file_limits.h"
#include "tests/integration/child_process.h"
#include "tests/node/io/node_harness.h"

namespace quorate::io_test {
namespace {

using std::chrono::milliseconds;

TEST(FileBudget, ClientsGetWhatTheStoreAndThePeersLeave) {
  const Result<FileBudget> small = share_files(64, 3, IoOptions{});
  ASSERT_TRUE(small);
  EXPECT_GE(small->clients, 1);
  EXPECT_LE(small->clients + small->store + small->handshakes, 64 - 6);
  const Result<FileBudget> usual = share_files(20'000, 3, IoOptions{});
  ASSERT_TRUE(usual);
  EXPECT_EQ(usual->clients, IoOptions{}.clients_max);
  EXPECT_FALSE(share_files(40, 3, IoOptions{}));
}

TEST(ConnectionFlood, BeyondClientsMaxIsToldSoAndTheOthersAreServed) {
  TestCluster cluster(1);
  cluster.config().io.clients_max = 20;
  cluster.config().io.handshake_max_ms = 60'000;
  ASSERT_TRUE(cluster.start(1).started());
  const std::uint16_t port = cluster.node(1).client_port();
  RawClient early(port);
  ASSERT_TRUE(early.hello());
  std::vector<RawClient> flood;
  flood.reserve(500);
  const std::size_t before = resident_bytes();
  for (int i = 0; i < 500; ++i) flood.emplace_back(port);
  // Nineteen found a place; they have until the handshake deadline.
  for (std::size_t i = 19; i < flood.size(); ++i) {
    const auto error = flood[i].error();
    ASSERT_TRUE(error) << i;
    EXPECT_EQ(error->message(), "this node already has its 20 clients");
  }
  EXPECT_LT(resident_bytes(), before + kSanitizerBytes + (32u << 20));
  EXPECT_TRUE(early.call(put_request("k", "v")));
  flood.clear();
  EXPECT_TRUE(eventually([port] { return RawClient(port).hello().has_value(); }));
}

TEST(ConnectionFlood, OneAddressGetsItsShare) {
  TestCluster cluster(1);
  cluster.config().io.clients_per_address_max = 3;
  ASSERT_TRUE(cluster.start(1).started());
  const std::uint16_t port = cluster.node(1).client_port();
  std::vector<RawClient> mine;
  for (int i = 0; i < 3; ++i) {
    mine.emplace_back(port);
    ASSERT_TRUE(mine.back().hello());
  }
  RawClient fourth(port);
  const auto error = fourth.error();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message(), "this node already has its 3 clients from your address");
  mine.pop_back();
  EXPECT_TRUE(eventually([port] { return RawClient(port).hello().has_value(); }));
}

TEST(ConnectionFlood, OnThePeerPortItDoesNotKeepPeersOut) {
  TestCluster cluster(2);
  cluster.config().io.handshakes_max = 8;
  ASSERT_TRUE(cluster.start(1).started());
  std::vector<RawClient> flood;
  flood.reserve(500);
  for (int i = 0; i < 200; ++i) flood.emplace_back(cluster.node(1).peer_port());
  ASSERT_TRUE(cluster.start(2).started());
  EXPECT_TRUE(cluster.await_whole());
}

std::uint64_t cpu_ticks_of(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(stat, text);
  std::istringstream rest(text.substr(text.rfind(')') + 2));
  std::string skipped;
  for (int field = 3; field < 14; ++field) rest >> skipped;
  std::uint64_t user = 0, system = 0;
  rest >> user >> system;
  return user + system;
}

// FAULTS I9, as `ulimit -n 64` and 200 clients. The limit that the node finds leaves it a few
// clients; a lower one, set behind its back while it runs, leaves it none.
TEST(FileDescriptors, WithoutThemTheNodeRestsInsteadOfSpinningAndComesBack) {
  TestCluster cluster(1);
  const NodeSettings settings = cluster.settings(1);
  const std::string config = cluster.directory() + "/cluster.toml";
  std::ofstream(config) << "[cluster]\nname = \"test\"\n[[node]]\nid = 1\nclient_port = "
                        << settings.config.nodes[0].client_port
                        << "\npeer_port = " << settings.config.nodes[0].peer_port << "\n";
  integration::ChildProcess node({"/bin/sh", "-c",
                                  "ulimit -n 64; exec " QUORATE_KVNODE " --config " + config +
                                      " --node 1 --data " + settings.data_directory},
                                 cluster.directory() + "/log");
  const std::uint16_t port = settings.config.nodes[0].client_port;
  ASSERT_TRUE(eventually([port] { return RawClient(port).hello().has_value(); }));
  RawClient early(port);
  ASSERT_TRUE(early.hello());
  const auto status = early.call(status_request());
  ASSERT_TRUE(status);
  const pid_t pid = static_cast<pid_t>(status->status().pid());

  std::vector<RawClient> flood;
  flood.reserve(500);
  for (int i = 0; i < 200; ++i) flood.emplace_back(port);
  EXPECT_TRUE(early.call(put_request("k", "v")));

  // Now none at all.
  const rlimit none{20, 64};
  ASSERT_EQ(::prlimit(pid, RLIMIT_NOFILE, &none, nullptr), 0);
  flood.clear();
  for (int i = 0; i < 200; ++i) flood.emplace_back(port);
  const std::uint64_t before = cpu_ticks_of(pid);
  const auto began = std::chrono::steady_clock::now();
  ASSERT_TRUE(eventually([&] {
    const auto now = early.call(status_request());
    return now && counter(now->status(), "accept_failures") >= 10;
  }));
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const double used =
      static_cast<double>(cpu_ticks_of(pid) - before) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  EXPECT_GT(seconds, 0.5) << "ten failures in so short a time are a spin";
  EXPECT_LT(used, 0.5 * seconds) << "of " << seconds
                                 << " s; a part of it is this test's own questions";

  const rlimit enough{64, 64};
  ASSERT_EQ(::prlimit(pid, RLIMIT_NOFILE, &enough, nullptr), 0);
  flood.clear();
  EXPECT_TRUE(eventually([port] { return RawClient(port).hello().has_value(); }));
}

}  // namespace
}  // namespace quorate::io_test
