// The smallest k, against trying all orders and against the judge.
#include "sim/linear/k_atomic.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "node/base/random.h"
#include "sim/linear/judge.h"
#include "tests/sim/linear/small_histories.h"
#include "tests/support/test_seed.h"

namespace quorate::sim::linear {
namespace {

using testing_support::test_seed;

constexpr std::uint64_t kSteps = 1'000'000;

// As the definition says it: every order of the operations, every k.
class AllOrders {
 public:
  AllOrders(const std::vector<Access>& accesses, ValueId initial)
      : accesses_(accesses), written_{initial} {}

  // kNoK: none will do.
  std::uint32_t smallest() {
    try_all(std::vector<char>(accesses_.size()), 1);
    return smallest_;
  }

 private:
  bool may_come_first(std::size_t i, const std::vector<char>& placed) const {
    for (std::size_t other = 0; other < accesses_.size(); ++other) {
      if (!placed[other] && accesses_[other].completed < accesses_[i].invoked) return false;
    }
    return true;
  }

  // How far back the read has to look; kNoK when it saw what was not written.
  std::uint32_t depth(const Access& read) const {
    std::uint32_t deepest = 1;
    for (const ValueId value : read.sees) {
      const auto found = std::find(written_.rbegin(), written_.rend(), value);
      if (found == written_.rend()) return kNoK;
      deepest = std::max(deepest, static_cast<std::uint32_t>(found - written_.rbegin()) + 1);
    }
    return deepest;
  }

  void try_all(std::vector<char> placed, std::uint32_t k) {
    bool done = true;
    for (std::size_t i = 0; i < accesses_.size(); ++i) {
      done = done && (placed[i] || accesses_[i].completed == kNever);
    }
    if (done) smallest_ = std::min(smallest_, k);
    for (std::size_t i = 0; i < accesses_.size(); ++i) {
      if (placed[i] || !may_come_first(i, placed)) continue;
      const Access& access = accesses_[i];
      const std::uint32_t needed = access.writes == kNoValue ? depth(access) : 1;
      if (needed == kNoK) continue;
      placed[i] = true;
      if (access.writes != kNoValue) written_.push_back(access.writes);
      try_all(placed, std::max(k, needed));
      if (access.writes != kNoValue) written_.pop_back();
      placed[i] = false;
    }
  }

  const std::vector<Access>& accesses_;
  std::vector<ValueId> written_;
  std::uint32_t smallest_ = kNoK;
};

std::vector<Access> accesses_of(const History& history) {
  std::vector<Access> accesses;
  for (const Operation& operation : history.operations) {
    if (operation.outcome == Outcome::kFail) continue;
    Access access;
    access.invoked = operation.invoked;
    access.completed = operation.completed();
    if (operation.call == Call::kWrite) {
      access.writes = operation.value;
    } else if (operation.outcome == Outcome::kOk) {
      access.sees.push_back(operation.value);
    } else {
      continue;
    }
    accesses.push_back(std::move(access));
  }
  return accesses;
}

void expect_agreement(bool distinct, std::uint64_t concern) {
  Random random(test_seed() + concern);
  int exact_at[8] = {};
  for (int i = 0; i < 4'000; ++i) {
    const History history = reference::small_history(
        random, {.model = Model::kRegister, .distinct = distinct, .keys = 1, .operations_max = 6});
    std::vector<Access> accesses = accesses_of(history);
    // Some reads see two values.
    for (Access& access : accesses) {
      if (access.sees.empty() || !random.chance(1, 6)) continue;
      const ValueId other = accesses[random.below(accesses.size())].writes;
      if (other != kNoValue && other != access.sees.front()) access.sees.push_back(other);
    }
    const SmallestK found = smallest_k(accesses, history.initial, kSteps);
    ASSERT_TRUE(found.exact());
    ASSERT_EQ(found.at_least, AllOrders(accesses, history.initial).smallest()) << "history " << i;
    ++exact_at[std::min<std::uint32_t>(found.at_least, 7)];
    const bool siblings = std::any_of(accesses.begin(), accesses.end(),
                                      [](const Access& access) { return access.sees.size() > 1; });
    if (siblings) continue;
    ASSERT_EQ(found.at_least == 1, judge(history).verdict == Verdict::kLinearizable);
  }
  for (const int k : {1, 2, 3}) EXPECT_GT(exact_at[k], 20) << k;
}

TEST(SmallestK, is_that_of_all_orders_where_values_are_distinct) { expect_agreement(true, 1); }

TEST(SmallestK, is_that_of_all_orders_where_values_repeat) { expect_agreement(false, 2); }

// Two of three concurrent writes are seen in turns: no forced bound says how many it takes.
TEST(SmallestK, of_one_writer_is_how_far_a_read_lags) {
  std::vector<Access> accesses;
  Time now = 1;
  for (ValueId value = 1; value <= 9; ++value) {
    accesses.push_back({.invoked = now, .completed = now + 1, .writes = value, .sees = {}});
    now += 2;
  }
  accesses.push_back({.invoked = now, .completed = now + 1, .writes = kNoValue, .sees = {5}});
  const SmallestK found = smallest_k(accesses, kNilValue, kSteps);
  EXPECT_EQ(found.at_least, 5u);
  EXPECT_EQ(found.at_most, 5u);
  EXPECT_EQ(found.forced_by, 9u);
}

TEST(SmallestK, lies_between_two_bounds_when_the_budget_runs_out) {
  std::vector<Access> accesses;
  for (ValueId value = 1; value <= 12; ++value) {
    accesses.push_back({.invoked = value, .completed = 100 + value, .writes = value, .sees = {}});
  }
  for (Time i = 0; i < 12; ++i) {
    const auto value = static_cast<ValueId>(1 + (i * 5) % 12);
    accesses.push_back(
        {.invoked = 20 + i, .completed = 50 + i, .writes = kNoValue, .sees = {value}});
  }
  const SmallestK found = smallest_k(accesses, kNilValue, 3);
  EXPECT_LE(found.at_least, found.at_most);
  const SmallestK full = smallest_k(accesses, kNilValue, kSteps);
  EXPECT_TRUE(full.exact());
  EXPECT_LE(found.at_least, full.at_least);
  EXPECT_GE(found.at_most, full.at_most);
}

TEST(SmallestK, of_a_value_from_nowhere_is_none) {
  const std::vector<Access> accesses{
      {.invoked = 1, .completed = 2, .writes = kNoValue, .sees = {3}}};
  EXPECT_EQ(smallest_k(accesses, kNilValue, kSteps).at_least, kNoK);
}

}  // namespace
}  // namespace quorate::sim::linear
