#include "client/replica_comparison.h"

#include <gtest/gtest.h>

#include "node/base/hash.h"
#include "node/causality/codec.h"

namespace quorate::client {
namespace {

constexpr Actor kA{1, 1};
constexpr Actor kB{2, 1};

Sibling value(const Dot& dot, const std::string& bytes) {
  Sibling sibling;
  sibling.dot = dot;
  sibling.value = Blob(bytes);
  return sibling;
}

Record record(std::vector<Context::Entry> entries, std::vector<Sibling> siblings,
              std::vector<Dot> lone_dots = {}) {
  Record record;
  record.context = Context::from_parts(std::move(entries), std::move(lone_dots));
  record.siblings = std::move(siblings);
  return record;
}

Replica holding(NodeId node, Record held) {
  std::string bytes;
  append_record(held, bytes);
  return Replica{.node = node, .record = std::move(held), .state_hash = hash64(bytes)};
}

Replica nothing(NodeId node) { return Replica{.node = node}; }
Replica unreadable(NodeId node) { return Replica{.node = node, .unreadable = true}; }
Replica away(NodeId node) { return Replica{.node = node, .asked = false}; }

std::vector<Standing> standings(const ReplicaComparison& comparison) {
  std::vector<Standing> list;
  for (const ReplicaStanding& one : comparison.standings) list.push_back(one.standing);
  return list;
}

const Record kFirst = record({{kA, 1}}, {value({kA, 1}, "first")});
const Record kSecond = record({{kA, 2}}, {value({kA, 2}, "second")});

TEST(ReplicaComparison, ReplicasThatHoldTheSameAreEqual) {
  const auto same = compare_replicas({holding(1, kFirst), holding(2, kFirst)});
  EXPECT_TRUE(same.equal());
  EXPECT_TRUE(same.complete());
  EXPECT_TRUE(same.superseded.empty());
  EXPECT_TRUE(compare_replicas({nothing(1), nothing(2)}).equal()) << "nobody has it";
  EXPECT_TRUE(compare_replicas({}).equal());
}

TEST(ReplicaComparison, OneThatHoldsNothingIsMissingAndLacksAll) {
  const auto result = compare_replicas({holding(1, kSecond), nothing(2)});
  EXPECT_EQ(standings(result), (std::vector{Standing::kWhole, Standing::kMissing}));
  EXPECT_EQ(result.standings[1].lacks, (std::vector{EventRange{kA, 1, 2}}));
  EXPECT_TRUE(result.standings[0].lacks.empty());
  EXPECT_FALSE(result.equal());
}

TEST(ReplicaComparison, ATombstoneIsMissedToo) {
  const auto result = compare_replicas({holding(1, record({{kA, 2}}, {})), nothing(2)});
  EXPECT_EQ(result.standings[1].standing, Standing::kMissing);
}

TEST(ReplicaComparison, WhatIsCoveredAndLivesNoMoreWasSupersededByWhatLivesThere) {
  const auto result = compare_replicas({holding(1, kFirst), holding(2, kSecond)});
  EXPECT_EQ(standings(result), (std::vector{Standing::kOlder, Standing::kWhole}));
  EXPECT_EQ(result.standings[0].lacks, (std::vector{EventRange{kA, 2, 2}}));
  ASSERT_EQ(result.superseded.size(), 1u);
  EXPECT_EQ(result.superseded[0].dot, (Dot{kA, 1}));
  EXPECT_EQ(result.superseded[0].lives_at, std::vector<NodeId>{1});
  EXPECT_EQ(result.superseded[0].gone_at, std::vector<NodeId>{2});
  EXPECT_EQ(result.superseded[0].by, (std::vector{Dot{kA, 2}}));
}

TEST(ReplicaComparison, WhatWasDeletedElsewhereWasSupersededByNothingThatLives) {
  const auto result =
      compare_replicas({holding(1, kFirst), holding(2, record({{kA, 1}, {kB, 1}}, {}))});
  ASSERT_EQ(result.superseded.size(), 1u);
  EXPECT_TRUE(result.superseded[0].by.empty());
}

TEST(ReplicaComparison, SidesThatKnowWhatTheOtherLacksAreConcurrent) {
  const Record other = record({{kB, 1}}, {value({kB, 1}, "other")});
  const auto result = compare_replicas({holding(1, kFirst), holding(2, other), holding(3, other)});
  EXPECT_EQ(standings(result),
            (std::vector{Standing::kConcurrent, Standing::kConcurrent, Standing::kConcurrent}));
  EXPECT_EQ(result.standings[0].lacks, (std::vector{EventRange{kB, 1, 1}}));
  EXPECT_EQ(result.standings[1].lacks, (std::vector{EventRange{kA, 1, 1}}));
  EXPECT_TRUE(result.superseded.empty());
  const Record both = sync(kFirst, other, kRetryWindowDefaultMs);
  EXPECT_EQ(standings(compare_replicas({holding(1, kFirst), holding(2, other), holding(3, both)})),
            (std::vector{Standing::kOlder, Standing::kOlder, Standing::kWhole}));
}

TEST(ReplicaComparison, TheSameEventsWithOtherValuesAreUnlike) {
  const Record forged = record({{kA, 1}}, {value({kA, 1}, "forged")});
  EXPECT_EQ(
      standings(compare_replicas({holding(1, kFirst), holding(2, forged), holding(3, kFirst)})),
      (std::vector{Standing::kWhole, Standing::kUnlike, Standing::kWhole}));
  EXPECT_EQ(standings(compare_replicas({holding(1, kFirst), holding(2, forged)})),
            (std::vector{Standing::kUnlike, Standing::kUnlike}))
      << "nobody can tell which of the two is right";
}

TEST(ReplicaComparison, WhoCannotReadItsRowDiffersAndWhoWasNotAskedIsUnknown) {
  const auto result = compare_replicas({holding(1, kFirst), unreadable(2), away(3)});
  EXPECT_EQ(standings(result),
            (std::vector{Standing::kWhole, Standing::kUnreadable, Standing::kNotAsked}));
  EXPECT_FALSE(result.equal());
  EXPECT_FALSE(result.complete());
  EXPECT_TRUE(compare_replicas({holding(1, kFirst), away(2)}).equal());
}

TEST(ReplicaComparison, GapsAreNamedBetweenWhatIsKnown) {
  const Record all = record({{kA, 9}}, {value({kA, 9}, "v")}, {{kB, 5}});
  const Record gaps = record({{kA, 2}}, {}, {{kA, 5}, {kA, 9}});
  const auto result = compare_replicas({holding(1, all), holding(2, gaps)});
  EXPECT_EQ(result.standings[1].lacks,
            (std::vector{EventRange{kA, 3, 4}, EventRange{kA, 6, 8}, EventRange{kB, 5, 5}}));
  EXPECT_EQ(to_string(result.standings[1].lacks[0]), to_string(kA) + ":3-4");
  EXPECT_EQ(to_string(result.standings[1].lacks[2]), to_string(kB) + ":5");
}

TEST(ReplicaComparison, ManyGapsAreNotAllNamed) {
  std::vector<Context::Entry> entries;
  for (RunId run = 1; run <= kLacksMax + 1; ++run) entries.push_back({Actor{run, 1}, 1});
  const auto result = compare_replicas({holding(1, record(entries, {})), nothing(2)});
  EXPECT_EQ(result.standings[1].lacks.size(), kLacksMax);
  EXPECT_TRUE(result.standings[1].lacks_more);
}

TEST(StillDiffers, WhatWasOnItsWayAtTheFirstLookIsNoDifference) {
  const std::vector<Replica> first{holding(1, kSecond), holding(2, kFirst)};
  EXPECT_FALSE(still_differs(first, {holding(1, kSecond), holding(2, kSecond)}));
  // Another write is on its way by then; the one before has arrived everywhere.
  const Record third = record({{kA, 3}}, {value({kA, 3}, "third")});
  EXPECT_FALSE(still_differs(first, {holding(1, third), holding(2, kSecond)}));
  EXPECT_FALSE(still_differs(first, {holding(1, kSecond), holding(2, third)}));
}

TEST(StillDiffers, WhatWasThereAndHasNotArrivedIs) {
  const std::vector<Replica> first{holding(1, kSecond), holding(2, kFirst)};
  EXPECT_TRUE(still_differs(first, first));
  EXPECT_TRUE(still_differs(first, {holding(1, kSecond), nothing(2)}));
  EXPECT_FALSE(still_differs(first, {away(1), holding(2, kFirst)}))
      << "what cannot be seen any more is not known to differ";
}

TEST(StillDiffers, UnreadableAndUnlikeRowsAreWhateverWasBefore) {
  const std::vector<Replica> first{holding(1, kFirst), holding(2, kSecond)};
  EXPECT_TRUE(still_differs(first, {holding(1, kSecond), unreadable(2)}));
  const Record forged = record({{kA, 2}}, {value({kA, 2}, "forged")});
  EXPECT_TRUE(still_differs(first, {holding(1, kSecond), holding(2, forged)}));
}

}  // namespace
}  // namespace quorate::client
