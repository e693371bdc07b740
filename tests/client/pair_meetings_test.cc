#include "client/pair_meetings.h"

#include <gtest/gtest.h>

namespace quorate::client {
namespace {

NodeView node(NodeId id, std::vector<MeetingView> meetings) {
  NodeView view;
  view.node = id;
  view.meetings = std::move(meetings);
  return view;
}

class PairMeetingsTest : public testing::Test {
 protected:
  PairMeetingsTest() {
    ring_.members = {1, 2, 3};
    ring_.vnodes = {{3, 1, 2}, {2, 3, 1}};
    BucketView bucket;
    bucket.name = "default";
    bucket.n = 2;
    buckets_ = {bucket, bucket};  // of the same n: the same pairs
  }

  RingView ring_;
  std::vector<BucketView> buckets_;
};

TEST_F(PairMeetingsTest, ThereIsOneForEveryTwoPrimariesOfEachVnode) {
  auto pairs = pair_meetings(ring_, buckets_, {}, std::nullopt);
  ASSERT_EQ(pairs.size(), 2u);
  EXPECT_EQ(pairs[0].low, 1);
  EXPECT_EQ(pairs[0].high, 3);
  EXPECT_FALSE(pairs[0].known);
  EXPECT_FALSE(pairs[0].settled());
  EXPECT_EQ(pairs[1].low, 2);
  BucketView three;
  three.n = 3;
  buckets_.push_back(three);
  EXPECT_EQ(pair_meetings(ring_, buckets_, {}, std::nullopt).size(), 2u * (1 + 3));
  EXPECT_EQ(pair_meetings(ring_, buckets_, {}, VnodeId{1}).size(), 1u + 3);
}

TEST_F(PairMeetingsTest, TheOneWhoCallsKnowsWhetherItIsAboutTo) {
  const NodeView one = node(1, {{.vnode = 0, .n = 2, .peer = 3, .since_ms = 70, .hurried = true}});
  const NodeView three =
      node(3, {{.vnode = 0, .n = 2, .peer = 1, .since_ms = -1, .hurried = false}});
  auto pairs = pair_meetings(ring_, buckets_, {&one, &three}, VnodeId{0});
  ASSERT_EQ(pairs.size(), 1u);
  EXPECT_TRUE(pairs[0].known);
  EXPECT_EQ(pairs[0].since_ms, 70);
  EXPECT_FALSE(pairs[0].settled()) << "it was asked to meet again";
  pairs = pair_meetings(ring_, buckets_, {&three}, VnodeId{0});
  EXPECT_FALSE(pairs[0].known);
}

TEST_F(PairMeetingsTest, TheLastMeetingCountsWhoeverCalled) {
  const NodeView one = node(1, {{.vnode = 0, .n = 2, .peer = 3, .since_ms = 70}});
  const NodeView three = node(3, {{.vnode = 0, .n = 2, .peer = 1, .since_ms = 20, .differed = 4}});
  EXPECT_TRUE(pair_meetings(ring_, buckets_, {&one}, VnodeId{0})[0].settled());
  const auto pairs = pair_meetings(ring_, buckets_, {&one, &three}, VnodeId{0});
  EXPECT_EQ(pairs[0].since_ms, 20);
  EXPECT_EQ(pairs[0].differed, 4u);
  EXPECT_FALSE(pairs[0].settled());
}

}  // namespace
}  // namespace quorate::client
