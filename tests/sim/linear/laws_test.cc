// The checkers against all orders, for tens of thousands of small histories of each model; and
// against one another, for larger ones.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "node/base/random.h"
#include "sim/linear/bench/sample_history.h"
#include "sim/linear/contradictions.h"
#include "sim/linear/edn.h"
#include "sim/linear/judge.h"
#include "sim/linear/search.h"
#include "sim/linear/search_witness.h"
#include "sim/linear/zones.h"
#include "tests/sim/linear/brute_force.h"
#include "tests/sim/linear/small_histories.h"
#include "tests/support/test_seed.h"

namespace quorate::sim::linear {
namespace {

using reference::BruteForce;
using reference::explains;
using reference::small_history;
using reference::SmallOptions;

constexpr int kHistories = 20'000;
constexpr std::size_t kPossibleMax = SearchWitnessOptions{}.possible_max;

std::vector<OperationId> all_of(const History& history) {
  std::vector<OperationId> operations(history.operations.size());
  std::iota(operations.begin(), operations.end(), OperationId{0});
  return operations;
}

SearchResult search_all(const History& history) {
  return search(
      history, all_of(history),
      {.steps_max = 1'000'000, .until = kNever - 1, .wildcard = kNoOperation, .seen_max = 0});
}

std::set<std::string> as_set(const std::vector<std::string>& values) {
  return {values.begin(), values.end()};
}

// The texts of values, as the brute force names them.
std::string plain(const std::string& edn) {
  return edn.size() >= 2 && edn.front() == '"' ? edn.substr(1, edn.size() - 2) : edn;
}

void expect_same_witness(const History& history, const KeyVerdict& verdict) {
  BruteForce brute(history);
  ASSERT_TRUE(verdict.witness);
  const Witness& witness = *verdict.witness;
  ASSERT_TRUE(witness.is_first);
  ASSERT_EQ(witness.operation, brute.first_misplaced());
  const std::set<std::string> expected = brute.possible(witness.operation);
  ASSERT_TRUE(witness.possible_is_complete || expected.size() > kPossibleMax);
  std::set<std::string> possible;
  for (const std::string& edn : witness.possible) ASSERT_TRUE(possible.insert(plain(edn)).second);
  if (witness.possible_is_complete) {
    ASSERT_EQ(possible, expected);
  } else {
    ASSERT_TRUE(std::includes(expected.begin(), expected.end(), possible.begin(), possible.end()));
  }
}

struct Tally {
  int linearizable = 0;
  int violated = 0;
};

// With one key the witness is compared too: with several, the brute force knows only the first of
// all.
void expect_agreement(const SmallOptions& options, std::uint64_t concern) {
  Random random =
      Random::stream(::quorate::testing_support::test_seed(), "small histories", concern);
  Tally tally;
  for (int i = 0; i < kHistories; ++i) {
    const History history = small_history(random, options);
    const Judgement judgement = judge(history);
    const bool linearizable = BruteForce(history).linearizable();
    SCOPED_TRACE("history " + std::to_string(i) + ":\n" + write_edn(history));
    ASSERT_EQ(judgement.verdict, linearizable ? Verdict::kLinearizable : Verdict::kNotLinearizable);
    if (!linearizable && options.keys == 1) expect_same_witness(history, judgement.keys.at(0));
    if (::testing::Test::HasFatalFailure()) return;
    ++(linearizable ? tally.linearizable : tally.violated);
  }
  EXPECT_GT(tally.linearizable, kHistories / 10);
  EXPECT_GT(tally.violated, kHistories / 10);
}

TEST(LinearLaws, TheZonesAgreeWithAllOrders) {
  expect_agreement({.model = Model::kRegister, .distinct = true}, 1);
}

TEST(LinearLaws, TheSearchAgreesWithAllOrdersOfARegister) {
  expect_agreement({.model = Model::kRegister}, 2);
}

TEST(LinearLaws, TheSearchAgreesWithAllOrdersOfACasRegister) {
  expect_agreement({.model = Model::kCasRegister}, 3);
}

TEST(LinearLaws, TheSearchAgreesWithAllOrdersOfACasRegisterOfDistinctValues) {
  expect_agreement({.model = Model::kCasRegister, .distinct = true}, 4);
}

TEST(LinearLaws, TheSearchAgreesWithAllOrdersOfAppends) {
  expect_agreement({.model = Model::kKeyValue}, 5);
}

TEST(LinearLaws, TheSearchAgreesWithAllOrdersOfAppendsThatAllDiffer) {
  expect_agreement({.model = Model::kKeyValue, .distinct = true}, 8);
}

TEST(LinearLaws, KeysAreJudgedApartAndAsIfTogether) {
  expect_agreement({.model = Model::kRegister, .keys = 2, .operations_max = 6}, 6);
  expect_agreement({.model = Model::kKeyValue, .keys = 2, .operations_max = 6}, 7);
}

TEST(LinearLaws, TheOrderThatTheSearchFindsExplainsTheHistory) {
  Random random = Random::stream(::quorate::testing_support::test_seed(), "orders");
  int found = 0;
  for (const Model model : kModels) {
    for (int i = 0; i < kHistories / 4; ++i) {
      const History history = small_history(random, {.model = model});
      const SearchResult result = search_all(history);
      if (result.verdict != Verdict::kLinearizable) continue;
      ++found;
      ASSERT_TRUE(explains(history, result.order)) << write_edn(history);
    }
  }
  EXPECT_GT(found, kHistories / 10);
}

SampleOptions sample_options(Random& random, Model model) {
  return {.model = model,
          .clients = static_cast<std::uint32_t>(1 + random.below(8)),
          .operations = static_cast<std::uint32_t>(1 + random.below(80)),
          .keys = 1,
          .values = static_cast<std::uint32_t>(random.below(2) * (2 + random.below(6))),
          .reads = static_cast<std::uint32_t>(30 + random.below(50)),
          .changes = static_cast<std::uint32_t>(model == Model::kRegister ? 0 : random.below(20)),
          .open = static_cast<std::uint32_t>(random.below(2) * random.below(20)),
          .fail = static_cast<std::uint32_t>(random.below(2) * random.below(20)),
          .slow = static_cast<std::uint32_t>(random.below(2) * random.below(10)),
          .stale = 0};
}

TEST(LinearLaws, WhatAnAtomicRegisterDidIsLinearizable) {
  Random random = Random::stream(::quorate::testing_support::test_seed(), "atomic");
  for (int i = 0; i < 6000; ++i) {
    const Model model = kModels[i % 3];
    const History history = sample_history(random, sample_options(random, model));
    ASSERT_EQ(judge(history).verdict, Verdict::kLinearizable) << write_edn(history);
  }
}

// Lets one read answer what another operation read or wrote.
void spoil(Random& random, History& history) {
  std::vector<OperationId> reads;
  std::vector<ValueId> values;
  for (OperationId id = 0; id < history.operations.size(); ++id) {
    const Operation& operation = history.operations[id];
    const bool read = operation.call == Call::kRead;
    if (read && operation.outcome != Outcome::kOk) continue;
    if (read) reads.push_back(id);
    values.push_back(operation.value);
  }
  if (reads.empty()) return;
  history.operations[reads[random.below(reads.size())]].value = values[random.below(values.size())];
}

TEST(LinearLaws, TheZonesAndTheSearchAgreeOnTheVerdictAndTheWitness) {
  Random random = Random::stream(::quorate::testing_support::test_seed(), "zones and search");
  Tally tally;
  for (int i = 0; i < 10'000; ++i) {
    SampleOptions options = sample_options(random, Model::kRegister);
    options.values = 0;
    History history = sample_history(random, options);
    if (i % 4 != 0) spoil(random, history);
    const std::vector<OperationId> operations = all_of(history);
    const Zones::Answer zones = Zones(history).judge(operations);
    const SearchResult result = search_all(history);
    SCOPED_TRACE("history " + std::to_string(i) + ":\n" + write_edn(history));
    ASSERT_NE(zones, Zones::Answer::kNotApplicable);
    ASSERT_EQ(result.verdict, zones == Zones::Answer::kLinearizable ? Verdict::kLinearizable
                                                                    : Verdict::kNotLinearizable);
    if (zones == Zones::Answer::kLinearizable) {
      ++tally.linearizable;
      ASSERT_TRUE(explains(history, result.order));
      continue;
    }
    ++tally.violated;
    const Witness by_zones = zone_witness(history, operations);
    const Witness by_search =
        search_witness(history, operations, {.reached = result.reached},
                       {.steps_max = 1'000'000, .wildcard_steps_max = 100'000});
    ASSERT_EQ(by_zones.operation, by_search.operation);
    if (by_search.possible_is_complete) {
      ASSERT_EQ(as_set(by_zones.possible), as_set(by_search.possible));
    }
  }
  EXPECT_GT(tally.linearizable, 1000);
  EXPECT_GT(tally.violated, 1000);
}

TEST(LinearLaws, AppendsThatWentWrongAreFoundAndTheFirstOneIsNamed) {
  Random random = Random::stream(::quorate::testing_support::test_seed(), "appends");
  Tally tally;
  for (int i = 0; i < 2000; ++i) {
    SampleOptions options = sample_options(random, Model::kKeyValue);
    options.changes = 20;
    options.operations = std::min(options.operations, 12U);
    options.clients = std::min(options.clients, 3U);
    History history = sample_history(random, options);
    spoil(random, history);
    const Judgement judgement = judge(history);
    const OperationId first = BruteForce(history).first_misplaced();
    SCOPED_TRACE("history " + std::to_string(i) + ":\n" + write_edn(history));
    ASSERT_EQ(judgement.verdict,
              first == kNoOperation ? Verdict::kLinearizable : Verdict::kNotLinearizable);
    if (first == kNoOperation) {
      ++tally.linearizable;
      continue;
    }
    ++tally.violated;
    ASSERT_EQ(judgement.keys.at(0).witness->operation, first);
  }
  EXPECT_GT(tally.linearizable, 200);
  EXPECT_GT(tally.violated, 200);
}

}  // namespace
}  // namespace quorate::sim::linear
