// Recording a history, the values in it, and what the models call things.
#include "sim/linear/history.h"

#include <gtest/gtest.h>

#include <limits>

namespace quorate::sim::linear {
namespace {

using Problem = Recorder::Problem;

TEST(Recorder, GivesEveryEventATimeOfItsOwn) {
  Recorder recorder(Model::kRegister);
  const ValueId five = recorder.values().integer(5);
  EXPECT_EQ(recorder.invoke({.process = 1, .call = Call::kWrite, .value = five}), Problem::kNone);
  EXPECT_EQ(recorder.invoke({.process = 2, .call = Call::kRead}), Problem::kNone);
  EXPECT_EQ(recorder.end({.process = 2, .outcome = Outcome::kOk, .value = five}), Problem::kNone);
  EXPECT_EQ(recorder.end({.process = 1, .outcome = Outcome::kOk}), Problem::kNone);
  EXPECT_EQ(recorder.invoke({.process = 2, .call = Call::kRead}), Problem::kNone);
  const History history = std::move(recorder).finish();
  ASSERT_EQ(history.operations.size(), 3U);
  EXPECT_EQ(history.operations[0].invoked, 1U);
  EXPECT_EQ(history.operations[1].invoked, 2U);
  EXPECT_EQ(history.operations[1].ended, 3U);
  EXPECT_EQ(history.operations[1].value, five);
  EXPECT_EQ(history.operations[0].ended, 4U);
  EXPECT_EQ(history.operations[0].value, five);
  EXPECT_EQ(history.operations[2].invoked, 5U);
  EXPECT_EQ(history.operations[2].ended, kNever);
  EXPECT_EQ(history.operations[2].outcome, Outcome::kOpen);
  EXPECT_EQ(history.events, 5U);
  EXPECT_EQ(history.processes, 2U);
  EXPECT_TRUE(history.lines.empty());
  EXPECT_EQ(history.line(3), 0U);
}

TEST(Recorder, RefusesWhatNoProcessCanDo) {
  Recorder recorder(Model::kRegister);
  for (const std::int64_t process :
       {std::int64_t{0}, std::int64_t{7}, std::int64_t{-1},
        std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(),
        std::int64_t{1} << 40}) {
    EXPECT_EQ(recorder.end({.process = process}), Problem::kNothingInFlight);
    EXPECT_EQ(recorder.invoke({.process = process}), Problem::kNone);
    ASSERT_NE(recorder.in_flight(process), nullptr);
    EXPECT_EQ(recorder.in_flight(process)->process, process);
    EXPECT_EQ(recorder.invoke({.process = process}), Problem::kStillInFlight);
    EXPECT_EQ(recorder.end({.process = process, .outcome = Outcome::kOpen}), Problem::kNone);
    EXPECT_EQ(recorder.in_flight(process), nullptr);
    EXPECT_EQ(recorder.end({.process = process}), Problem::kNothingInFlight);
    EXPECT_EQ(recorder.invoke({.process = process}), Problem::kNone);
  }
  const History history = std::move(recorder).finish();
  EXPECT_EQ(history.operations.size(), 12U);
  EXPECT_EQ(history.processes, 6U);
}

TEST(Recorder, CountsKeysInTheOrderInWhichTheyCameUp) {
  Recorder recorder(Model::kKeyValue);
  const ValueId b = recorder.values().string("b");
  const ValueId a = recorder.values().string("a");
  for (const ValueId key : {a, b, a}) {
    static std::int64_t process = 0;
    ASSERT_EQ(recorder.invoke({.process = process++, .key = key}), Problem::kNone);
  }
  const History history = std::move(recorder).finish();
  EXPECT_EQ(history.keys, (std::vector<ValueId>{a, b}));
  EXPECT_EQ(history.operations[2].key, 0U);
  EXPECT_EQ(history.values.to_edn(history.initial), "\"\"");
}

TEST(Values, AreEqualWhenTheirIdsAre) {
  Values values;
  EXPECT_EQ(values.kind(kNilValue), ValueKind::kNil);
  EXPECT_EQ(values.to_edn(kNilValue), "nil");
  const std::int64_t numbers[] = {0,
                                  1,
                                  -1,
                                  4'194'303,
                                  4'194'304,
                                  1'000'000'007,
                                  std::numeric_limits<std::int64_t>::min(),
                                  std::numeric_limits<std::int64_t>::max()};
  std::vector<ValueId> ids;
  for (const std::int64_t number : numbers) ids.push_back(values.integer(number));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(values.integer(numbers[i]), ids[i]);
    EXPECT_EQ(values.number(ids[i]), numbers[i]);
    EXPECT_EQ(ids[i], i + 1) << "ids count up";
  }
  const ValueId text = values.string("1");
  EXPECT_NE(text, values.integer(1));
  EXPECT_NE(text, values.literal("1"));
  EXPECT_EQ(text, values.string("1"));
  EXPECT_EQ(values.literal(":a"), values.literal(":a"));
  EXPECT_NE(values.literal(":a"), values.string(":a"));
  EXPECT_EQ(values.find_string("1"), text);
  EXPECT_EQ(values.find_string(":b"), std::nullopt);
}

TEST(Values, ManyStringsKeepTheirPlaces) {
  Values values;
  std::vector<ValueId> ids;
  for (int i = 0; i < 10'000; ++i) ids.push_back(values.string("value " + std::to_string(i)));
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_EQ(values.text(ids[static_cast<std::size_t>(i)]), "value " + std::to_string(i));
    ASSERT_EQ(values.string("value " + std::to_string(i)), ids[static_cast<std::size_t>(i)]);
  }
}

TEST(Values, AreWrittenWithoutControlCharacters) {
  EXPECT_EQ(edn_string("a\"b\\c\n\r\t\x1b[31m\x7f"), R"("a\"b\\c\n\r\t\u001b[31m\u007f")");
}

TEST(Model, HasNamesForWhatItHas) {
  for (const Model model : kModels) EXPECT_EQ(model_named(model_name(model)), model);
  EXPECT_EQ(model_named("queue"), std::nullopt);
  EXPECT_EQ(call_named(Model::kCasRegister, "cas"), Call::kCas);
  EXPECT_EQ(call_named(Model::kRegister, "cas"), std::nullopt);
  EXPECT_EQ(call_named(Model::kKeyValue, "put"), Call::kWrite);
  EXPECT_EQ(call_named(Model::kKeyValue, ""), std::nullopt);
  EXPECT_STREQ(call_name(Model::kKeyValue, Call::kRead), "get");
  EXPECT_EQ(calls_of(Model::kRegister), ":read or :write");
  EXPECT_EQ(calls_of(Model::kKeyValue), ":get, :put or :append");
}

}  // namespace
}  // namespace quorate::sim::linear
