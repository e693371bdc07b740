// Contexts against what they stand for: explicit sets of events.
#include "node/causality/context.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <vector>

#include "node/base/random.h"
#include "tests/support/test_seed.h"

namespace quorate {
namespace {

using Events = std::set<Dot>;

// Two runs with two epochs each.
const Actor kActors[] = {{make_run_id(1, 0xa), 1},
                         {make_run_id(1, 0xa), 2},
                         {make_run_id(2, 0xb), 1},
                         {make_run_id(2, 0xb), 4}};

Context context_of(const Events& events) {
  return Context::from_parts({}, std::vector<Dot>(events.begin(), events.end()));
}

std::uint64_t max_counter_in(const Events& events, const Actor& actor) {
  std::uint64_t largest = 0;
  for (const Dot& dot : events) {
    if (dot.actor == actor) largest = std::max(largest, dot.counter);
  }
  return largest;
}

std::int64_t max_epoch_in(const Events& events, RunId run) {
  std::int64_t largest = -1;
  for (const Dot& dot : events) {
    if (dot.actor.run == run) largest = std::max<std::int64_t>(largest, dot.actor.epoch);
  }
  return largest;
}

// The context answers every question as the set does, and stands in normal form.
void expect_same(const Context& context, const Events& events, std::uint64_t counter_max) {
  for (const Actor& actor : kActors) {
    for (std::uint64_t counter = 0; counter <= counter_max + 2; ++counter) {
      const Dot dot{actor, counter};
      ASSERT_EQ(context.contains(dot), events.count(dot) == 1)
          << to_string(dot) << " in " << to_string(context);
    }
    ASSERT_EQ(context.max_counter(actor), max_counter_in(events, actor)) << to_string(context);
    ASSERT_EQ(context.max_epoch(actor.run), max_epoch_in(events, actor.run)) << to_string(context);
  }
  ASSERT_EQ(context.max_epoch(make_run_id(9, 9)), -1);
  ASSERT_EQ(context.empty(), events.empty());
  const auto normal = Context::from_normal_form(context.entries(), context.lone_dots());
  ASSERT_TRUE(normal.has_value()) << to_string(context);
  ASSERT_EQ(*normal, context);
}

TEST(ContextLaws, AllPairsOfSubsetsOfEightEventsJoinAsUnionAndDescendAsSuperset) {
  std::vector<Dot> universe;
  for (const Actor& actor : {kActors[0], kActors[1]}) {
    for (std::uint64_t counter = 1; counter <= 4; ++counter) universe.push_back({actor, counter});
  }
  std::vector<Events> sets;
  std::vector<Context> contexts;
  for (unsigned mask = 0; mask < 1U << universe.size(); ++mask) {
    Events events;
    Context added;
    for (std::size_t i = universe.size(); i > 0; --i) {  // downwards: everything is lone at first
      if ((mask >> (i - 1) & 1) == 0) continue;
      events.insert(universe[i - 1]);
      added.add(universe[i - 1]);
    }
    contexts.push_back(context_of(events));
    EXPECT_EQ(added, contexts.back());
    expect_same(contexts.back(), events, 4);
    sets.push_back(std::move(events));
  }
  for (std::size_t a = 0; a < sets.size(); ++a) {
    for (std::size_t b = 0; b < sets.size(); ++b) {
      const bool superset =
          std::includes(sets[a].begin(), sets[a].end(), sets[b].begin(), sets[b].end());
      ASSERT_EQ(contexts[a].descends(contexts[b]), superset);
      ASSERT_EQ(dominates(contexts[a], contexts[b]), superset && a != b);
      ASSERT_EQ(contexts[a] == contexts[b], a == b);
      Context joined = contexts[a];
      joined.join(contexts[b]);
      ASSERT_EQ(joined, contexts[a | b]);  // indices are the sets
    }
  }
}

TEST(ContextLaws, RandomStepsAgreeWithExplicitSets) {
  constexpr int kSteps = 100'000;
  constexpr std::uint64_t kCounters = 9;
  Random random(testing_support::test_seed());
  std::vector<Context> contexts(6);
  std::vector<Events> sets(6);
  for (int step = 0; step < kSteps; ++step) {
    const std::size_t i = random.below(contexts.size());
    const std::size_t j = random.below(contexts.size());
    switch (random.below(8)) {
      case 0:
        contexts[i] = Context();
        sets[i].clear();
        break;
      case 1:
      case 2:
        contexts[i].join(contexts[j]);
        sets[i].insert(sets[j].begin(), sets[j].end());
        break;
      default: {
        const Dot dot{kActors[random.below(4)], 1 + random.below(kCounters)};
        contexts[i].add(dot);
        sets[i].insert(dot);
      }
    }
    expect_same(contexts[i], sets[i], kCounters);
    if (HasFatalFailure()) FAIL() << "at step " << step;
    ASSERT_EQ(contexts[i].descends(contexts[j]),
              std::includes(sets[i].begin(), sets[i].end(), sets[j].begin(), sets[j].end()));
    ASSERT_EQ(contexts[i] == contexts[j], sets[i] == sets[j]);
  }
}

TEST(ContextLaws, PartsInAnyOrderThatOverlapGiveTheUnion) {
  Random random(testing_support::test_seed());
  for (int round = 0; round < 20'000; ++round) {
    std::vector<Context::Entry> entries;
    std::vector<Dot> lone_dots;
    Events events;
    for (std::uint64_t i = random.below(8); i > 0; --i) {
      const Context::Entry entry{kActors[random.below(4)], random.below(6)};
      entries.push_back(entry);
      for (std::uint64_t counter = 1; counter <= entry.counter; ++counter) {
        events.insert({entry.actor, counter});
      }
    }
    for (std::uint64_t i = random.below(8); i > 0; --i) {
      lone_dots.push_back({kActors[random.below(4)], 1 + random.below(8)});
      events.insert(lone_dots.back());
    }
    expect_same(Context::from_parts(std::move(entries), std::move(lone_dots)), events, 8);
    if (HasFatalFailure()) FAIL() << "in round " << round;
  }
}

TEST(ContextLaws, WithoutSomeEventsIsTheDifferenceOfSets) {
  Random random(testing_support::test_seed());
  for (int round = 0; round < 20'000; ++round) {
    Events events;
    for (std::uint64_t i = random.below(20); i > 0; --i) {
      events.insert({kActors[random.below(4)], 1 + random.below(7)});
    }
    std::vector<Dot> out;  // in no order, known or not, perhaps twice
    for (std::uint64_t i = random.below(6); i > 0; --i) {
      out.push_back({kActors[random.below(4)], 1 + random.below(8)});
    }
    const auto left = context_of(events).without(out);
    ASSERT_TRUE(left.has_value());
    for (const Dot& dot : out) events.erase(dot);
    expect_same(*left, events, 8);
    if (HasFatalFailure()) FAIL() << "in round " << round;
  }
}

TEST(ContextTest, TakesNothingOutThatWouldLeaveTooManyLoneDots) {
  constexpr std::uint64_t kMost = Context::kLoneDotsLeftMax;
  const Context context = Context::from_parts({{kActors[0], kMost + 2}, {kActors[1], 2}}, {});
  const auto least = context.without({{kActors[0], 2}});
  ASSERT_TRUE(least.has_value());
  EXPECT_EQ(least->lone_dots().size(), kMost);
  EXPECT_FALSE(context.without({{kActors[0], 1}}));
  EXPECT_FALSE(context.without({{kActors[1], 1}, {kActors[0], 2}})) << "all together";
  EXPECT_FALSE(Context::from_parts({{kActors[0], kCounterMax}}, {}).without({{kActors[0], 1}}));
}

TEST(ContextTest, FoldsLoneDotsOnceTheGapIsClosed) {
  Context context;
  context.add({kActors[0], 2});
  context.add({kActors[0], 4});
  context.add({kActors[0], 3});
  EXPECT_TRUE(context.entries().empty());
  EXPECT_EQ(context.lone_dots().size(), 3u);
  context.add({kActors[0], 1});
  EXPECT_EQ(context.entries(), (std::vector<Context::Entry>{{kActors[0], 4}}));
  EXPECT_TRUE(context.lone_dots().empty());
}

TEST(ContextTest, HoldsCountersUpToTheirBoundWithoutWrappingRound) {
  for (const std::uint64_t top : {kCounterMax, UINT64_MAX}) {
    Context context = Context::from_parts({{kActors[0], top}}, {});
    EXPECT_TRUE(context.contains({kActors[0], top}));
    context.add({kActors[0], top});
    context.join(Context::from_parts({{kActors[0], 1}}, {{kActors[0], top}, {kActors[1], top}}));
    EXPECT_EQ(context.max_counter(kActors[0]), top);
    EXPECT_EQ(context.lone_dots(), (std::vector<Dot>{{kActors[1], top}}));
  }
}

TEST(ContextTest, TakesOnlyNormalFormFromOutside) {
  const Context::Entry first{kActors[0], 3};
  const Context::Entry second{kActors[2], 1};
  EXPECT_TRUE(Context::from_normal_form({first, second}, {{kActors[0], 5}, {kActors[1], 2}}));
  EXPECT_FALSE(Context::from_normal_form({second, first}, {})) << "entries out of order";
  EXPECT_FALSE(Context::from_normal_form({first, first}, {})) << "an entry twice";
  EXPECT_FALSE(Context::from_normal_form({{kActors[0], 0}}, {})) << "an entry without events";
  EXPECT_FALSE(Context::from_normal_form({first}, {{kActors[0], 3}})) << "known twice";
  EXPECT_FALSE(Context::from_normal_form({first}, {{kActors[0], 4}})) << "contiguous";
  EXPECT_FALSE(Context::from_normal_form({}, {{kActors[0], 1}})) << "a first event is an entry";
  EXPECT_FALSE(Context::from_normal_form({}, {{kActors[1], 2}, {kActors[0], 2}}));
  EXPECT_FALSE(Context::from_normal_form({}, {{kActors[0], 2}, {kActors[0], 2}}));
  EXPECT_FALSE(Context::from_normal_form({}, {{kActors[0], 0}}));
}

TEST(ContextTest, PrintsRangesAndLoneDots) {
  EXPECT_EQ(to_string(Context()), "{}");
  EXPECT_EQ(to_string(Context::from_parts({{kActors[0], 3}}, {{kActors[2], 5}})),
            "{n1.00000000000a/1:1-3, n2.00000000000b/1:5}");
}

TEST(ContextDeathTest, AnEventBeforeTheFirstIsABug) {
  Context context;
  EXPECT_DEATH(context.add({kActors[0], 0}), "check failed");
  EXPECT_DEATH(Context::from_parts({}, {{kActors[0], 0}}), "check failed");
}

}  // namespace
}  // namespace quorate
