#include "node/core/read_quorum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "tests/node/core/builders.h"

namespace quorate {
namespace {

constexpr std::int64_t kWindowMs = 60'000;

ReadQuorum three(std::uint32_t needed) { return ReadQuorum({{{1, 2, 3}, needed}}, kWindowMs); }

const RecordPtr kOld = share(record(context({dot(1, 1)}), {sibling(dot(1, 1), "old")}));
const RecordPtr kNew = share(record(context({dot(1, 1), dot(2, 1)}), {sibling(dot(2, 1), "new")}));
const RecordPtr kBeside = share(record(context({dot(3, 1)}), {sibling(dot(3, 1), "beside")}));

TEST(ReadQuorum, IsEnoughAtTheNumberAskedForAndNotBefore) {
  ReadQuorum quorum = three(2);
  EXPECT_FALSE(quorum.enough());
  EXPECT_TRUE(quorum.add(1, {kOld, false, 1}));
  EXPECT_FALSE(quorum.enough());
  EXPECT_TRUE(quorum.add(3, {nullptr, false, 1}));
  EXPECT_TRUE(quorum.enough());
  EXPECT_EQ(quorum.answered(), (std::vector<NodeId>{1, 3}));
  EXPECT_EQ(quorum.silent(), (std::vector<NodeId>{2}));
}

TEST(ReadQuorum, CountsAReplicaOnceHoweverOftenItAnswers) {
  ReadQuorum quorum = three(2);
  (void)quorum.add(1, {kOld, false, 1});
  (void)quorum.add(1, {kNew, false, 1});
  EXPECT_FALSE(quorum.enough());
  EXPECT_EQ(quorum.reached(), 1u);
}

TEST(ReadQuorum, MergesToTheNewestInEveryOrderAndKeepsConcurrentValues) {
  std::vector<RecordPtr> replies = {kOld, kNew, kBeside};
  std::vector<std::size_t> order(replies.size());
  std::iota(order.begin(), order.end(), 0);
  do {
    ReadQuorum quorum = three(3);
    for (std::size_t i = 0; i < order.size(); ++i) {
      EXPECT_TRUE(quorum.add(static_cast<NodeId>(order[i] + 1), {replies[order[i]], false, 1}));
    }
    ASSERT_NE(quorum.merged(), nullptr);
    std::vector<std::string> values;
    for (const Sibling& each : quorum.merged()->siblings) values.emplace_back(each.value.view());
    std::sort(values.begin(), values.end());
    EXPECT_EQ(values, (std::vector<std::string>{"beside", "new"}));
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(ReadQuorum, NamesEveryStaleReplicaForRepairAlsoOneWithoutARow) {
  ReadQuorum quorum = three(2);
  (void)quorum.add(1, {kNew, false, 1});
  (void)quorum.add(2, {kOld, false, 1});
  EXPECT_EQ(quorum.repairs(), (std::vector<NodeId>{2}));
  (void)quorum.add(3, {nullptr, false, 1});
  EXPECT_EQ(quorum.repairs(), (std::vector<NodeId>{2, 3}));
}

TEST(ReadQuorum, NeedsNoRepairWhereNobodyHasARow) {
  ReadQuorum quorum = three(2);
  for (const NodeId node : std::vector<NodeId>{1, 2, 3})
    (void)quorum.add(node, {nullptr, false, 1});
  EXPECT_TRUE(quorum.repairs().empty());
  EXPECT_EQ(quorum.merged(), nullptr);
}

TEST(ReadQuorum, NeverCountsAReplicaThatIsBeingRebuiltButMergesWhatItHas) {
  ReadQuorum quorum = three(2);
  (void)quorum.add(1, {kOld, false, 1});
  (void)quorum.add(2, {kNew, true, 1});
  EXPECT_FALSE(quorum.enough());
  EXPECT_EQ(quorum.rebuilding(), (std::vector<NodeId>{2}));
  EXPECT_EQ(quorum.merged()->context, kNew->context);
  (void)quorum.add(3, {nullptr, false, 1});
  EXPECT_TRUE(quorum.enough());
}

TEST(ReadQuorum, NeverCountsARowThatCannotBeRead) {
  ReadQuorum quorum = three(2);
  (void)quorum.add(1, {kOld, false, 1});
  quorum.add_unreadable(2);
  EXPECT_FALSE(quorum.enough());
  EXPECT_FALSE(quorum.impossible());
  quorum.add_unreadable(3);
  EXPECT_TRUE(quorum.impossible());
  EXPECT_EQ(quorum.unreadable(), (std::vector<NodeId>{2, 3}));
}

TEST(ReadQuorum, IsImpossibleOnceTooManyCannotBeReachedUntilOneAnswersAfterAll) {
  ReadQuorum quorum = three(2);
  quorum.add_unreachable(2);
  EXPECT_FALSE(quorum.impossible());
  quorum.add_unreachable(3);
  EXPECT_TRUE(quorum.impossible());
  (void)quorum.add(3, {kOld, false, 1});
  EXPECT_FALSE(quorum.impossible());
}

TEST(ReadQuorum, IgnoresANodeThatWasNotAsked) {
  ReadQuorum quorum = three(1);
  (void)quorum.add(9, {kNew, false, 1});
  EXPECT_FALSE(quorum.enough());
  EXPECT_EQ(quorum.merged(), nullptr);
}

TEST(ReadQuorum, NeedsEnoughInEachSetWhileTheRingChanges) {
  ReadQuorum quorum({{{1, 2, 3}, 2}, {{3, 4, 5}, 2}}, kWindowMs);
  (void)quorum.add(1, {kOld, false, 1});
  (void)quorum.add(2, {kOld, false, 1});
  EXPECT_FALSE(quorum.enough());
  (void)quorum.add(3, {kOld, false, 1});
  EXPECT_FALSE(quorum.enough());
  (void)quorum.add(5, {kOld, false, 1});
  EXPECT_TRUE(quorum.enough());
}

TEST(ReadQuorum, ReportsEqualContextsWithUnequalSiblings) {
  ReadQuorum quorum = three(2);
  EXPECT_TRUE(quorum.add(1, {kNew, false, 1}));
  EXPECT_FALSE(quorum.add(2, {share(record(kNew->context, {})), false, 1}));
}

// What a replica says that is two generations behind another may have been reaped since.
TEST(ReadQuorum, AnAnswerOfAnotherAgeIsNoneInWhateverOrderTheyCome) {
  for (const bool outdated_first : {true, false}) {
    ReadQuorum quorum = three(2);
    if (outdated_first) (void)quorum.add(1, {kBeside, false, 3});
    (void)quorum.add(2, {kOld, false, 5});
    if (!outdated_first) (void)quorum.add(1, {kBeside, false, 3});
    EXPECT_FALSE(quorum.enough());
    EXPECT_EQ(quorum.unreachable(), std::vector<NodeId>{1});
    EXPECT_EQ(quorum.merged()->context, kOld->context);
    (void)quorum.add(3, {kNew, false, 4});  // one behind is in order
    EXPECT_TRUE(quorum.enough());
    EXPECT_EQ(quorum.merged()->context, kNew->context);
    EXPECT_EQ(quorum.generation(), 4u) << "as old as the oldest record in it";
    EXPECT_EQ(quorum.repairs(), std::vector<NodeId>{2});
  }
}

// Node 1 has retired what is dead in kNew, node 3 has reaped it.
const RecordPtr kLeft = share(record(context({dot(2, 1)}), {sibling(dot(2, 1), "new")}));

ReadQuorum with_reaping(bool alike) {
  ReadQuorum quorum = three(2);
  quorum.set_reaped([](const Record&) { return *kLeft; }, alike);
  (void)quorum.add(1, {kNew, false, 1, true});
  (void)quorum.add(3, {kLeft, false, 1, false});
  return quorum;
}

TEST(ReadQuorum, WhatAReplicaHasRetiredIsKnownAndNotShown) {
  ReadQuorum quorum = with_reaping(false);
  EXPECT_EQ(quorum.merged()->context, kNew->context);
  EXPECT_EQ(quorum.shown()->context, kLeft->context);
  EXPECT_TRUE(quorum.repairs().empty()) << "who has reaped it lacks nothing";
  (void)quorum.add(2, {kNew, false, 1, false});
  EXPECT_TRUE(quorum.repairs().empty()) << "nor does who still shows it";
}

TEST(ReadQuorum, ASyncMakesThemShowTheSameAgain) {
  ReadQuorum quorum = with_reaping(true);
  EXPECT_TRUE(quorum.repairs().empty()) << "they do";
  (void)quorum.add(2, {kNew, false, 1, false});
  EXPECT_EQ(quorum.repairs(), (std::vector<NodeId>{1, 3}));
}

TEST(ReadQuorum, WhatIsNewerPutsAnEndToARetirement) {
  for (const bool alike : {false, true}) {
    ReadQuorum quorum = with_reaping(alike);
    (void)quorum.add(2, {kBeside, false, 1, false});
    EXPECT_EQ(quorum.shown(), quorum.merged());
    EXPECT_EQ(quorum.repairs(), (std::vector<NodeId>{1, 2, 3}));
  }
}

// The older value of an answer that was under way does not come back beside it.
TEST(ReadQuorum, WhatIsRetiredStillAbsorbsWhatIsOlder) {
  ReadQuorum quorum = with_reaping(false);
  (void)quorum.add(2, {kOld, false, 1, false});
  EXPECT_EQ(quorum.shown()->siblings.size(), 1u);
  EXPECT_EQ(quorum.shown()->siblings[0].value, Blob("new"));
  EXPECT_EQ(quorum.repairs(), std::vector<NodeId>{2});
}

}  // namespace
}  // namespace quorate
