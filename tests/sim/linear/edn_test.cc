// The reader of histories: what it takes, what it refuses and where, and that the writer is its
// inverse.
#include "sim/linear/edn.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "node/base/random.h"
#include "sim/linear/bench/sample_history.h"
#include "sim/linear/edn_scanner.h"
#include "tests/sim/linear/history_text.h"
#include "tests/support/test_seed.h"

namespace quorate::sim::linear {
namespace {

Result<History> read(std::string_view text, Model model = Model::kRegister) {
  return read_edn(text, {.model = model, .initial = {}, .name = "h.edn"});
}

constexpr const char* kWriteAndRead = R"(
{:process 0, :type :invoke, :f :write, :value 3}
{:process 1, :type :invoke, :f :read, :value nil}
{:process 0, :type :ok, :f :write, :value 3}
{:process 1, :type :ok, :f :read, :value 3}
)";

void expect_write_and_read(const Result<History>& history) {
  ASSERT_TRUE(history) << history.error().to_string();
  ASSERT_EQ(history->operations.size(), 2U);
  const Operation& write = history->operations[0];
  EXPECT_EQ(write.process, 0);
  EXPECT_EQ(write.call, Call::kWrite);
  EXPECT_EQ(write.outcome, Outcome::kOk);
  EXPECT_EQ(write.invoked, 1U);
  EXPECT_EQ(write.ended, 3U);
  EXPECT_EQ(history->values.to_edn(write.value), "3");
  const Operation& read = history->operations[1];
  EXPECT_EQ(read.call, Call::kRead);
  EXPECT_EQ(read.invoked, 2U);
  EXPECT_EQ(read.completed(), 4U);
  EXPECT_EQ(history->values.to_edn(read.value), "3");
  EXPECT_EQ(history->events, 4U);
  EXPECT_EQ(history->processes, 2U);
  EXPECT_EQ(history->keys, std::vector<ValueId>{kNilValue});
}

TEST(EdnHistory, OneMapALine) {
  const Result<History> history = read(kWriteAndRead);
  expect_write_and_read(history);
  EXPECT_EQ(history->line(1), 2U);
  EXPECT_EQ(history->line(4), 5U);
}

TEST(EdnHistory, OneVectorOrListOfMaps) {
  expect_write_and_read(read(std::string("[") + kWriteAndRead + "]"));
  expect_write_and_read(read(std::string(" ( ") + kWriteAndRead + ")\n\n"));
}

TEST(EdnHistory, KeysInAnyOrderAndOthersAreIgnored) {
  expect_write_and_read(read(R"(
    {:index 0 :value 3 :f :write :type :invoke :process 0 :time 1234567890123 :error nil}
    {:time 2, :nested {:a [1 {:b #{2 3}}] "k" (4 5)}, :value nil, :process 1, :f :read, :type :invoke}
    {:type :ok :clock-offsets {"n1" 0.25e-3, "n2" -1/2} :f :write :value 3 :process 0
     :link #inst "2024-02-29T00:00:00Z" :big 123456789012345678901234567890N :exact 1.5M}
    {:type :ok, :x ##NaN, :char \newline, :c \(, :f :read :value 3 nil true, foo/bar false, :process 1})"));
}

TEST(EdnHistory, CommentsCommasDiscardsTagsAndLineEndings) {
  expect_write_and_read(
      read("; a history\r\n"
           "#jepsen.history.Op{:process 0, :type :invoke, :f :write, :value 3}\r\n"
           ",,, #_{:process 9 :type :oops} #_ #_ 1 2 ;; not yet\n"
           "#jepsen.history.Op {:process 1 :type :invoke :f :read :value #_7 nil}"
           "{:process 0 :type :ok :f :write :value 3}{:process 1,:type :ok,"
           ":f :read,\n\n:value\n3 ; done\n}"));
}

TEST(EdnHistory, WhatIsNoClientIsIgnored) {
  const std::string nemesis =
      "{:process :nemesis, :type :info, :f :start-partition, :value {:n1 #{\"n2\" \"n3\"}}}"
      "{:process :nemesis, :type :info, :f :start-partition, :value \"cut off\"}"
      "{:process :nemesis}";
  const Result<History> history = read(nemesis + kWriteAndRead + nemesis);
  expect_write_and_read(history);
  EXPECT_TRUE(read(nemesis)->operations.empty());
}

TEST(EdnHistory, NothingIsAHistoryToo) {
  for (const char* text : {"", "  \n", "[]", "()", "; nothing", "\xef\xbb\xbf[]"}) {
    const Result<History> history = read(text);
    ASSERT_TRUE(history) << text << ": " << history.error().message;
    EXPECT_TRUE(history->operations.empty());
    EXPECT_TRUE(history->keys.empty());
  }
}

TEST(EdnHistory, FailDidNotHappenAndInfoStaysOpen) {
  const History history = short_history(Model::kCasRegister, R"(
    0 invoke cas [1 2]
    0 fail cas :did-not-match
    1 invoke write 5
    1 info write :timed-out
    2 invoke read nil
    1 invoke read
    3 invoke write 6
    1 info read)");
  ASSERT_EQ(history.operations.size(), 5U);
  EXPECT_EQ(history.operations[0].outcome, Outcome::kFail);
  EXPECT_EQ(history.values.to_edn(history.operations[0].target), "2");
  EXPECT_EQ(history.operations[1].outcome, Outcome::kOpen);
  EXPECT_EQ(history.operations[1].completed(), kNever);
  EXPECT_EQ(history.operations[1].ended, 4U);
  EXPECT_EQ(history.operations[2].ended, kNever);
  EXPECT_EQ(history.operations[3].process, 1);
  EXPECT_EQ(history.operations[4].outcome, Outcome::kOpen);
}

TEST(EdnHistory, KeyValueCallsHaveKeysAndStrings) {
  const History history = history_of(Model::kKeyValue, R"(
    {:process 0, :type :invoke, :f :append, :key "0", :value "x\t\"0\" \u00e9\ud83d\ude00 y"}
    {:process 1, :type :invoke, :f :get, :key "1", :value nil}
    {:process 0, :type :ok, :f :append, :key "0", :value "x\t\"0\" é😀 y"}
    {:process 1, :type :ok, :f :get, :key "1", :value ""}
    {:process 1, :type :invoke, :f :put, :key :other, :value ""}
    {:process 1, :type :ok, :f :put, :key :other}
    {:process 0, :type :invoke, :f :get, :key 0, :value nil})");
  ASSERT_EQ(history.operations.size(), 4U);
  EXPECT_EQ(history.values.text(history.operations[0].value), "x\t\"0\" é😀 y");
  EXPECT_EQ(history.values.text(history.operations[1].value), "");
  std::vector<std::string> keys;
  for (const ValueId key : history.keys) keys.push_back(history.values.to_edn(key));
  EXPECT_EQ(keys, (std::vector<std::string>{"\"0\"", "\"1\"", ":other", "0"}));
}

TEST(EdnHistory, ValuesAreEqualWhenTheyAreReadAlike) {
  const History history = short_history(Model::kRegister, R"(
    0 invoke write 5
    0 ok write +5
    0 invoke write -0
    0 ok write 0
    0 invoke write 7N
    0 ok write 7
    0 invoke write "5"
    0 ok write "\u0035"
    0 invoke write :5
    0 ok write :5
    0 invoke write true
    0 ok write true
    0 invoke write -9223372036854775808
    0 ok write -9223372036854775808
    0 invoke write 9223372036854775808
    0 ok write 9223372036854775808
    0 invoke write 1.0
    0 ok write 1.0
    0 invoke write nil
    0 ok write nil)");
  std::vector<std::string> values;
  for (const Operation& operation : history.operations) {
    values.push_back(history.values.to_edn(operation.value));
  }
  EXPECT_EQ(values,
            (std::vector<std::string>{"5", "0", "7", "\"5\"", ":5", "true", "-9223372036854775808",
                                      "9223372036854775808", "1.0", "nil"}));
}

TEST(EdnHistory, TheInitialValueIsAnyThatARegisterHolds) {
  const auto initial = [](Model model, const char* text) -> std::string {
    const Result<History> history =
        read_edn("", {.model = model, .initial = text, .name = "h.edn"});
    return history ? history->values.to_edn(history->initial) : history.error().message;
  };
  EXPECT_EQ(initial(Model::kRegister, "0"), "0");
  EXPECT_EQ(initial(Model::kCasRegister, " :empty ; so far"), ":empty");
  EXPECT_EQ(initial(Model::kCasRegister, "\"a b\""), "\"a b\"");
  EXPECT_EQ(initial(Model::kRegister, "nil"), "nil");
  EXPECT_EQ(initial(Model::kRegister, ""),
            "the initial value '': the text ends where a value should be");
  EXPECT_EQ(initial(Model::kRegister, "1 2"), "the initial value '1 2': there is more than one");
  EXPECT_EQ(
      initial(Model::kRegister, "[1]"),
      "the initial value '[1]': a register holds nil, a number, a word or a string, found the "
      "vector [1]");
  EXPECT_EQ(initial(Model::kRegister, "\"a"), "the initial value '\"a': this string is not closed");
  EXPECT_EQ(read("")->initial, kNilValue);
  const Result<History> kv = read("", Model::kKeyValue);
  EXPECT_EQ(kv->values.to_edn(kv->initial), "\"\"");
}

struct Refusal {
  const char* why;
  Model model;
  const char* text;
  const char* message;
};

const Refusal kRefusals[] = {
    {"an end without a begin", Model::kRegister, "\n {:process 4 :type :ok :f :read :value 1}",
     "h.edn:2:2: process 4 ends a :read that it did not invoke"},
    {"an end after an end", Model::kRegister,
     "{:process 4 :type :invoke :f :read}\n{:process 4 :type :info :f :read}\n"
     "{:process 4 :type :ok :f :read :value 1}",
     "h.edn:3:1: process 4 ends a :read that it did not invoke"},
    {"two in flight", Model::kRegister,
     "{:process 0 :type :invoke :f :write :value 1}\n\n{:process 0 :type :invoke :f :read}",
     "h.edn:3:1: process 0 invokes :read, but its :write of line 1 has not ended"},
    {"the end of another call", Model::kRegister,
     "{:process 0 :type :invoke :f :write :value 1}\n{:process 0 :type :ok :f :read :value 1}",
     "h.edn:2:1: process 0 ends a :read, but invoked a :write at line 1"},
    {"the end on another key", Model::kRegister,
     "{:process 0 :type :invoke :f :read :key 1}\n{:process 0 :type :ok :f :read :key 2 :value 1}",
     "h.edn:2:1: process 0 ends a :read of another :key, but invoked it at line 1"},
    {"the end of another value", Model::kRegister,
     "{:process 0 :type :invoke :f :write :value 1}\n{:process 0 :type :ok :f :write :value 2}",
     "h.edn:2:40: the :write of line 1 was invoked with another value, found 2"},
    {"the end of another cas", Model::kCasRegister,
     "{:process 0 :type :invoke :f :cas :value [1 2]}\n"
     "{:process 0 :type :ok :f :cas :value [1 3]}",
     "h.edn:2:38: the :cas of line 1 was invoked with another value, found the vector [1 3]"},
    {"an unknown call", Model::kRegister, "{:process 0 :type :invoke :f :frob :value 1}",
     "h.edn:1:30: in the model register, :f is :read or :write, found :frob"},
    {"a call of another model", Model::kRegister, "{:process 0 :type :invoke :f :cas :value [1 2]}",
     "h.edn:1:30: in the model register, :f is :read or :write, found :cas"},
    {"calls of kv", Model::kKeyValue, "{:process 0 :type :invoke :f :read :key 1}",
     "h.edn:1:30: in the model kv, :f is :get, :put or :append, found :read"},
    {"a call that is no keyword", Model::kCasRegister, "{:process 0 :type :invoke :f \"read\"}",
     "h.edn:1:30: in the model cas-register, :f is :read, :write or :cas, found the string "
     "\"read\""},
    {"an unknown type", Model::kRegister, "{:process 0 :type :done :f :read}",
     "h.edn:1:19: :type is :invoke, :ok, :fail or :info, found :done"},
    {"a type that is no keyword", Model::kRegister, "{:process 0 :type nil :f :read}",
     "h.edn:1:19: :type is :invoke, :ok, :fail or :info, found nil"},
    {"a process that is neither", Model::kRegister, "{:process \"0\" :type :invoke :f :read}",
     "h.edn:1:11: :process is an integer (or a keyword, for who is no client), found the string "
     "\"0\""},
    {"no process", Model::kRegister, "{:type :invoke :f :read}",
     "h.edn:1:1: this event has no :process"},
    {"no type", Model::kRegister, "{:process 1 :f :read}", "h.edn:1:1: this event has no :type"},
    {"no call", Model::kRegister, "{:process 1 :type :ok}", "h.edn:1:1: this event has no :f"},
    {"no value of a write", Model::kRegister, "{:process 1 :type :invoke :f :write}",
     "h.edn:1:1: this event has no :value"},
    {"no value of a read", Model::kRegister,
     "{:process 1 :type :invoke :f :read}{:process 1 :type :ok :f :read}",
     "h.edn:1:36: this event has no :value"},
    {"no key", Model::kKeyValue, "{:process 1 :type :invoke :f :get}",
     "h.edn:1:1: this event has no :key"},
    {"a key that is a collection", Model::kKeyValue, "{:process 1 :type :invoke :f :get :key [1]}",
     "h.edn:1:40: a :key is a number, a word or a string, found the vector [1]"},
    {"a collection as a value", Model::kRegister,
     "{:process 1 :type :invoke :f :write :value {:a 1}}",
     "h.edn:1:44: a register holds nil, a number, a word or a string, found the map {:a 1}"},
    {"a tagged value", Model::kRegister, "{:process 1 :type :invoke :f :write :value #uuid \"a\"}",
     "h.edn:1:44: a register holds nil, a number, a word or a string, found the tagged value #uuid "
     "\"a\""},
    {"a number in kv", Model::kKeyValue, "{:process 1 :type :invoke :f :put :key 1 :value 1}",
     "h.edn:1:49: in the model kv a value is a string (\"\" for an absent key), found 1"},
    {"nil in kv", Model::kKeyValue,
     "{:process 1 :type :invoke :f :get :key 1}{:process 1 :type :ok :f :get :key 1 :value nil}",
     "h.edn:1:86: in the model kv a value is a string (\"\" for an absent key), found nil"},
    {"a cas of one value", Model::kCasRegister, "{:process 1 :type :invoke :f :cas :value 1}",
     "h.edn:1:42: the :value of a :cas is [from to], found 1"},
    {"a cas of a short vector", Model::kCasRegister,
     "{:process 1 :type :invoke :f :cas :value [1]}",
     "h.edn:1:42: the :value of a :cas is [from to], found the vector [1]"},
    {"a cas of a long vector", Model::kCasRegister,
     "{:process 1 :type :invoke :f :cas :value [1 2 3]}",
     "h.edn:1:42: the :value of a :cas is [from to], found the vector [1 2 3]"},
    {"a cas of collections", Model::kCasRegister,
     "{:process 1 :type :invoke :f :cas :value [1 [2]]}",
     "h.edn:1:45: a register holds nil, a number, a word or a string, found the vector [2]"},
    {"a key twice", Model::kRegister, "{:process 1 :f :read :process 2}",
     "h.edn:1:22: a second :process"},
    {"a key without a value", Model::kRegister, "{:process 1 :f }", "h.edn:1:13: :f has no value"},
    {"an event that is none", Model::kRegister, "\n[[:process 1]]",
     "h.edn:2:2: expected an event, {:process ..., :type ..., :f ..., :value ...}, found the "
     "vector "
     "[:process 1]"},
    {"prose", Model::kRegister, "Once upon a time",
     "h.edn:1:1: expected an event, {:process ..., :type ..., :f ..., :value ...}, found Once"},
    {"an open event", Model::kRegister, "[\n {:process 1", "h.edn:2:2: this event is not closed"},
    {"an open history", Model::kRegister, "\n [{:process :nemesis}",
     "h.edn:2:2: the history that begins here is not closed"},
    {"something after the history", Model::kRegister, "[]\n{:process 1}",
     "h.edn:2:1: the history has ended before this"},
    {"the wrong bracket", Model::kRegister, "[{:process :a})",
     "h.edn:1:15: expected a value, found ')'"},
    {"an open string", Model::kRegister, "{:process 1 :error \"abc}\n",
     "h.edn:1:20: this string is not closed"},
    {"an open vector", Model::kRegister, "{:process 1 :error [1 2}",
     "h.edn:1:24: expected a value, found '}'"},
    {"an odd map", Model::kRegister, "{:process 1 :error {:a}}",
     "h.edn:1:23: this map has a key without a value"},
    {"a lone colon", Model::kRegister, "{: 1}",
     "h.edn:1:2: a keyword needs a name after the colon"},
    {"a lone hash", Model::kRegister, "{:a # 1}", "h.edn:1:5: a tag needs a name after the #"},
    {"a lone backslash", Model::kRegister, "{:a \\ }",
     "h.edn:1:5: a character needs a name after the backslash"},
    {"a stray character", Model::kRegister, "{:a ^b c}", "h.edn:1:5: '^' does not begin a value"},
    {"a control character", Model::kRegister, "{:a \x01}",
     "h.edn:1:5: the byte 0x01 does not begin a value"},
    {"an unknown escape", Model::kKeyValue,
     "{:process 1 :type :invoke :f :put :key 1 :value \"a\\q\"}",
     "h.edn:1:51: a string has no escape \\q"},
    {"a short escape", Model::kKeyValue,
     "{:process 1 :type :invoke :f :put :key 1 :value \"\\u12\"}",
     "h.edn:1:50: \\u wants four hexadecimal digits that make a character"},
    {"half a character", Model::kKeyValue,
     "{:process 1 :type :invoke :f :put :key 1 :value \"\\ud83d!\"}",
     "h.edn:1:50: \\u wants four hexadecimal digits that make a character"},
};

TEST(EdnHistory, WhatIsNoHistoryIsRefusedWithThePlaceAndTheReason) {
  for (const Refusal& refusal : kRefusals) {
    const Result<History> history = read(refusal.text, refusal.model);
    ASSERT_FALSE(history) << refusal.why;
    EXPECT_EQ(history.error().code, ErrorCode::kInvalidInput);
    EXPECT_EQ(history.error().message, refusal.message) << refusal.why;
  }
}

TEST(EdnHistory, NestingIsBounded) {
  const auto nested = [](const std::string& opening, const std::string& closing, int depth) {
    std::string text = "{:process :nemesis :value ";
    for (int i = 0; i < depth; ++i) text += opening;
    text += "1";
    for (int i = 0; i < depth; ++i) text += closing;
    return text + "}";
  };
  EXPECT_TRUE(read(nested("[", "]", kEdnDepthMax)));
  EXPECT_FALSE(read(nested("[", "]", kEdnDepthMax + 1)));
  EXPECT_FALSE(read(nested("[", "]", 1'000'000)));
  EXPECT_FALSE(read(nested("#t ", "", 1'000'000)));
  EXPECT_FALSE(read(nested("#_ ", "", 1'000'000)));
  EXPECT_FALSE(read(std::string(1'000'000, '{')));
  // One after the other they are not nested.
  std::string flat;
  for (int i = 0; i < 10'000; ++i) flat += "#_[] #_ #t 1 ";
  EXPECT_TRUE(read(flat + nested("[", "]", 1)));
}

TEST(EdnHistory, WhatIsWrittenIsReadBack) {
  Random random = Random::stream(::quorate::testing_support::test_seed(), "round trip");
  for (int i = 0; i < 300; ++i) {
    const Model model = kModels[i % 3];
    const History history =
        sample_history(random, {.model = model,
                                .clients = static_cast<std::uint32_t>(1 + random.below(6)),
                                .operations = static_cast<std::uint32_t>(random.below(40)),
                                .keys = static_cast<std::uint32_t>(1 + random.below(3)),
                                .values = 3,
                                .reads = 40,
                                .changes = model == Model::kRegister ? 0U : 30U,
                                .open = 20,
                                .fail = 20});
    const std::string text = write_edn(history);
    const History again = history_of(model, text);
    ASSERT_EQ(write_edn(again), text);
    ASSERT_EQ(again.operations.size(), history.operations.size());
    for (std::size_t id = 0; id < again.operations.size(); ++id) {
      const Operation& a = again.operations[id];
      const Operation& b = history.operations[id];
      ASSERT_EQ(a.process, b.process);
      ASSERT_EQ(a.invoked, b.invoked);
      ASSERT_EQ(a.ended, b.ended);
      ASSERT_EQ(a.call, b.call);
      ASSERT_EQ(a.outcome, b.outcome);
      ASSERT_EQ(again.values.to_edn(a.value), history.values.to_edn(b.value));
      ASSERT_EQ(again.values.to_edn(a.target), history.values.to_edn(b.target));
      ASSERT_EQ(again.values.to_edn(again.keys[a.key]), history.values.to_edn(history.keys[b.key]));
    }
  }
}

TEST(EdnHistory, StringsOfAllBytesAreReadBack) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  Recorder recorder(Model::kKeyValue);
  const ValueId value = recorder.values().string(all);
  ASSERT_EQ(recorder.invoke({.process = -5, .key = value, .call = Call::kAppend, .value = value}),
            Recorder::Problem::kNone);
  const History again = history_of(Model::kKeyValue, write_edn(std::move(recorder).finish()));
  ASSERT_EQ(again.operations.size(), 1U);
  EXPECT_EQ(again.operations[0].process, -5);
  EXPECT_EQ(again.values.text(again.operations[0].value), all);
}

// Whatever the bytes, the reader ends, and says where in the text it stopped.
TEST(EdnHistory, BrokenTextsAreRefusedOrReadButNeverMore) {
  Random random = Random::stream(::quorate::testing_support::test_seed(), "broken");
  static constexpr char kCharacters[] = "{}[]()#\"\\:;_^, \n019-+.eMNanikufprotcsvwg\x80\xff";
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    const Model model = kModels[i % 3];
    std::string text = write_edn(sample_history(
        random, {.model = model, .clients = 2, .operations = 4, .keys = 1, .values = 3}));
    for (std::uint64_t changes = 1 + random.below(4); changes > 0 && !text.empty(); --changes) {
      const std::size_t at = random.below(text.size());
      const char c = kCharacters[random.below(sizeof kCharacters)];
      switch (random.below(4)) {
        case 0:
          text[at] = c;
          break;
        case 1:
          text.insert(at, 1, c);
          break;
        case 2:
          text.erase(at, 1 + random.below(5));
          break;
        case 3:
          text.resize(at);
          break;
      }
    }
    const std::vector<char> exact(text.begin(), text.end());  // its end is the end of the memory
    const Result<History> history = read({exact.data(), exact.size()}, model);
    if (history) continue;
    ++refused;
    ASSERT_EQ(history.error().message.compare(0, 6, "h.edn:"), 0) << text;
  }
  EXPECT_GT(refused, 10'000);
}

}  // namespace
}  // namespace quorate::sim::linear
