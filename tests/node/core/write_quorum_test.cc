#include "node/core/write_quorum.h"

#include <gtest/gtest.h>

namespace quorate {
namespace {

WriteQuorum three(std::uint32_t needed) { return WriteQuorum({{{1, 2, 3}, needed}}); }

TEST(WriteQuorum, IsEnoughAtTheNumberAskedForAndNotBefore) {
  WriteQuorum quorum = three(2);
  quorum.add_ack(1);
  quorum.add_ack(1);
  EXPECT_FALSE(quorum.enough());
  quorum.add_ack(3);
  EXPECT_TRUE(quorum.enough());
  EXPECT_EQ(quorum.acknowledged(), (std::vector<NodeId>{1, 3}));
}

TEST(WriteQuorum, IsImpossibleWhenRefusalsLeaveTooFew) {
  WriteQuorum quorum = three(2);
  quorum.add_refusal(1);
  EXPECT_FALSE(quorum.impossible());
  quorum.add_unreachable(2);
  EXPECT_TRUE(quorum.impossible());
}

TEST(WriteQuorum, ALaterAcknowledgementOutweighsARefusalNeverTheReverse) {
  WriteQuorum quorum = three(1);
  quorum.add_refusal(1);
  quorum.add_ack(1);
  EXPECT_TRUE(quorum.enough());
  quorum.add_refusal(1);
  quorum.add_unreachable(1);
  EXPECT_TRUE(quorum.enough());
}

TEST(WriteQuorum, IsSettledWhenNobodyOwesAnAnswer) {
  WriteQuorum quorum = three(1);
  quorum.add_ack(1);
  quorum.add_refusal(2);
  EXPECT_FALSE(quorum.all_settled());
  quorum.add_unreachable(3);
  EXPECT_TRUE(quorum.all_settled());
  EXPECT_EQ(quorum.unacknowledged(), (std::vector<NodeId>{2, 3}));
}

TEST(WriteQuorum, NeedsEnoughInEachSetWhileTheRingChanges) {
  WriteQuorum quorum({{{1, 2, 3}, 2}, {{3, 4, 5}, 2}});
  quorum.add_ack(1);
  quorum.add_ack(3);
  EXPECT_FALSE(quorum.enough());
  quorum.add_ack(4);
  EXPECT_TRUE(quorum.enough());
}

// Quorums intersect: whatever w replicas acknowledged and whatever r replicas answer, with r + w >
// n one is in both.
TEST(WriteQuorum, EveryReadQuorumMeetsEveryWriteQuorumWhenRPlusWExceedsN) {
  for (std::uint32_t n = 1; n <= 6; ++n) {
    for (std::uint32_t writers = 0; writers < (1u << n); ++writers) {
      for (std::uint32_t readers = 0; readers < (1u << n); ++readers) {
        const auto w = static_cast<std::uint32_t>(__builtin_popcount(writers));
        const auto r = static_cast<std::uint32_t>(__builtin_popcount(readers));
        if (r + w <= n || r == 0 || w == 0) continue;
        ReplicaSet set;
        for (std::uint32_t i = 0; i < n; ++i) set.nodes.push_back(static_cast<NodeId>(i + 1));
        set.needed = w;
        WriteQuorum quorum({set});
        bool meets = false;
        for (std::uint32_t i = 0; i < n; ++i) {
          if (((writers >> i) & 1u) != 0) quorum.add_ack(static_cast<NodeId>(i + 1));
          meets |= ((writers & readers) >> i & 1u) != 0;
        }
        ASSERT_TRUE(quorum.enough());
        ASSERT_TRUE(meets) << "n=" << n << " writers=" << writers << " readers=" << readers;
      }
    }
  }
}

}  // namespace
}  // namespace quorate
