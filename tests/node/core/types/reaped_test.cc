// What is left of a record when its remains are reaped: the laws that every type keeps.
#include <gtest/gtest.h>

#include "node/base/random.h"
#include "node/core/types/data_type.h"

namespace quorate {
namespace {

constexpr std::int64_t kWindowMs = 60'000;

// Any record that obeys the invariants: few actors, some of whose events are dead, twins among
// them.
Record random_record(BucketType type, Random& random) {
  Record record;
  std::uint64_t time = 1;
  for (std::uint64_t run = 1; run <= 4; ++run) {
    for (std::uint64_t counter = 1; counter <= random.below(4); ++counter) {
      const Dot dot{Actor{run, 1}, counter};
      record.context.add(dot);
      const Timestamp timestamp{(time + random.below(20)) << 16};
      ++time;
      if (random.chance(1, 2)) {
        Sibling sibling;
        sibling.dot = dot;
        sibling.timestamp = timestamp;
        sibling.value = Blob("v" + std::to_string(time));
        if (type == BucketType::kLww && random.chance(1, 3)) sibling.kind = SiblingKind::kDeleted;
        record.siblings.push_back(std::move(sibling));
      }
      // Of few requests, so that many are twins.
      record.applied.add(AppliedRequest{RequestId{1, 1 + random.below(4)}, dot, timestamp},
                         kWindowMs);
    }
  }
  return record;
}

class Reaped : public ::testing::TestWithParam<BucketType> {};

TEST_P(Reaped, ShowsTheSameAndMergesBackIntoTheWhole) {
  const DataType& type = data_type(GetParam());
  Random random(7);
  int smaller = 0;
  for (int round = 0; round < 20'000; ++round) {
    const Record whole = random_record(GetParam(), random);
    const Record left = type.reaped(whole);
    ASSERT_EQ(type.view(left, 0), type.view(whole, 0)) << "round " << round;
    ASSERT_TRUE(whole.context.descends(left.context));
    for (const Sibling& sibling : left.siblings) ASSERT_TRUE(left.context.contains(sibling.dot));
    for (const Sibling& sibling : whole.siblings) {
      ASSERT_EQ(left.lives(sibling.dot), left.context.contains(sibling.dot))
          << "claims a value that it does not have";
    }
    const Record merged = sync(whole, left, kWindowMs);
    ASSERT_TRUE(same_state(merged, whole));
    ASSERT_TRUE(same_state(sync(left, whole, kWindowMs), whole));
    ASSERT_TRUE(same_state(type.reaped(left), left)) << "once is enough";
    if (!same_state(left, whole)) ++smaller;
  }
  EXPECT_GT(smaller, 1'000);
}

std::string name_of(const ::testing::TestParamInfo<BucketType>& of) {
  return bucket_type_name(of.param);
}

INSTANTIATE_TEST_SUITE_P(Of, Reaped, ::testing::Values(BucketType::kRegister, BucketType::kLww),
                         name_of);

}  // namespace
}  // namespace quorate
