#include "node/io/chaos.h"

#include <gtest/gtest.h>

#include <string>

#include "node/core/core.h"
#include "tests/node/io/node_harness.h"

namespace quorate::io_test {
namespace {

TEST(ChaosSwitch, ReplacesWhatWasCutBefore) {
  int changes = 0;
  Chaos chaos(true, 1, {1, 2, 3}, [&changes] { ++changes; });
  ASSERT_TRUE(chaos.set({2}, {3}));
  EXPECT_TRUE(chaos.cut_in(2));
  EXPECT_FALSE(chaos.cut_out(2));
  EXPECT_TRUE(chaos.cut_out(3));
  EXPECT_TRUE(chaos.cut(2) && chaos.cut(3));
  ASSERT_TRUE(chaos.set({}, {2}));
  EXPECT_FALSE(chaos.cut_in(2));
  EXPECT_TRUE(chaos.cut_out(2));
  EXPECT_FALSE(chaos.cut(3));
  EXPECT_EQ(changes, 2);
}

TEST(ChaosSwitch, RefusesItselfAndStrangersAndThenChangesNothing) {
  Chaos chaos(true, 1, {1, 2, 3}, [] {});
  ASSERT_TRUE(chaos.set({2}, {}));
  for (const std::uint32_t bad : {0u, 1u, 4u, 65538u}) {
    EXPECT_FALSE(chaos.set({}, {3, bad})) << bad;
    EXPECT_TRUE(chaos.cut_in(2));
    EXPECT_FALSE(chaos.cut_out(3));
  }
}

TEST(ChaosSwitch, CutsNothingUnlessTheNodeWasStartedForIt) {
  TestCluster cluster(2);
  NodeSettings settings = cluster.settings(1);
  settings.chaos = false;
  ASSERT_TRUE(cluster.start(settings).started());
  ASSERT_TRUE(cluster.start(2).started());
  ASSERT_TRUE(cluster.await_whole());
  RawClient raw(cluster.node(1).client_port());
  ASSERT_TRUE(raw.hello());
  const auto refused = raw.call(chaos_request({2}, {2}));
  ASSERT_TRUE(refused && refused->has_chaos());
  EXPECT_EQ(refused->chaos().error(),
            "node 1 was started without --chaos: its links cannot be cut");
  EXPECT_TRUE(cluster.await_whole());
}

const wire::PeerStatus& peer_in(const wire::StatusReply& status, NodeId node) {
  for (const wire::PeerStatus& peer : status.peers()) {
    if (peer.node() == node) return peer;
  }
  static const wire::PeerStatus kNobody;
  return kNobody;
}

class CutCluster : public ::testing::Test {
 protected:
  CutCluster() : cluster_(3) {
    cluster_.start_all();
    EXPECT_TRUE(cluster_.await_whole());
    for (NodeId node = 1; node <= 3; ++node) {
      clients_.emplace_back(cluster_.node(node).client_port());
      EXPECT_TRUE(clients_.back().hello());
    }
  }
  RawClient& client(NodeId node) { return clients_.at(node - 1u); }

  void cut(NodeId at, const std::vector<NodeId>& in, const std::vector<NodeId>& out) {
    const auto answer = client(at).call(chaos_request(in, out));
    ASSERT_TRUE(answer && answer->has_chaos());
    ASSERT_EQ(answer->chaos().error(), "");
  }
  // Half-open is not closed either: the peer is being probed.
  bool answers(NodeId at, NodeId peer, bool expected) {
    return eventually([&] {
      const auto answer = client(at).call(status_request());
      const bool closed = answer && peer_in(answer->status(), peer).circuit() ==
                                        static_cast<std::uint32_t>(Circuit::kClosed);
      return answer && closed == expected;
    });
  }
  Outcome put(NodeId at, const std::string& key) {
    const auto answer = client(at).call(put_request(key, "v"));
    return answer ? static_cast<Outcome>(answer->reply().outcome()) : Outcome::kUnknown;
  }

  TestCluster cluster_;
  std::vector<RawClient> clients_;
};

TEST_F(CutCluster, AMinorityRefusesTheMajorityServesAndHealingHealsBoth) {
  cut(1, {2, 3}, {2, 3});
  ASSERT_TRUE(answers(1, 2, false));
  ASSERT_TRUE(answers(1, 3, false));
  ASSERT_TRUE(answers(2, 1, false));
  EXPECT_EQ(put(1, "k"), Outcome::kNotApplied);
  EXPECT_EQ(put(2, "k"), Outcome::kOk);
  const auto status = client(1).call(status_request());
  ASSERT_TRUE(status);
  EXPECT_TRUE(peer_in(status->status(), 2).link_up()) << "a cut swallows, it does not hang up";
  EXPECT_TRUE(peer_in(status->status(), 2).cut_in());
  EXPECT_GE(counter(status->status(), "peer_messages_cut"), 1u);
  cut(1, {}, {});
  EXPECT_TRUE(cluster_.await_whole());
  EXPECT_EQ(put(1, "k"), Outcome::kOk);
}

TEST_F(CutCluster, OneDirectionAlone) {
  cut(1, {}, {2});  // node 1 hears node 2, node 2 does not hear node 1
  ASSERT_TRUE(answers(1, 2, false));
  ASSERT_TRUE(answers(2, 1, false));
  ASSERT_TRUE(answers(1, 3, true));
  EXPECT_EQ(put(1, "k"), Outcome::kOk);  // with node 3
  EXPECT_EQ(put(2, "k"), Outcome::kOk);
  cut(1, {}, {});
  EXPECT_TRUE(cluster_.await_whole());
}

TEST_F(CutCluster, ANodeThatStartsBehindACutIsNotLetThroughUntilItHeals) {
  cut(1, {3}, {3});
  cluster_.stop(3);
  ASSERT_TRUE(cluster_.start(3).started());
  clients_[2] = RawClient(cluster_.node(3).client_port());
  ASSERT_TRUE(client(3).hello());
  ASSERT_TRUE(answers(3, 2, true));
  const auto status = client(3).call(status_request());
  ASSERT_TRUE(status);
  EXPECT_FALSE(peer_in(status->status(), 1).link_up());
  cut(1, {}, {});
  EXPECT_TRUE(cluster_.await_whole());
}

}  // namespace
}  // namespace quorate::io_test
