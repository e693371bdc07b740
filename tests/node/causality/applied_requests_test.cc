// What a record remembers of the requests that it has applied, against a plain set that forgets
// nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <tuple>
#include <vector>

#include "node/base/random.h"
#include "node/causality/record.h"
#include "tests/support/test_seed.h"

namespace quorate {
namespace {

constexpr std::int64_t kWindowMs = 100;

Timestamp at_ms(std::int64_t wall_ms, std::uint64_t logical = 0) {
  return Timestamp{Timestamp::from_wall_ms(wall_ms).packed + logical};
}

AppliedRequest request(std::uint64_t id, std::uint64_t counter, Timestamp timestamp) {
  return AppliedRequest{RequestId{0, id}, Dot{{make_run_id(1, 1), 1}, counter}, timestamp};
}

// The definition: all that was ever added, cut at the floor that all of it asks for.
struct Reference {
  std::set<AppliedRequest> all;
  Timestamp floor;  // the largest that was given from outside

  Timestamp cut(std::int64_t window_ms) const {
    std::vector<Timestamp> newest_first;
    for (const AppliedRequest& applied : all) newest_first.push_back(applied.timestamp);
    std::sort(newest_first.begin(), newest_first.end(), std::greater<>());
    Timestamp cut = floor;
    if (!newest_first.empty()) {
      const std::uint64_t window = static_cast<std::uint64_t>(window_ms) << 16;
      const std::uint64_t newest = newest_first.front().packed;
      cut = std::max(cut, Timestamp{newest > window ? newest - window : 0});
    }
    if (newest_first.size() > AppliedRequests::kCountMax) {
      cut = std::max(cut, newest_first[AppliedRequests::kCountMax]);
    }
    return cut;
  }

