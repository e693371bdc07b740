// Who is let in: nodes of another cluster, with another secret, or living twice, are refused by
// name and harm nobody.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <sstream>

#include "tests/integration/cluster_process.h"
#include "tests/integration/eventually.h"

namespace quorate::integration {
namespace {

using std::chrono::seconds;

std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// A configuration in which node 3 of some other cluster believes that `friendly`'s nodes are its
// own.
class Stranger {
 public:
  Stranger(const ClusterProcess& friendly, const std::string& cluster, const std::string& secret)
      : directory_(friendly.directory() / "stranger") {
    std::filesystem::create_directory(directory_);
    std::ofstream(directory_ / "secret") << secret;
    chmod((directory_ / "secret").c_str(), 0600);
    std::ofstream file(directory_ / "cluster.toml");
    file << "[cluster]\nname = \"" << cluster << "\"\nsecret_file = \"secret\"\n";
    for (const NodeId id : friendly.ids()) {
      file << "[[node]]\nid = " << id << "\nhost = \"127.0.0.1\"\nclient_port = "
           << (id == 3 ? client_port_.number() : friendly.endpoint(id).port)
           << "\npeer_port = " << (id == 3 ? peer_port_.number() : friendly.peer_port(id)) << "\n";
    }
    file.close();
    process_ = std::make_unique<ChildProcess>(
        std::vector<std::string>{QUORATE_KVNODE, "--config", (directory_ / "cluster.toml").string(),
                                 "--node", "3", "--data", (directory_ / "data").string()},
        log().string());
  }

  std::filesystem::path log() const { return directory_ / "log"; }
  ChildProcess& process() { return *process_; }
  client::Endpoint endpoint() const { return {"127.0.0.1", client_port_.number()}; }

 private:
  std::filesystem::path directory_;
  ReservedPort client_port_;
  ReservedPort peer_port_;
  std::unique_ptr<ChildProcess> process_;
};

// Node 1 comes to count on node 2, and never on the stranger in the place of node 3.
void expect_only_peer_2(ClusterProcess& cluster) {
  std::string seen;
  EXPECT_TRUE(eventually(seconds(10), [&] {
    const auto view = cluster.status(1);
    if (!view.has_value()) return false;
    seen.clear();
    bool as_wanted = true;
    for (const client::PeerView& peer : view->peers) {
      seen += std::to_string(peer.node) + " " + peer.circuit + "; ";
      as_wanted = as_wanted && (peer.circuit == "closed") == (peer.node == 2);
    }
    return as_wanted;
  })) << seen;
}

TEST(IdentityTest, NodeOfAnotherClusterIsRefusedByName) {
  ClusterProcess cluster({.name = "ours"});
  ASSERT_TRUE(cluster.start({1, 2}));
  const std::string secret = text_of(cluster.directory() / "secret");
  Stranger stranger(cluster, "theirs", secret);

  ASSERT_TRUE(eventually(seconds(20), [&] {
    const std::string text = text_of(stranger.log());
    return text.find("ours") != std::string::npos && text.find("theirs") != std::string::npos;
  })) << text_of(stranger.log());

  // Neither side counts on the other, and ours goes on.
  expect_only_peer_2(cluster);
  const auto client = cluster.client({cluster.endpoint(1), cluster.endpoint(2)});
  const auto put = client->put("k", "v");
  ASSERT_TRUE(put.has_value());
  EXPECT_TRUE(put->ok()) << put->detail;
}

TEST(IdentityTest, NodeWithoutTheSecretIsRefusedAndHarmsNobody) {
  ClusterProcess cluster;
  ASSERT_TRUE(cluster.start({1, 2}));
  Stranger stranger(cluster, "test", "another secret, long enough to be one at all");

  ASSERT_TRUE(eventually(seconds(20), [&] {
    return text_of(stranger.log()).find("secret") != std::string::npos;
  })) << text_of(stranger.log());

  expect_only_peer_2(cluster);
  const auto client = cluster.client({cluster.endpoint(1), cluster.endpoint(2)});
  const auto put = client->put("k", "v");
  ASSERT_TRUE(put.has_value());
  EXPECT_TRUE(put->ok()) << put->detail;
}

TEST(IdentityTest, SecondProcessOnOneDataDirectoryIsRefused) {
  ClusterProcess cluster;
  ASSERT_TRUE(cluster.start_all());
  const auto log = cluster.directory() / "second.log";
  const auto second = cluster.launch(2, cluster.data_path(2), log);
  // Ports are taken too: whichever it notices first, it must not start.
  const auto code = second->wait(seconds(20));
  ASSERT_TRUE(code.has_value()) << text_of(log);
  EXPECT_TRUE(*code == 3 || *code == 4) << *code << "\n" << text_of(log);
  EXPECT_TRUE(cluster.process(2).running());
  EXPECT_TRUE(cluster.status(2).has_value());
}

// The disk of node 2 was copied, and the copy runs too: under other ports, with its name.
TEST(IdentityTest, SecondLiveRunOfOneNodeIsRefusedByItsPeers) {
  ClusterProcess cluster;
  ASSERT_TRUE(cluster.start_all());
  ASSERT_TRUE(cluster.await_whole());
  ReservedPort client_port;
  ReservedPort peer_port;
  const auto log = cluster.directory() / "clone.log";
  ChildProcess process(
      {QUORATE_KVNODE, "--config", (cluster.directory() / "cluster.toml").string(), "--node", "2",
       "--data", (cluster.directory() / "clone").string(), "--client-port",
       std::to_string(client_port.number()), "--peer-port", std::to_string(peer_port.number())},
      log.string());
  const auto code = process.wait(seconds(20));
  ASSERT_TRUE(code.has_value()) << "the clone still runs\n" << text_of(log);
  EXPECT_EQ(*code, 6) << text_of(log);

  ASSERT_TRUE(cluster.await_whole());
  const auto client = cluster.client(cluster.endpoints());
  client::RequestOptions all;
  all.w = Quorum{Quorum::Kind::kAll, 0};
  const auto put = client->put("k", "v", all);
  ASSERT_TRUE(put.has_value());
  EXPECT_TRUE(put->ok()) << put->detail;
}

TEST(IdentityTest, DataOfAnotherClusterIsRefused) {
  ClusterProcess theirs({.nodes = 1, .name = "theirs"});
  ASSERT_TRUE(theirs.start_all());
  ASSERT_TRUE(theirs.stop(1));
  ClusterProcess ours({.nodes = 1, .name = "ours"});
  const auto log = ours.directory() / "refused.log";
  const auto node = ours.launch(1, theirs.data_path(1), log);
  EXPECT_EQ(node->wait(seconds(20)).value_or(-1), 3) << text_of(log);
  EXPECT_NE(text_of(log).find("theirs"), std::string::npos) << text_of(log);
}

}  // namespace
}  // namespace quorate::integration
