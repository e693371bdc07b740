#include "node/core/peer_health.h"

#include <gtest/gtest.h>

namespace quorate {
namespace {

using Nodes = std::vector<NodeId>;

PeerHealth with_peer_2() { return PeerHealth({2}, 250 * kNsPerMs, 1'000 * kNsPerMs); }

TEST(PeerHealth, KnowsNobodyUntilAProbeIsAnswered) {
  PeerHealth health = with_peer_2();
  EXPECT_FALSE(health.closed(2));
  EXPECT_EQ(health.last_answer_ns(2), -1);
  EXPECT_EQ(health.tick().probe, Nodes{2});
  EXPECT_EQ(health.circuit(2), Circuit::kHalfOpen);
  EXPECT_EQ(health.answered(2, 5).closed, Nodes{2});
  EXPECT_TRUE(health.closed(2));
  EXPECT_EQ(health.last_answer_ns(2), 5);
}

TEST(PeerHealth, OpensAfterTheProbesOfOneSilenceWentUnanswered) {
  PeerHealth health = with_peer_2();
  (void)health.tick();
  (void)health.answered(2, 0);
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(health.tick().opened.empty()) << i;
  EXPECT_EQ(health.tick().opened, Nodes{2});
  EXPECT_FALSE(health.closed(2));
}

TEST(PeerHealth, AnyAnswerStartsTheSilenceAnew) {
  PeerHealth health = with_peer_2();
  (void)health.tick();
  (void)health.answered(2, 0);
  for (int i = 0; i < 100; ++i) {
    if (i % 4 == 3) (void)health.answered(2, i);
    EXPECT_TRUE(health.tick().opened.empty()) << i;
  }
}

TEST(PeerHealth, AProcessThatSleptFindsNoDeadPeersWhenItWakes) {
  PeerHealth health = with_peer_2();
  (void)health.tick();
  (void)health.answered(2, 0);
  (void)health.tick();
  // A minute passes in which this process was stopped; then one tick comes.
  EXPECT_TRUE(health.tick().opened.empty());
  EXPECT_TRUE(health.closed(2));
}

TEST(PeerHealth, ProbesAnOpenPeerEverMoreRarelyButForEver) {
  PeerHealth health = with_peer_2();
  std::vector<int> half_opened_at;
  for (int tick = 0; tick < 200; ++tick) {
    if (!health.tick().half_opened.empty()) half_opened_at.push_back(tick);
  }
  ASSERT_GE(half_opened_at.size(), 10u);
  const int first_gap = half_opened_at[1] - half_opened_at[0];
  const int last_gap = half_opened_at.back() - half_opened_at[half_opened_at.size() - 2];
  EXPECT_GT(last_gap, first_gap);
  EXPECT_LE(last_gap, 16);
}

TEST(PeerHealth, TheTransportCanOpenAtOnceAndAskForAProbe) {
  PeerHealth health = with_peer_2();
  (void)health.tick();
  (void)health.answered(2, 0);
  EXPECT_EQ(health.link_down(2).opened, Nodes{2});
  EXPECT_TRUE(health.link_down(2).opened.empty());
  EXPECT_EQ(health.link_up(2).probe, Nodes{2});
  EXPECT_FALSE(health.closed(2));
  EXPECT_EQ(health.answered(2, 1).closed, Nodes{2});
}

TEST(PeerHealth, IgnoresWhoIsNoPeer) {
  PeerHealth health = with_peer_2();
  EXPECT_TRUE(health.answered(9, 0).closed.empty());
  EXPECT_FALSE(health.closed(9));
}

}  // namespace
}  // namespace quorate
