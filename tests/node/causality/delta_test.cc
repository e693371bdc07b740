#include "node/causality/delta.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "node/causality/dot_mint.h"

namespace quorate {
namespace {

constexpr std::int64_t kWindowMs = kRetryWindowDefaultMs;

Dot dot(NodeId node, std::uint64_t counter) { return Dot{Actor{make_run_id(node, 7), 1}, counter}; }

void add(Record& record, const Dot& at, const std::string& field) {
  Sibling sibling;
  sibling.dot = at;
  sibling.field = field;
  record.siblings.insert(std::lower_bound(record.siblings.begin(), record.siblings.end(), at,
                                          [](const Sibling& a, const Dot& b) { return a.dot < b; }),
                         sibling);
  record.context.add(at);
}

void drop(Record& record, const Dot& gone) {
  std::erase_if(record.siblings, [&](const Sibling& sibling) { return sibling.dot == gone; });
}

Record three_elements() {
  Record record;
  add(record, dot(1, 1), "a");
  add(record, dot(2, 1), "b");
  add(record, dot(1, 2), "c");
  return record;
}

TEST(Delta, IsWhatCameAndTheDotsOfWhatWent) {
  const Record before = three_elements();
  Record after = before;
  drop(after, dot(2, 1));
  add(after, dot(3, 1), "b");
  const auto delta = delta_of(before, after, dot(3, 1));
  ASSERT_TRUE(delta);
  ASSERT_EQ(delta->change.siblings.size(), 1u);
  EXPECT_EQ(delta->change.siblings.front().field, "b");
  Context came_or_went;
  came_or_went.add(dot(2, 1));
  came_or_went.add(dot(3, 1));
  EXPECT_EQ(delta->change.context, came_or_went);
  EXPECT_EQ(delta->since, before.context);
  EXPECT_EQ(sync(before, delta->change, kWindowMs), after);
}

TEST(Delta, OfARemovalHoldsNoSibling) {
  const Record before = three_elements();
  Record after = before;
  drop(after, dot(1, 2));
  after.context.add(dot(3, 1));
  const auto delta = delta_of(before, after, dot(3, 1));
  ASSERT_TRUE(delta);
  EXPECT_TRUE(delta->change.siblings.empty());
  EXPECT_EQ(sync(before, delta->change, kWindowMs), after);
}

TEST(Delta, DoesAsTheWholeWhereMoreIsKnown) {
  const Record before = three_elements();
  Record after = before;
  drop(after, dot(1, 1));
  add(after, dot(3, 1), "a");
  const auto delta = delta_of(before, after, dot(3, 1));
  ASSERT_TRUE(delta);
  Record ahead = before;
  drop(ahead, dot(1, 1));
  drop(ahead, dot(2, 1));
  add(ahead, dot(2, 2), "a");
  EXPECT_EQ(sync(ahead, delta->change, kWindowMs), sync(ahead, after, kWindowMs));
}

TEST(Delta, WhereLessIsKnownOnlyTheWholeWillDo) {
  const Record before = three_elements();
  Record after = before;
  add(after, dot(3, 1), "d");
  const auto delta = delta_of(before, after, dot(3, 1));
  ASSERT_TRUE(delta);
  Record behind;
  add(behind, dot(1, 1), "a");
  EXPECT_FALSE(behind.context.descends(delta->since));
  EXPECT_NE(sync(behind, delta->change, kWindowMs), sync(behind, after, kWindowMs));
}

TEST(Delta, IsNotToldWhereATokenBroughtEventsThatNobodyNames) {
  const Record before = three_elements();
  Record after = before;
  after.context.add(dot(2, 2));  // of a sibling that the writer had seen, and replaced
  add(after, dot(3, 1), "d");
  EXPECT_FALSE(delta_of(before, after, dot(3, 1)));
}

TEST(Delta, CarriesTheRequestIds) {
  const Record before = three_elements();
  Record after = before;
  add(after, dot(3, 1), "d");
  after.applied.add(AppliedRequest{RequestId{1, 2}, dot(3, 1), Timestamp::from_wall_ms(5)},
                    kWindowMs);
  const auto delta = delta_of(before, after, dot(3, 1));
  ASSERT_TRUE(delta);
  EXPECT_EQ(sync(before, delta->change, kWindowMs), after);
}

}  // namespace
}  // namespace quorate