  std::vector<AppliedRequest> kept(std::int64_t window_ms) const {
    const Timestamp from = cut(window_ms);
    std::vector<AppliedRequest> kept;
    for (const AppliedRequest& applied : all) {
      if (applied.timestamp > from) kept.push_back(applied);
    }
    return kept;
  }
};

// A pool of events of which each has one id, one dot and one timestamp, crowded enough for every
// bound.
std::vector<AppliedRequest> event_pool(Random& random) {
  std::vector<AppliedRequest> pool;
  const std::int64_t spread_ms = random.chance(1, 2) ? 300 : 20;
  for (std::uint64_t i = 1; i <= 40; ++i) {
    pool.push_back(
        request(random.below(25), i, at_ms(1000 + random.between(0, spread_ms), random.below(3))));
  }
  return pool;
}

TEST(AppliedRequestsLaws, AnyOrderOfAddsAndJoinsGivesWhatAPlainSetGives) {
  Random random(testing_support::test_seed());
  int steps = 0;
  for (int round = 0; round < 1'000; ++round) {
    const std::vector<AppliedRequest> pool = event_pool(random);
    std::vector<AppliedRequests> replicas(4);
    std::vector<Reference> references(4);
    for (int step = 0; step < 120; ++step, ++steps) {
      const std::size_t i = random.below(replicas.size());
      const std::size_t j = random.below(replicas.size());
      if (random.chance(1, 3)) {
        replicas[i].join(replicas[j], kWindowMs);
        references[i].all.insert(references[j].all.begin(), references[j].all.end());
      } else {
        const AppliedRequest& event = pool[random.below(pool.size())];
        replicas[i].add(event, kWindowMs);
        references[i].all.insert(event);
      }
      ASSERT_EQ(replicas[i].floor(), references[i].cut(kWindowMs));
      ASSERT_EQ(replicas[i].entries(), references[i].kept(kWindowMs));
      ASSERT_LE(replicas[i].entries().size(), AppliedRequests::kCountMax);
    }
  }
  EXPECT_GE(steps, 100'000);
}

TEST(AppliedRequestsLaws, JoinIsCommutativeAssociativeAndIdempotent) {
  Random random(testing_support::test_seed());
  for (int round = 0; round < 20'000; ++round) {
    const std::vector<AppliedRequest> pool = event_pool(random);
    AppliedRequests parts[3];
    for (AppliedRequests& part : parts) {
      for (std::uint64_t i = random.below(20); i > 0; --i) {
        part.add(pool[random.below(pool.size())], kWindowMs);
      }
    }
    const auto joined = [](AppliedRequests a, const AppliedRequests& b) {
      a.join(b, kWindowMs);
      return a;
    };
    const auto& [a, b, c] = parts;
    ASSERT_EQ(joined(a, b), joined(b, a));
    ASSERT_EQ(joined(joined(a, b), c), joined(a, joined(b, c)));
    ASSERT_EQ(joined(a, a), a);
  }
}

TEST(AppliedRequestsTest, FindsAllDotsOfARequestAndTheRequestOfADot) {
  AppliedRequests applied;
  applied.add(request(7, 3, at_ms(1000)), kWindowMs);
  applied.add(request(7, 1, at_ms(1001)), kWindowMs);
  applied.add(request(8, 2, at_ms(1002)), kWindowMs);
  EXPECT_EQ(applied.find({0, 7}), (std::vector<Dot>{request(7, 1, {}).dot, request(7, 3, {}).dot}));
  EXPECT_EQ(applied.find({0, 8}), (std::vector<Dot>{request(8, 2, {}).dot}));
  EXPECT_TRUE(applied.find({0, 6}).empty());
  EXPECT_TRUE(applied.find({0, 9}).empty());
  ASSERT_NE(applied.request_of(request(0, 3, {}).dot), nullptr);
  EXPECT_EQ(*applied.request_of(request(0, 3, {}).dot), (RequestId{0, 7}));
  EXPECT_EQ(applied.request_of(request(0, 4, {}).dot), nullptr);
}

TEST(AppliedRequestsTest, ForgetsWhatFallsOutOfTheWindowAndRaisesItsFloor) {
  AppliedRequests applied;
  applied.add(request(1, 1, at_ms(1000)), kWindowMs);
  EXPECT_EQ(applied.floor(), at_ms(900));
  applied.add(request(2, 2, at_ms(1099, 5)), kWindowMs);
  EXPECT_EQ(applied.entries().size(), 2u);
  EXPECT_EQ(applied.floor(), at_ms(999, 5));
  applied.add(request(3, 3, at_ms(1100)), kWindowMs);
  EXPECT_TRUE(applied.find({0, 1}).empty()) << "exactly one window old is out";
  EXPECT_EQ(applied.floor(), at_ms(1000));
}

TEST(AppliedRequestsTest, TakesNothingFromBelowItsFloor) {
  AppliedRequests applied;
  applied.add(request(1, 1, at_ms(5000)), kWindowMs);
  const AppliedRequests before = applied;
  applied.add(request(2, 2, at_ms(4900)), kWindowMs);
  applied.add(request(3, 3, at_ms(0)), kWindowMs);
  EXPECT_EQ(applied, before);
}

TEST(AppliedRequestsTest, ForgetsTheOldestFirstWhenThereIsNoRoom) {
  AppliedRequests applied;
  for (std::uint64_t i = 1; i <= AppliedRequests::kCountMax + 3; ++i) {
    applied.add(request(i, i, at_ms(1000, i)), kWindowMs);
  }
  EXPECT_EQ(applied.entries().size(), AppliedRequests::kCountMax);
  EXPECT_EQ(applied.floor(), at_ms(1000, 3));
  EXPECT_TRUE(applied.find({0, 3}).empty());
  EXPECT_FALSE(applied.find({0, 4}).empty());
}

TEST(AppliedRequestsTest, TheWindowDoesNotReachBelowZero) {
  AppliedRequests applied;
  applied.add(request(1, 1, at_ms(5)), kWindowMs);
  EXPECT_EQ(applied.floor(), Timestamp{});
  EXPECT_EQ(applied.entries().size(), 1u);
  applied.add(request(2, 2, Timestamp{UINT64_MAX}), INT64_MAX);
  EXPECT_EQ(applied.floor(), Timestamp{});
  EXPECT_EQ(applied.entries().size(), 2u);
}

TEST(AppliedRequestsTest, AWindowOfNothingRemembersNothing) {
  AppliedRequests applied;
  applied.add(request(1, 1, at_ms(5)), 0);
  EXPECT_TRUE(applied.entries().empty());
  EXPECT_EQ(applied.floor(), at_ms(5));
}

TEST(AppliedRequestsTest, PartsInAnyOrderComeOutSortedAndWithinBounds) {
  std::vector<AppliedRequest> parts;
  for (std::uint64_t i = 1; i <= 20; ++i) parts.push_back(request(100 - i, i, at_ms(1000, i)));
  parts.push_back(parts.front());
  const AppliedRequests applied = AppliedRequests::from_parts(parts, at_ms(1000, 6));
  EXPECT_EQ(applied.floor(), at_ms(1000, 6));
  EXPECT_EQ(applied.entries().size(), 14u);
  EXPECT_TRUE(std::is_sorted(applied.entries().begin(), applied.entries().end()));
}

TEST(RequestIdTest, IsUnsetWhenZeroAndPrintsAs32Digits) {
  EXPECT_FALSE(RequestId{}.is_set());
  EXPECT_TRUE((RequestId{0, 1}).is_set());
  EXPECT_TRUE((RequestId{1, 0}).is_set());
  EXPECT_EQ(to_string(RequestId{0x12, 0xabcdef}), "00000000000000120000000000abcdef");
}

}  // namespace
}  // namespace quorate
