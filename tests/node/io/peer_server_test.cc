// Who is believed on the peer port, over real sockets; the rules themselves:
// peer_handshake_test.cc.
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <string>
#include <vector>

#include "node/io/peer_handshake.h"
#include "tests/node/io/fake_peer.h"
#include "tests/node/io/node_harness.h"

namespace quorate::io_test {
namespace {

using std::chrono::milliseconds;

class PeerServerTest : public ::testing::Test {
 protected:
  PeerServerTest() : cluster_(2) {
    cluster_.config().io.peer_silence_max_ms = 300;
    cluster_.config().io.handshake_max_ms = 2000;
    EXPECT_TRUE(cluster_.start(1).started());
  }
  FakePeer peer(RunId run) { return FakePeer(cluster_, cluster_.node(1).peer_port(), run); }
  std::uint64_t messages_in() {
    RawClient client(cluster_.node(1).client_port());
    if (!client.hello()) return 0;
    const auto status = client.call(status_request());
    return status ? counter(status->status(), "peer_messages_in") : 0;
  }

  TestCluster cluster_;
};

TEST_F(PeerServerTest, MessagesOfAWelcomedPeerReachTheCore) {
  FakePeer two = peer(make_run_id(2, 1));
  ASSERT_EQ(two.shake_hands(), "");
  ASSERT_TRUE(two.send(Ping{}));
  EXPECT_TRUE(eventually([this] { return messages_in() == 1; }));
}

TEST_F(PeerServerTest, NothingReachesTheCoreBeforeTheWelcome) {
  FakePeer two = peer(make_run_id(2, 1));
  ASSERT_TRUE(two.send(Ping{}));
  EXPECT_TRUE(two.raw().error());
  EXPECT_TRUE(two.raw().closed_by_peer());
  EXPECT_EQ(messages_in(), 0u);
}

TEST_F(PeerServerTest, AMessageThatDoesNotDecodeEndsTheLink) {
  FakePeer two = peer(make_run_id(2, 1));
  ASSERT_EQ(two.shake_hands(), "");
  ASSERT_TRUE(two.raw().send_frame("\xff\xff\xff"));
  EXPECT_TRUE(two.raw().error());
  EXPECT_TRUE(two.raw().closed_by_peer());
  FakePeer again = peer(make_run_id(2, 1));
  EXPECT_EQ(again.shake_hands(), "");
}

TEST_F(PeerServerTest, ASecondLiveRunIsRefusedWhileTheFirstIsHeard) {
  FakePeer first = peer(make_run_id(2, 1));
  ASSERT_EQ(first.shake_hands(), "");
  FakePeer second = peer(make_run_id(2, 2));
  auto asking = std::async(std::launch::async, [&second] { return second.shake_hands(); });
  while (asking.wait_for(milliseconds(5)) != std::future_status::ready) {
    ASSERT_TRUE(first.send(Ping{})) << "the first must keep its link";
  }
  const std::string verdict = asking.get();
  EXPECT_EQ(verdict.substr(0, 25), "node 2 is already running");
  ASSERT_TRUE(first.send(Ping{}));
}

TEST_F(PeerServerTest, ARestartedPeerTakesThePlaceOfTheRunThatClosed) {
  {
    FakePeer first = peer(make_run_id(2, 1));
    ASSERT_EQ(first.shake_hands(), "");
  }
  FakePeer second = peer(make_run_id(2, 2));
  EXPECT_EQ(second.shake_hands(), "");
}

TEST_F(PeerServerTest, ARestartedPeerTakesThePlaceOfTheRunThatFellSilent) {
  FakePeer first = peer(make_run_id(2, 1));
  ASSERT_EQ(first.shake_hands(), "");
  FakePeer second = peer(make_run_id(2, 2));  // the first is still connected, as after a power cut
  EXPECT_EQ(second.shake_hands(), "");
  EXPECT_TRUE(first.raw().closed_by_peer());
}

TEST_F(PeerServerTest, ThePeerItselfMayDialAgain) {
  FakePeer first = peer(make_run_id(2, 1));
  ASSERT_EQ(first.shake_hands(), "");
  FakePeer again = peer(make_run_id(2, 1));
  EXPECT_EQ(again.shake_hands(), "");
  EXPECT_TRUE(first.raw().closed_by_peer());
}

TEST_F(PeerServerTest, AnUnfinishedHandshakeEnds) {
  RawClient silent(cluster_.node(1).peer_port());
  const auto error = silent.error();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message(), "no complete handshake within 2000 ms");
}

TEST_F(PeerServerTest, LargeFramesBeforeTheWelcomeAreRefused) {
  RawClient raw(cluster_.node(1).peer_port());
  raw.send_frame(std::string(kHandshakeMessageBytesMax + 1, 'x'));
  EXPECT_TRUE(raw.error());
  EXPECT_TRUE(raw.closed_by_peer());
}

TEST(PeerLinks, ARefusedSecondRunEndsWithItsOwnExitCode) {
  TestCluster cluster(2);
  cluster.config().io.peer_silence_max_ms = 600;
  cluster.start_all();
  ASSERT_TRUE(cluster.await_whole());
  NodeSettings clone = cluster.settings(2);
  clone.data_directory += "-clone";
  clone.client_port = 0;
  clone.peer_port = 0;
  RunningNode second(clone);
  ASSERT_TRUE(second.started());
  EXPECT_EQ(second.wait(), ExitCode::kRefusedByPeers);
  EXPECT_TRUE(cluster.await_whole()) << "the first run goes on";
}

TEST(PeerLinks, ANodeThatIsAStrangerToAllItsPeersEnds) {
  TestCluster cluster(3);
  ASSERT_TRUE(cluster.start(1).started());
  ASSERT_TRUE(cluster.start(2).started());
  NodeSettings stranger = cluster.settings(3);
  stranger.config.name = "prod";
  RunningNode& third = cluster.start(stranger);
  ASSERT_TRUE(third.started());
  EXPECT_EQ(third.wait(), ExitCode::kRefusedByPeers);
}

TEST(PeerLinks, AWrongSecretOrOtherBucketsAreToldAndTriedAgain) {
  TestCluster cluster(2);
  ASSERT_TRUE(cluster.start(1).started());
  NodeSettings other = cluster.settings(2);
  Bucket extra;
  extra.name = "extra";
  extra.n = extra.r = extra.w = 1;
  ASSERT_TRUE(other.config.buckets.add(extra));
  RunningNode& second = cluster.start(other);
  ASSERT_TRUE(second.started());
  RawClient client(second.client_port());
  ASSERT_TRUE(client.hello());
  RawClient witness(cluster.node(1).client_port());
  ASSERT_TRUE(witness.hello());
  EXPECT_TRUE(eventually([&] {
    const auto status = witness.call(status_request());
    return status && counter(status->status(), "peer_handshakes_refused") >= 2;
  }));
  EXPECT_TRUE(client.call(ping_request())) << "it keeps running, and tries again";
  cluster.stop(2);
  ASSERT_TRUE(cluster.start(2).started());
  EXPECT_TRUE(cluster.await_whole());
}

}  // namespace
}  // namespace quorate::io_test
