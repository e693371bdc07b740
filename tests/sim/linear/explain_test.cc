// What a person is told about a key that is not linearizable.
#include "sim/linear/explain.h"

#include <gtest/gtest.h>

#include <string>

#include "sim/linear/judge.h"
#include "tests/sim/linear/history_text.h"

namespace quorate::sim::linear {
namespace {

std::string explain_first(const History& history) {
  const Judgement judgement = judge(history);
  for (const KeyVerdict& key : judgement.keys) {
    if (key.witness) return "\n" + explain(history, key);
  }
  return "linearizable";
}

TEST(Explain, AStaleReadStandsAgainstTheWriteThatItMissed) {
  EXPECT_EQ(explain_first(short_history(Model::kRegister, R"(
    0 invoke write 1
    0 ok write 1
    0 invoke write 2
    2 invoke write 3
    0 ok write 2
    1 invoke read
    1 ok read 1)")),
            R"(
The first operation that cannot be placed:

  process 1's read 1 (lines 6-7)

There is an order of all that ended before it did (the first 6 events are linearizable), and none with it.
The register could then only hold 2 or 3.

Why: 1 would have to come both before and after 2:

  process 0's write 1 (lines 1-2) ended, then process 0's write 2 (lines 3-5) began: 1 before 2
  process 0's write 2 (lines 3-5) ended, then process 1's read 1 (lines 6-7) began: 2 before 1

In flight at the same time:

  process 2's write 3 (line 4, never ended)

  process 0  write 1  |--|
  process 0  write 2        |-----|
  process 2  write 3           |----------->
  process 1  read 1                  |--|  <- cannot be placed
)");
}

TEST(Explain, TheInitialValueThatWasOverwritten) {
  EXPECT_EQ(explain_first(short_history(Model::kRegister, R"(
    10 invoke write 1
    10 ok write 1
    9 invoke read
    9 ok read nil)")),
            R"(
The first operation that cannot be placed:

  process 9's read nil (lines 3-4)

There is an order of all that ended before it did (the first 3 events are linearizable), and none with it.
The register could then only hold 1.

Why: nil would have to come both before and after 1:

  nil was there before all, then process 10's write 1 (lines 1-2) began: nil before 1
  process 10's write 1 (lines 1-2) ended, then process 9's read nil (lines 3-4) began: 1 before nil

Nothing else was in flight.

  process 10  write 1   |--|
  process 9   read nil        |--|  <- cannot be placed
)");
}

TEST(Explain, WhatWasWrittenLaterOrNever) {
  EXPECT_NE(explain_first(short_history(Model::kRegister, R"(
    0 invoke read
    0 ok read 5
    1 invoke write 5
    1 ok write 5)"))
                .find("Why: 5 was only written later, by process 1's write 5 (lines 3-4).\n"),
            std::string::npos);
  EXPECT_NE(explain_first(short_history(Model::kKeyValue, R"(
    0 invoke put "a"
    0 ok put "a"
    0 invoke get
    0 ok get "b")"))
                .find(", of key \"k\":\n\n  process 0's get \"b\" (lines 3-4)\n"),
            std::string::npos);
}

TEST(Explain, ACasThatFoundSomethingElse) {
  EXPECT_EQ(explain_first(short_history(Model::kCasRegister, R"(
    0 invoke write 1
    0 ok write 1
    1 invoke write 1
    1 ok write 1
    2 invoke cas [1 2]
    3 invoke cas [1 3]
    2 ok cas [1 2]
    3 ok cas [1 3])")),
            R"(
The first operation that cannot be placed:

  process 3's cas 1 -> 3 (lines 6-8)

There is an order of all that ended before it did (the first 7 events are linearizable), and none with it.
It expected 1; the register could then only hold 2.

Why: every order was tried.

In flight at the same time:

  process 2's cas 1 -> 2 (lines 5-7)

  process 0  write 1     |--|
  process 1  write 1           |--|
  process 2  cas 1 -> 2              |-----|
  process 3  cas 1 -> 3                 |-----|  <- cannot be placed
)");
}

TEST(Explain, LongListsAndLongValuesAreCut) {
  std::string events;
  for (int i = 0; i < 30; ++i)
    events += std::to_string(i) + " invoke write " + std::to_string(i) + "\n";
  const std::string text =
      explain_first(short_history(Model::kRegister, events + "50 invoke read\n50 ok read 99"));
  EXPECT_NE(text.find("The register could then hold, among others, nil, 0, 1, 2, 3, 4, 5, 6.\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("  and 22 more\n"), std::string::npos) << text;
  EXPECT_EQ(short_value(std::string(40, 'x')), std::string(40, 'x'));
  EXPECT_EQ(short_value(std::string(30, 'x') + std::string(30, 'y')),
            std::string(18, 'x') + "..." + std::string(18, 'y'));
  std::string accents;
  for (int i = 0; i < 40; ++i) accents += "é";
  EXPECT_EQ(short_value("x" + accents).substr(0, 20), "x" + accents.substr(0, 16) + "...");
}

TEST(Explain, EventsAreCountedWhereThereAreNoLines) {
  Recorder recorder(Model::kRegister);
  const ValueId one = recorder.values().integer(1);
  ASSERT_EQ(recorder.invoke({.process = 3}), Recorder::Problem::kNone);
  ASSERT_EQ(recorder.end({.process = 3, .outcome = Outcome::kOk, .value = one}),
            Recorder::Problem::kNone);
  EXPECT_NE(explain_first(std::move(recorder).finish()).find("process 3's read 1 (events 1-2)"),
            std::string::npos);
}

}  // namespace
}  // namespace quorate::sim::linear
