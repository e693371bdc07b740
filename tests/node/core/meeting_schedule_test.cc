#include "node/core/meeting_schedule.h"

#include <gtest/gtest.h>

#include <set>
#include <utility>

namespace quorate {
namespace {

constexpr std::int64_t kInterval = 1'000;

bool anybody(const PairId&) { return true; }

class MeetingScheduleTest : public ::testing::Test {
 protected:
  MeetingScheduleTest() {
    Bucket bucket;
    QUORATE_CHECK(buckets_.add(bucket));
    bucket.name = "two";
    bucket.n = bucket.r = bucket.w = 2;
    QUORATE_CHECK(buckets_.add(bucket));
  }
  MeetingSchedule schedule_of(NodeId node) {
    return MeetingSchedule(node, buckets_, ring_, kInterval);
  }

  Buckets buckets_;
  const Ring ring_ = *Ring::compute(1, {1, 2, 3, 4, 5}, 8);
};

TEST_F(MeetingScheduleTest, EveryPairOfEveryVnodeMeetsOnceInAnInterval) {
  std::multiset<std::pair<PairId, NodeId>> met;
  for (NodeId node = 1; node <= 5; ++node) {
    MeetingSchedule schedule = schedule_of(node);
    for (std::int64_t now = 0; now < kInterval; ++now) {
      while (const std::optional<PairId> id = schedule.next(now, anybody)) {
        schedule.met(*id, now, now, 0, true);
        met.insert({*id, node});
      }
    }
  }
  std::size_t pairs = 0;
  for (VnodeId vnode = 0; vnode < 8; ++vnode) {
    for (const std::uint32_t n : {2u, 3u}) {
      const auto primaries = ring_.primaries(vnode, n);
      for (const NodeId a : primaries) {
        for (const NodeId b : primaries) {
          if (a >= b) continue;
          ++pairs;
          EXPECT_EQ(met.count({PairId{vnode, n, b}, a}), 1u);
        }
      }
    }
  }
  EXPECT_EQ(met.size(), pairs);
}

TEST_F(MeetingScheduleTest, WhoIsInAHurryGoesFirstAlsoAgainstTheOrderOfNumbers) {
  const VnodeId vnode = 3;
  const NodeId highest =
      *std::max_element(ring_.primaries(vnode, 3).begin(), ring_.primaries(vnode, 3).end());
  MeetingSchedule schedule = schedule_of(highest);
  while (const std::optional<PairId> id = schedule.next(0, anybody))
    schedule.met(*id, 0, 0, 0, true);
  schedule.hurry_vnode(vnode);
  std::optional<PairId> id = schedule.next(kInterval / 2, anybody);
  ASSERT_TRUE(id);
  EXPECT_EQ(id->vnode, vnode);
  while ((id = schedule.next(kInterval / 2, anybody)))
    schedule.met(*id, kInterval / 2, kInterval / 2, 0, true);
  // Once, and not from then on.
  while ((id = schedule.next(3 * kInterval, anybody))) {
    EXPECT_LT(highest, id->peer);
    schedule.met(*id, 3 * kInterval, 3 * kInterval, 0, true);
  }
}

TEST_F(MeetingScheduleTest, AnOperatorHurriesOneVnodeOrAllOfThoseForWhichThisNodeCalls) {
  MeetingSchedule schedule = schedule_of(1);
  const auto hurried = [&] {
    std::set<VnodeId> vnodes;
    for (const auto& [id, pair] : schedule.pairs()) {
      if (!pair.hurried) continue;
      EXPECT_LT(1, id.peer);
      vnodes.insert(id.vnode);
    }
    return vnodes;
  };
  while (const std::optional<PairId> id = schedule.next(0, anybody))
    schedule.met(*id, 0, 0, 0, true);
  EXPECT_TRUE(hurried().empty());
  const VnodeId vnode = schedule.pairs().begin()->first.vnode;
  schedule.hurry_all(vnode);
  EXPECT_EQ(hurried(), std::set<VnodeId>{vnode});
  schedule.hurry_all();
  EXPECT_GT(hurried().size(), 1u);
}

TEST_F(MeetingScheduleTest, TheyHaveAgreedOnceTheyMetFromThenOnAndNothingWasLeft) {
  MeetingSchedule schedule = schedule_of(1);
  const VnodeId vnode = schedule.pairs().begin()->first.vnode;
  const auto meet_all = [&](std::int64_t begun, std::int64_t ended, bool agreed) {
    while (const std::optional<PairId> id = schedule.next(ended, anybody)) {
      schedule.met(*id, begun, ended, 0, agreed);
    }
  };
  EXPECT_FALSE(schedule.agreed_since(vnode, 10));
  meet_all(5, 20, true);  // began before
  EXPECT_FALSE(schedule.agreed_since(vnode, 10));
  meet_all(25, 30, false);  // something could not be synced
  EXPECT_FALSE(schedule.agreed_since(vnode, 10));
  meet_all(35, 40, true);
  EXPECT_TRUE(schedule.agreed_since(vnode, 10));
  EXPECT_TRUE(schedule.agreed_since(vnode, 35));
  EXPECT_FALSE(schedule.agreed_since(vnode, 36));
  meet_all(50, 60, false);
  EXPECT_TRUE(schedule.agreed_since(vnode, 35)) << "that did not become untrue";
}

TEST_F(MeetingScheduleTest, OneThatCannotMeetHoldsUpNoOther) {
  MeetingSchedule schedule = schedule_of(1);
  const auto without_two = [](const PairId& id) { return id.peer != 2; };
  while (const std::optional<PairId> id = schedule.next(0, without_two)) {
    EXPECT_NE(id->peer, 2);
    schedule.met(*id, 0, 0, 0, true);
  }
  const std::optional<PairId> id = schedule.next(0, anybody);
  ASSERT_TRUE(id);
  EXPECT_EQ(id->peer, 2);
  schedule.not_met(*id, 50);
  EXPECT_NE(schedule.next(49, anybody), id);
}

}  // namespace
}  // namespace quorate
