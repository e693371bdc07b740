// Verdicts on histories that were published, or that show one thing each; and what bounds a
// verdict.
#include "sim/linear/judge.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "node/base/random.h"
#include "sim/linear/bench/sample_history.h"
#include "sim/linear/moves.h"
#include "sim/linear/search.h"
#include "sim/linear/zones.h"
#include "tests/sim/linear/history_text.h"

namespace quorate::sim::linear {
namespace {

struct Example {
  const char* name;
  Model model;
  const char* initial;
  bool linearizable;
  const char* events;
};

constexpr bool kYes = true;
constexpr bool kNo = false;
constexpr Model kRegister = Model::kRegister;
constexpr Model kCasRegister = Model::kCasRegister;
constexpr Model kKeyValue = Model::kKeyValue;

const Example kExamples[] = {
    {"MIT 6.824, quiz 2 of 2017, VII: both reads overlap with the write", kRegister, "0", kYes, R"(
      0 invoke write 100
      1 invoke read
      2 invoke read
      2 ok read 0
      1 ok read 100
      0 ok write 100)"},
    {"MIT 6.824, quiz 2 of 2017, VII: the new value, then the old one", kRegister, "0", kNo, R"(
      0 invoke write 200
      1 invoke read
      1 ok read 200
      2 invoke read
      2 ok read 0
      0 ok write 200)"},
    {"Knossos: a write that crashed, seen by a concurrent read", kRegister, "nil", kYes, R"(
      0 invoke read
      1 invoke write 3
      1 info write 3
      0 ok read 3)"},
    {"one reader sees the new value, then the old one again", kRegister, "0", kNo, R"(
      0 invoke write 0
      0 ok write 0
      0 invoke write 1
      1 invoke read
      1 ok read 1
      0 ok write 1
      1 invoke read
      1 ok read 0)"},
    {"reads of one write, in either order around it", kRegister, "nil", kYes, R"(
      0 invoke write 1
      1 invoke read
      1 ok read nil
      1 invoke read
      1 ok read 1
      0 ok write 1)"},
    {"nobody wrote that", kRegister, "nil", kNo, R"(
      0 invoke read
      0 ok read 7)"},
    {"read before it was written", kRegister, "nil", kNo, R"(
      0 invoke read
      0 ok read 7
      1 invoke write 7
      1 ok write 7)"},
    {"written after the read began", kRegister, "nil", kYes, R"(
      0 invoke read
      1 invoke write 7
      0 ok read 7
      1 ok write 7)"},
    {"the initial value, after a write ended", kRegister, "nil", kNo, R"(
      0 invoke write 7
      0 ok write 7
      1 invoke read
      1 ok read nil)"},
    {"a read that answers nil saw nil, not anything", kRegister, "0", kNo, R"(
      1 invoke read
      1 ok read nil)"},
    {"two readers that disagree about the order of two writes", kRegister, "nil", kNo, R"(
      0 invoke write 1
      1 invoke write 2
      2 invoke read
      2 ok read 1
      3 invoke read
      3 ok read 2
      2 invoke read
      2 ok read 1
      0 ok write 1
      1 ok write 2)"},
    {"a write that failed is not to be seen", kRegister, "nil", kNo, R"(
      0 invoke write 1
      0 fail write 1
      1 invoke read
      1 ok read 1)"},
    {"an open write takes effect much later", kRegister, "nil", kYes, R"(
      0 invoke write 1
      0 info write 1
      1 invoke write 2
      1 ok write 2
      1 invoke read
      1 ok read 2
      1 invoke read
      1 ok read 1)"},
    {"an open write takes effect only once", kRegister, "nil", kNo, R"(
      0 invoke write 1
      0 info write 1
      1 invoke write 2
      1 ok write 2
      1 invoke read
      1 ok read 1
      1 invoke read
      1 ok read 2)"},
    {"an open write of the value that there was", kRegister, "nil", kYes, R"(
      0 invoke write nil
      0 info write
      1 invoke write 2
      1 ok write 2
      1 invoke read
      1 ok read nil)"},
    {"one value written twice is seen twice", kRegister, "nil", kYes, R"(
      0 invoke write 1
      0 ok write 1
      0 invoke write 2
      0 ok write 2
      1 invoke write 1
      2 invoke read
      2 ok read 2
      1 ok write 1
      2 invoke read
      2 ok read 1)"},
    {"a cas that could succeed", kCasRegister, "0", kYes, R"(
      0 invoke cas [0 1]
      1 invoke cas [1 2]
      1 ok cas [1 2]
      0 ok cas [0 1]
      0 invoke read
      0 ok read 2)"},
    {"two cas from one value", kCasRegister, "0", kNo, R"(
      0 invoke cas [0 1]
      1 invoke cas [0 2]
      1 ok cas [0 2]
      0 ok cas [0 1])"},
    {"a cas that failed did not happen, whatever the register held", kCasRegister, "0", kYes, R"(
      0 invoke cas [0 1]
      0 fail cas [0 1]
      0 invoke read
      0 ok read 0)"},
    {"an open cas explains what was read", kCasRegister, "0", kYes, R"(
      0 invoke cas [1 2]
      0 info cas [1 2]
      1 invoke write 1
      1 ok write 1
      1 invoke read
      1 ok read 2)"},
    {"two open cas, one after the other", kCasRegister, "0", kYes, R"(
      0 invoke cas [1 2]
      1 invoke cas [0 1]
      0 info cas [1 2]
      1 info cas [0 1]
      2 invoke read
      2 ok read 2)"},
    {"appends in the order in which they were seen", kKeyValue, nullptr, kYes, R"(
      0 invoke append "a"
      1 invoke append "b"
      2 invoke get
      2 ok get ""
      0 ok append "a"
      1 ok append "b"
      2 invoke get
      2 ok get "ba")"},
    {"an append that went missing", kKeyValue, nullptr, kNo, R"(
      0 invoke append "a"
      0 ok append "a"
      1 invoke append "b"
      1 ok append "b"
      2 invoke get
      2 ok get "b")"},
    {"an append applied twice", kKeyValue, nullptr, kNo, R"(
      0 invoke append "a"
      0 ok append "a"
      2 invoke get
      2 ok get "aa")"},
    {"a put that hides an append", kKeyValue, nullptr, kYes, R"(
      0 invoke append "a"
      1 invoke put "b"
      0 ok append "a"
      1 ok put "b"
      2 invoke get
      2 ok get "b")"},
    {"appends that can be told apart in two ways", kKeyValue, nullptr, kYes, R"(
      0 invoke append "aa"
      1 invoke append "a"
      2 invoke get
      2 ok get "a"
      2 invoke get
      2 ok get "aaa"
      0 ok append "aa"
      1 ok append "a")"},
};

Judgement judge_example(const Example& example) {
  History history = short_history(example.model, example.events);
  if (example.initial != nullptr && std::string(example.initial) != "nil") {
    history.initial = history.values.integer(std::stoll(example.initial));
  }
  return judge(history);
}

TEST(Judge, PublishedAndTellingExamples) {
  for (const Example& example : kExamples) {
    EXPECT_EQ(judge_example(example).verdict,
              example.linearizable ? Verdict::kLinearizable : Verdict::kNotLinearizable)
        << example.name;
  }
}

// Lowe 2017, 4.2: operations that all overlap can be placed in many orders, but leave few
// configurations, and each of them is entered only once.
TEST(Judge, ConfigurationsAreEnteredOnce) {
  constexpr int kWrites = 12;
  std::string begins;
  std::string ends;
  for (int i = 0; i < kWrites; ++i) {
    const std::string write = std::to_string(i);
    const std::string read = std::to_string(100 + i);
    begins += write + " invoke write " + write + "\n" + read + " invoke read\n";
    ends += write + " ok write\n" + read + " ok read " + write + "\n";
  }
  const History history =
      short_history(Model::kRegister, begins + ends + "0 invoke read\n0 ok read 99");
  const SearchResult result = search(
      history, all_of(history),
      {.steps_max = 10'000'000, .until = kNever - 1, .wildcard = kNoOperation, .seen_max = 0});
  EXPECT_EQ(result.verdict, Verdict::kNotLinearizable);
  // Of 12 writes there are 479,001,600 orders, but only 4,096 sets.
  EXPECT_GT(result.steps, std::uint64_t{1} << kWrites);
  EXPECT_LT(result.steps, std::uint64_t{2 * kWrites} << kWrites);
}

TEST(Judge, TheMethodIsTheFastestThatFits) {
  const auto method = [](Model model, const char* events) {
    return judge(short_history(model, events)).keys.at(0).method;
  };
  EXPECT_EQ(method(kRegister, "0 invoke write 1\n1 invoke write 2\n0 ok write 1"), Method::kZones);
  EXPECT_EQ(method(kCasRegister, "0 invoke write 1\n1 invoke read"), Method::kZones);
  EXPECT_EQ(method(kKeyValue, "0 invoke put \"a\"\n1 invoke put \"b\""), Method::kZones);
  EXPECT_EQ(method(kRegister, "0 invoke write 1\n1 invoke write 1"), Method::kSearch);
  EXPECT_EQ(method(kRegister, "0 invoke write nil"), Method::kSearch);
  EXPECT_EQ(method(kCasRegister, "0 invoke cas [1 2]"), Method::kSearch);
  EXPECT_EQ(method(kKeyValue, "0 invoke append \"a\""), Method::kSearch);
  // What failed does not count.
  EXPECT_EQ(method(kRegister, "0 invoke write 1\n0 fail write 1\n1 invoke write 1"),
            Method::kZones);
  EXPECT_EQ(method(kCasRegister, "0 invoke cas [1 2]\n0 fail cas"), Method::kZones);
}

TEST(Judge, KeysAreCountedAndJudgedApart) {
  const History history = history_of(Model::kRegister, R"([
    {:process 0 :type :invoke :f :write :key :b :value 1} {:process 0 :type :ok :f :write :key :b}
    {:process 1 :type :invoke :f :read :key :a} {:process 1 :type :ok :f :read :key :a :value 1}
    {:process 2 :type :invoke :f :read :key :b} {:process 2 :type :ok :f :read :key :b :value 1}
    {:process 3 :type :invoke :f :write :key :b :value 1} {:process 3 :type :fail :f :write :key :b}
    {:process 4 :type :invoke :f :read :key :b} {:process 4 :type :info :f :read :key :b}])");
  const Judgement judgement = judge(history);
  EXPECT_EQ(judgement.verdict, Verdict::kNotLinearizable);
  ASSERT_EQ(judgement.keys.size(), 2U);
  const KeyVerdict& b = judgement.keys[0];
  EXPECT_EQ(b.verdict, Verdict::kLinearizable);
  EXPECT_EQ(b.ok, 2U);
  EXPECT_EQ(b.failed, 1U);
  EXPECT_EQ(b.open, 1U);
  EXPECT_EQ(b.operations(), 4U);
  const KeyVerdict& a = judgement.keys[1];
  EXPECT_EQ(a.verdict, Verdict::kNotLinearizable);
  EXPECT_EQ(a.witness->cause, Cause::kNeverWritten);
  EXPECT_EQ(a.witness->operation, 1U);
  EXPECT_EQ(a.witness->possible, std::vector<std::string>{"nil"});
}

History hard_history() {
  Random random(1);
  return sample_history(random, {.model = Model::kCasRegister,
                                 .clients = 30,
                                 .operations = 3000,
                                 .values = 5,
                                 .reads = 40,
                                 .changes = 30,
                                 .open = 3});
}

TEST(Judge, ABudgetOfStepsEndsASearchUndecided) {
  const History history = hard_history();
  const Judgement judgement = judge(history, {.steps_max = 1000});
  EXPECT_EQ(judgement.verdict, Verdict::kUndecided);
  EXPECT_FALSE(judgement.keys[0].witness);
  EXPECT_GE(judgement.keys[0].steps, 1000U);
  EXPECT_LT(judgement.keys[0].steps, 1100U);
}

TEST(Judge, OneKeyThatIsNotOutweighsOneThatIsUndecided) {
  History history = hard_history();
  const KeyId other = static_cast<KeyId>(history.keys.size());
  history.keys.push_back(history.values.integer(1'000'000));
  history.operations.push_back({.process = 1'000'000,
                                .invoked = history.events + 1,
                                .ended = history.events + 2,
                                .key = other,
                                .value = history.values.integer(77),
                                .outcome = Outcome::kOk});
  history.events += 2;
  const Judgement judgement = judge(history, {.steps_max = 1000});
  EXPECT_EQ(judgement.verdict, Verdict::kNotLinearizable);
  EXPECT_EQ(judgement.keys[0].verdict, Verdict::kUndecided);
  EXPECT_EQ(judgement.keys[1].verdict, Verdict::kNotLinearizable);
}

// The number of steps is part of the verdict: a budget means the same on every machine.
TEST(Judge, TheSameHistoryTakesTheSameSteps) {
  Random random(7);
  const History history = sample_history(random, {.model = Model::kCasRegister,
                                                  .clients = 8,
                                                  .operations = 500,
                                                  .values = 5,
                                                  .reads = 40,
                                                  .changes = 30,
                                                  .open = 2});
  const Judgement judgement = judge(history);
  EXPECT_EQ(judgement.verdict, Verdict::kLinearizable);
  EXPECT_EQ(judgement.keys[0].steps, 663U);
  EXPECT_EQ(judge(history).keys[0].steps, judgement.keys[0].steps);
}

TEST(Judge, AppendsThatAllDifferLeaveNextToNoChoice) {
  Random random(11);
  const History history = sample_history(random, {.model = Model::kKeyValue,
                                                  .clients = 50,
                                                  .operations = 2000,
                                                  .keys = 1,
                                                  .reads = 45,
                                                  .changes = 40,
                                                  .slow = 5});
  const Judgement judgement = judge(history);
  EXPECT_EQ(judgement.verdict, Verdict::kLinearizable);
  EXPECT_LT(judgement.keys[0].steps, 100U * 2000U);
}

TEST(Judge, ConcurrentOperationsAreThoseThatOverlap) {
  const History history = short_history(Model::kRegister, R"(
    0 invoke write 1
    0 ok write 1
    1 invoke write 2
    2 invoke write 3
    3 invoke write 4
    3 info write 4
    4 invoke read
    1 ok write 2
    5 invoke write 5
    4 ok read 9
    6 invoke write 6
    2 ok write 3)");
  const KeyVerdict verdict = judge(history).keys.at(0);
  ASSERT_TRUE(verdict.witness);
  EXPECT_EQ(verdict.witness->operation, 4U);
  EXPECT_EQ(verdict.witness->concurrent, (std::vector<OperationId>{1, 2, 3, 5}));
}

TEST(AppendChains, BecomeCasWhereWhatWasReadLeavesNoChoice) {
  const History history = short_history(Model::kKeyValue, R"(
    0 invoke put "p"
    1 invoke append "a"
    2 invoke append "b"
    3 invoke append "c"
    0 ok put "p"
    1 ok append "a"
    3 ok append "c"
    4 invoke get
    4 ok get "pba")");
  StringStates strings(history.values, 0);
  const Moves moves = make_moves(history, all_of(history), {}, strings);
  ASSERT_TRUE(moves.exact);
  ASSERT_EQ(moves.all.size(), 4U);
  EXPECT_EQ(moves.all[1].call, Call::kCas);
  EXPECT_EQ(strings.to_edn(moves.all[1].value), "\"pb\"");
  EXPECT_EQ(strings.to_edn(moves.all[1].target), "\"pba\"");
  EXPECT_EQ(moves.all[2].call, Call::kAppend) << "nobody saw it";
  ASSERT_EQ(moves.open.size(), 1U);
  EXPECT_EQ(moves.open[0].call, Call::kCas);
  EXPECT_EQ(strings.to_edn(moves.open[0].value), "\"p\"");
  EXPECT_EQ(strings.to_edn(moves.open[0].target), "\"pb\"");
}

TEST(AppendChains, DoNotResolveWhereThereIsAChoice) {
  for (const char* events :
       {"0 invoke append \"a\"\n1 invoke append \"a\"\n2 invoke get\n2 ok get \"a\"",
        "0 invoke append \"a\"\n1 invoke put \"a\"\n2 invoke get\n2 ok get \"a\"",
        "0 invoke append \"ba\"\n1 invoke append \"a\"\n2 invoke get\n2 ok get \"cba\""}) {
    const History history = short_history(Model::kKeyValue, events);
    StringStates strings(history.values, 0);
    EXPECT_FALSE(make_moves(history, all_of(history), {}, strings).exact) << events;
  }
}

}  // namespace
}  // namespace quorate::sim::linear
