// The laws of the partial types, each against a plain model over explicit causal histories:
// replicas that write, lose rows, restart and merge in random order say what the model says, their
// states are a function of what they know, and all orders of merging end alike.
#include <gtest/gtest.h>

#include "node/core/types/counter.h"
#include "node/core/types/flag.h"
#include "node/core/types/map.h"
#include "node/core/types/set.h"
#include "tests/node/core/types/type_world.h"
#include "tests/support/test_seed.h"

namespace quorate::testing_support {
namespace {

using History = std::map<Dot, ModelEvent>;

bool touches(const ModelEvent& event, const std::string& field) {
  return event.verb == Verb::kDelete || event.field == field;
}

// An event that leaves a value is alive while nobody who had observed it has touched its field
// since.
bool alive(const History& history, const Events& known, const Dot& dot) {
  const std::string& field = history.at(dot).field;
  for (const Dot& other : known) {
    const ModelEvent& event = history.at(other);
    if (touches(event, field) && event.observed.count(dot) == 1) return false;
  }
  return true;
}

TypeWorld::Judge by_field(Update leaves_value, bool each_once, std::string shown_as = "") {
  return [=](const History& history, const Events& known) {
    Shown shown;
    for (const Dot& dot : known) {
      const ModelEvent& event = history.at(dot);
      if (event.verb == Verb::kDelete || event.update != leaves_value) continue;
      if (!alive(history, known, dot)) continue;
      const std::string& value = shown_as.empty() ? event.value : shown_as;
      const std::string text = event.field + "=" + value;
      if (!each_once || shown.count(text) == 0) shown.insert(text);
    }
    return shown;
  };
}

// The sum of all additions that no delete had observed.
Shown judge_counter(const History& history, const Events& known) {
  bool any = false;
  std::int64_t sum = 0;
  std::set<Actor> with_a_sum;
  for (const Dot& dot : known) {
    if (history.at(dot).verb == Verb::kDelete) continue;
    bool deleted = false;
    for (const Dot& other : known) {
      const ModelEvent& event = history.at(other);
      deleted |= event.verb == Verb::kDelete && event.observed.count(dot) == 1;
    }
    if (deleted) continue;
    any = true;
    sum += std::stoll(history.at(dot).value);
  }
  return any ? Shown{"=" + std::to_string(sum)} : Shown{};
}

struct Draw {
  Verb verb = Verb::kUpdate;
  Update update = Update::kNone;
  std::string field;
  std::string value;
};

struct Law {
  const char* name;
  const DataType& type;
  TypeWorld::Judge judge;
  std::function<Draw(Random&, int)> draw;
  bool may_refuse = false;
};

// Chances in a hundred.
constexpr std::uint64_t kWrites = 50, kReads = 10, kSyncs = 36, kRestarts = 3;
constexpr int kSteps = 25;

void step(TypeWorld& world, const Law& law, Random& random, int number) {
  const std::size_t at = random.below(world.size());
  const std::uint64_t what = random.below(100);
  if (what < kWrites) {
    auto brings = static_cast<TypeWorld::Brings>(random.below(3));
    if (brings == TypeWorld::Brings::kToken && !world.covers_token(at)) {
      // The coordinator brings its row up to the token first, or does not apply the write.
      for (std::size_t from = 0; from < world.size(); ++from) world.sync_from(at, from);
      if (!world.covers_token(at)) return;
    }
    const Draw draw = law.draw(random, number);
    const auto refusal = world.write(at, brings, draw.verb, draw.update, draw.field, draw.value);
    if (refusal) {
      ASSERT_TRUE(law.may_refuse && brings == TypeWorld::Brings::kToken) << refusal->detail;
    }
  } else if (what < kWrites + kReads) {
    world.read(at);
  } else if (what < kWrites + kReads + kSyncs) {
    world.sync_from(at, random.below(world.size()));
  } else if (what < kWrites + kReads + kSyncs + kRestarts) {
    world.restart(at, random.next());
  } else {
    world.lose(at, random.next());
  }
  world.expect_agreement(at);
}

void expect_law(const Law& law, int rounds) {
  Random random(test_seed());
  for (int round = 0; round < rounds; ++round) {
    TypeWorld world(law.type, law.judge, 2 + random.below(3));
    for (int number = 0; number < kSteps; ++number) {
      step(world, law, random, number);
      if (::testing::Test::HasFailure()) {
        FAIL() << law.name << ", round " << round << ", step " << number;
      }
    }
    world.expect_all_merges_agree();
  }
}

std::string letter(Random& random) { return std::string(1, "xyz"[random.below(3)]); }

TEST(TypeLaws, ACounterIsTheSumOfTheAdditionsThatNoDeleteHadSeen) {
  expect_law(
      {"counter", CounterType(), judge_counter,
       [](Random& random, int) {
         if (random.chance(1, 5)) return Draw{Verb::kDelete, Update::kNone, "", ""};
         return Draw{Verb::kUpdate, Update::kCounterAdd, "", std::to_string(random.between(-5, 9))};
       },
       true},
      1'000);
}

TEST(TypeLaws, ASetHasTheElementsWithAnAddThatNoRemoveHadSeen) {
  expect_law({"set", SetType(), by_field(Update::kSetAdd, true),
              [](Random& random, int) {
                if (random.chance(1, 15)) return Draw{Verb::kDelete, Update::kNone, "", ""};
                return Draw{Verb::kUpdate,
                            random.chance(3, 5) ? Update::kSetAdd : Update::kSetRemove,
                            letter(random), ""};
              }},
             1'000);
}

TEST(TypeLaws, AMapHasOfEachFieldTheValuesThatNobodyReplaced) {
  expect_law({"map", MapType(), by_field(Update::kMapPut, false),
              [](Random& random, int number) {
                if (random.chance(1, 15)) return Draw{Verb::kDelete, Update::kNone, "", ""};
                if (random.chance(1, 4)) {
                  return Draw{Verb::kUpdate, Update::kMapRemove, letter(random), ""};
                }
                return Draw{Verb::kUpdate, Update::kMapPut, letter(random), std::to_string(number)};
              }},
             1'000);
}

TEST(TypeLaws, AFlagIsOnWhileSomebodyEnabledItWhomNoDisableHadSeen) {
  expect_law({"flag", FlagType(), by_field(Update::kFlagEnable, true, "on"),
              [](Random& random, int) {
                if (random.chance(1, 15)) return Draw{Verb::kDelete, Update::kNone, "", ""};
                return Draw{Verb::kUpdate,
                            random.chance(1, 2) ? Update::kFlagEnable : Update::kFlagDisable, "",
                            ""};
              }},
             1'000);
}

}  // namespace
}  // namespace quorate::testing_support
