#include "node/core/blocking_repair.h"

#include <gtest/gtest.h>

#include "tests/node/core/builders.h"

namespace quorate {
namespace {

using Nodes = std::vector<NodeId>;

const RecordPtr kNew = share(record(context({dot(1, 1)}), {sibling(dot(1, 1), "new")}));
const RecordPtr kMore = share(record(context({dot(1, 1), dot(2, 1)}),
                                     {sibling(dot(1, 1), "new"), sibling(dot(2, 1), "more")}));
const RecordPtr kOther = share(record(context({dot(2, 1)}), {sibling(dot(2, 1), "more")}));

ReadQuorum read_of_three() { return ReadQuorum({ReplicaSet{{1, 2, 3}, 2}}, 60'000); }

// Node 1 has the record, node 2 has no row, node 3 is silent.
ReadQuorum half_answered() {
  ReadQuorum read = read_of_three();
  read.add(1, {kNew, false, 1});
  read.add(2, {nullptr, false, 1});
  return read;
}

TEST(BlockingRepair, NamesWhoAnsweredWithLessOnce) {
  BlockingRepair repair(half_answered());
  EXPECT_FALSE(repair.enough());
  EXPECT_EQ(repair.take_lacking(), Nodes{2});
  EXPECT_EQ(repair.take_lacking(), Nodes{});
  repair.add_answer(2, nullptr);  // the answer came twice
  EXPECT_EQ(repair.take_lacking(), Nodes{});
  EXPECT_EQ(repair.missing(), (Nodes{2, 3}));
}

TEST(BlockingRepair, EndsWhenEnoughHoldTheRecord) {
  BlockingRepair repair(half_answered());
  repair.add_ack(2);
  EXPECT_TRUE(repair.enough());
  EXPECT_EQ(repair.missing(), Nodes{3});
}

TEST(BlockingRepair, CountsALateAnswerThatHasAsMuch) {
  BlockingRepair repair(half_answered());
  repair.add_answer(3, kMore);
  EXPECT_TRUE(repair.enough());
  EXPECT_EQ(repair.record(), kNew);
}

TEST(BlockingRepair, NamesALateAnswerThatLacksSomething) {
  BlockingRepair repair(half_answered());
  EXPECT_EQ(repair.take_lacking(), Nodes{2});
  repair.add_answer(3, kOther);
  EXPECT_FALSE(repair.enough());
  EXPECT_EQ(repair.take_lacking(), Nodes{3});
}

TEST(BlockingRepair, IsImpossibleOnlyWhenNobodyCanStandIn) {
  BlockingRepair repair(half_answered());
  repair.add_refusal(2);
  EXPECT_FALSE(repair.impossible());
  repair.add_unreachable(3);
  EXPECT_TRUE(repair.impossible());
  repair.add_ack(2);  // it has room again
  EXPECT_TRUE(repair.enough());
}

TEST(BlockingRepair, KnowsWhoWasGoneOrUnreadableWhenItBegan) {
  for (const bool unreadable : {false, true}) {
    ReadQuorum read = half_answered();
    if (unreadable) {
      read.add_unreadable(3);
    } else {
      read.add_unreachable(3);
    }
    BlockingRepair repair(read);
    EXPECT_FALSE(repair.impossible());
    repair.add_unreachable(2);
    EXPECT_TRUE(repair.impossible());
  }
}

TEST(BlockingRepair, AReplicaThatIsRebuildingHoldsWhatItHas) {
  ReadQuorum read = half_answered();
  read.add(3, {kNew, true, 1});
  EXPECT_TRUE(BlockingRepair(read).enough());
}

}  // namespace
}  // namespace quorate
