#include "node/causality/record.h"

#include <gtest/gtest.h>

#include <vector>

namespace quorate {
namespace {

const Actor kA{make_run_id(1, 1), 1};
const Actor kB{make_run_id(2, 2), 1};

Sibling sibling(const Dot& dot, std::string value) {
  Sibling sibling;
  sibling.dot = dot;
  sibling.timestamp = Timestamp{dot.counter};
  sibling.value = Blob(std::move(value));
  return sibling;
}

Record record(std::vector<Context::Entry> entries, std::vector<Sibling> siblings) {
  Record record;
  record.context = Context::from_parts(std::move(entries), {});
  record.siblings = std::move(siblings);
  return record;
}

TEST(SyncTest, KeepsConcurrentValuesOfBothSides) {
  const Record a = record({{kA, 1}}, {sibling({kA, 1}, "x")});
  const Record b = record({{kB, 1}}, {sibling({kB, 1}, "y")});
  EXPECT_EQ(sync(a, b, kRetryWindowDefaultMs),
            record({{kA, 1}, {kB, 1}}, {sibling({kA, 1}, "x"), sibling({kB, 1}, "y")}));
}

TEST(SyncTest, DropsWhatTheOtherSideKnowsAndNoLongerHas) {
  const Record old = record({{kA, 1}}, {sibling({kA, 1}, "x")});
  const Record replaced = record({{kA, 1}, {kB, 1}}, {sibling({kB, 1}, "y")});
  const Record deleted = record({{kA, 2}}, {});
  EXPECT_EQ(sync(old, replaced, kRetryWindowDefaultMs), replaced);
  EXPECT_EQ(sync(deleted, old, kRetryWindowDefaultMs), deleted);
  EXPECT_EQ(sync(deleted, replaced, kRetryWindowDefaultMs),
            record({{kA, 2}, {kB, 1}}, {sibling({kB, 1}, "y")}));
}

TEST(SyncTest, WithAnEmptyRecordChangesNothing) {
  const Record a = record({{kA, 3}, {kB, 1}}, {sibling({kA, 3}, "x")});
  EXPECT_EQ(sync(a, Record(), kRetryWindowDefaultMs), a);
  EXPECT_EQ(sync(Record(), a, kRetryWindowDefaultMs), a);
}

TEST(SyncTest, SharesTheBytesOfValues) {
  const Record a = record({{kA, 1}}, {sibling({kA, 1}, std::string(1000, 'x'))});
  const Record b = record({{kB, 1}}, {sibling({kB, 1}, "y")});
  const Record merged = sync(b, a, kRetryWindowDefaultMs);
  EXPECT_EQ(merged.siblings[0].value.view().data(), a.siblings[0].value.view().data());
}

TEST(SyncTest, JoinsTheAppliedRequests) {
  Record a = record({{kA, 1}}, {});
  Record b = record({{kA, 1}}, {});
  a.applied.add({{0, 1}, {kA, 1}, Timestamp::from_wall_ms(1000)}, 100);
  b.applied.add({{0, 2}, {kB, 1}, Timestamp::from_wall_ms(1050)}, 100);
  const Record merged = sync(a, b, 100);
  EXPECT_EQ(merged.applied.entries().size(), 2u);
  EXPECT_EQ(merged.applied.floor(), Timestamp::from_wall_ms(950));
  EXPECT_TRUE(same_state(merged, a)) << "what was applied is bookkeeping";
}

TEST(RecordTest, TellsTombstonesFromKeysThatNeverWere) {
  EXPECT_FALSE(Record().is_tombstone());
  EXPECT_TRUE(record({{kA, 1}}, {}).is_tombstone());
  EXPECT_FALSE(record({{kA, 1}}, {sibling({kA, 1}, "")}).is_tombstone());
}

TEST(RecordTest, NoticesEqualContextsOverUnequalSiblings) {
  const Record a = record({{kA, 1}, {kB, 1}}, {sibling({kA, 1}, "x")});
  const Record b = record({{kA, 1}, {kB, 1}}, {});
  const Record later = record({{kA, 2}, {kB, 1}}, {});
  EXPECT_FALSE(consistent(a, b));
  EXPECT_TRUE(consistent(a, a));
  EXPECT_TRUE(consistent(a, later));
  EXPECT_FALSE(same_state(a, b));
  EXPECT_FALSE(same_state(b, later));
  EXPECT_TRUE(same_state(a, a));
}

TEST(RecordTest, LatestIsTheLargestTimestampOfTheSiblingsAndOfWhatWasApplied) {
  EXPECT_EQ(Record().latest(), Timestamp{});
  Record r = record({{kA, 9}, {kB, 1}}, {sibling({kA, 9}, ""), sibling({kB, 1}, "")});
  EXPECT_EQ(r.latest(), Timestamp{9});
  r.applied.add(AppliedRequest{{1, 1}, {kB, 2}, Timestamp{11}}, 60'000);  // a delete, say
  EXPECT_EQ(r.latest(), Timestamp{11});
}

TEST(RecordTest, SizeGrowsByEveryByteOfFieldAndValueAndByEveryItem) {
  Record r;
  EXPECT_EQ(r.size_bytes(), 0u);
  r = record({{kA, 1}}, {sibling({kA, 1}, "")});
  const std::size_t small = r.size_bytes();
  r.siblings[0].value = Blob("12345");
  r.siblings[0].field = "abc";
  EXPECT_EQ(r.size_bytes(), small + 8);
  const std::size_t before = r.size_bytes();
  r.context.add({kB, 1});
  EXPECT_GT(r.size_bytes(), before);
  const std::size_t with_context = r.size_bytes();
  r.applied.add({{0, 1}, {kA, 1}, Timestamp{5}}, 100);
  EXPECT_GT(r.size_bytes(), with_context);
}

}  // namespace
}  // namespace quorate
