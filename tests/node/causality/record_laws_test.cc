// Records under sync against explicit causal histories (causal_model.h): every short history of
// three replicas, and long random ones.
#include <gtest/gtest.h>

#include <cstdio>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "node/base/random.h"
#include "tests/node/causality/replica_world.h"
#include "tests/support/test_seed.h"

namespace quorate {
namespace {

using testing_support::ReplicaWorld;
using Replaces = ReplicaWorld::Replaces;

// Every step that three replicas and one client can take. Replicas are alike until one acts: only
// the first `named` of them, and one more, are worth naming.
template <typename Visit>
void for_each_step(std::size_t named, const Visit& visit) {
  const std::size_t nameable = std::min<std::size_t>(named + 1, 3);
  for (std::size_t i = 0; i < nameable; ++i) {
    const std::size_t then_named = std::max(named, i + 1);
    for (const Replaces replaces : {Replaces::kOwnRow, Replaces::kToken, Replaces::kNothing}) {
      for (const bool is_delete : {false, true}) {
        visit(
            then_named, [=](ReplicaWorld& world) { world.write(i, replaces, is_delete); }, i);
      }
    }
    visit(
        then_named, [=](ReplicaWorld& world) { world.read(i); }, i);
    for (std::size_t j = 0; j < named; ++j) {
      if (i != j)
        visit(
            then_named, [=](ReplicaWorld& world) { world.sync_from(i, j); }, i);
    }
  }
}

TEST(RecordLaws, EveryHistoryOfFiveStepsOfThreeReplicasAgreesWithTheModel) {
  constexpr int kDepth = 5;
  struct State {
    ReplicaWorld world;
    std::size_t named = 0;
  };
  std::vector<State> frontier = {{ReplicaWorld(3)}};
  std::set<std::string> seen;
  std::size_t steps = 0;
  for (int depth = 0; depth < kDepth; ++depth) {
    std::vector<State> next;
    for (const State& state : frontier) {
      for_each_step(state.named, [&](std::size_t named, const auto& step, std::size_t changed) {
        State after = {state.world, named};
        step(after.world);
        ++steps;
        // Histories that led to the same world go on alike: one of them is enough.
        if (!seen.insert(after.world.fingerprint() + std::to_string(named)).second) return;
        after.world.expect_agreement(changed);
        after.world.expect_all_merges_agree();
        if (depth + 1 < kDepth) next.push_back(std::move(after));
      });
      if (HasFailure()) FAIL() << "at depth " << depth;
    }
    frontier = std::move(next);
  }
  std::printf("%zu steps, %zu different worlds\n", steps, seen.size());
  EXPECT_GT(seen.size(), 10'000u);
}

void take_random_step(ReplicaWorld& world, Random& random) {
  const std::size_t i = random.below(world.size());
  const std::size_t j = random.below(world.size());
  switch (random.below(16)) {
    case 0:
      world.lose_row(i);
      break;
    case 1:
      world.restart(i, random.next());
      break;
    case 2:
    case 3:
      world.read(i);
      break;
    case 4:
      world.write(i, Replaces::kNothing, random.chance(1, 4));
      break;
    case 5:
    case 6:
      world.write(i, Replaces::kOwnRow, random.chance(1, 4));
      break;
    case 7:
    case 8:
    case 9:
      world.write(i, Replaces::kToken, random.chance(1, 4));
      break;
    default:
      if (i != j) world.sync_from(i, j);
  }
  world.expect_agreement(i);
  // Invariant 3: whoever knows the same has the same.
  ASSERT_TRUE(consistent(world.record(i), world.record(j)));
}

TEST(RecordLaws, RandomHistoriesAgreeWithTheModelAfterEveryStep) {
  Random random(testing_support::test_seed());
  int steps = 0;
  for (int history = 0; history < 1'700; ++history) {
    ReplicaWorld world(2 + random.below(4));
    for (int step = 0; step < 60; ++step, ++steps) {
      take_random_step(world, random);
      if (HasFatalFailure()) FAIL() << "history " << history << ", step " << step;
    }
    if (world.size() <= 3) world.expect_all_merges_agree();
  }
  EXPECT_GE(steps, 100'000);
}

TEST(RecordLaws, SyncIsCommutativeAssociativeAndIdempotentOverReachableRecords) {
  constexpr std::int64_t kWindowMs = 100;
  Random random(testing_support::test_seed());
  for (int history = 0; history < 400; ++history) {
    ReplicaWorld world(3);
    std::vector<Record> reached;  // of all times, not of the end alone: old messages arrive late
    for (std::uint64_t step = 0; step < 40; ++step) {
      take_random_step(world, random);
      Record record = world.record(random.below(3));
      if (random.chance(1, 2)) {
        const std::uint64_t request = random.below(12);
        record.applied.add(
            {{1, request},
             {{7, 1}, 1 + request},
             Timestamp::from_wall_ms(static_cast<std::int64_t>(1000 + 20 * request))},
            kWindowMs);
      }
      reached.push_back(std::move(record));
    }
    for (int i = 0; i < 60; ++i) {
      const Record& a = reached[random.below(reached.size())];
      const Record& b = reached[random.below(reached.size())];
      const Record& c = reached[random.below(reached.size())];
      const auto merge = [](const Record& x, const Record& y) { return sync(x, y, kWindowMs); };
      ASSERT_EQ(merge(a, b), merge(b, a));
      ASSERT_EQ(merge(merge(a, b), c), merge(a, merge(b, c)));
      ASSERT_EQ(merge(a, a), a);
      ASSERT_EQ(merge(a, merge(a, b)), merge(a, b));
      ASSERT_TRUE(merge(a, b).context.descends(a.context));
    }
  }
}

// Why the token of a write's acknowledgement holds all that the write replaced: A knows x and
// replaces it blindly by y; a client that is given y's dot alone then writes z at B, which still
// has x. B now claims to know y, and has x, which y replaced; C, told by both, has the same context
// without x. No comparison of contexts, no tree and no session read can ever see that difference
// again.
TEST(RecordLaws, ATokenThatLeavesOutWhatItsWriteReplacedMakesEqualContextsLie) {
  using testing_support::write_register;
  const Dot x{{make_run_id(1, 1), 1}, 1};
  const Dot y{{make_run_id(1, 1), 1}, 2};
  const Dot z{{make_run_id(2, 2), 1}, 1};
  for (const bool whole_token : {false, true}) {
    Record a;
    write_register({}, x, "x", a);
    Record b = a;
    Context token = whole_token ? a.context : Context();
    write_register(a.context, y, "y", a);
    token.add(y);
    write_register(token, z, "z", b);
    const Record c = sync(a, b, kRetryWindowDefaultMs);
    EXPECT_EQ(c.siblings.size(), 1u);
    EXPECT_EQ(c.siblings.front().dot, z);
    EXPECT_EQ(c.context, b.context);
    EXPECT_EQ(consistent(b, c), whole_token);
  }
}

}  // namespace
}  // namespace quorate
