// What kvcli reads and prints, as values: escapes, lines of load and dump, words of the shell,
// tables, JSON.
#include <gtest/gtest.h>

#include <clocale>
#include <cstdlib>
#include <ctime>

#include "client/kvcli/record_line.h"
#include "client/kvcli/text/base64.h"
#include "client/kvcli/text/escape.h"
#include "client/kvcli/text/human.h"
#include "client/kvcli/text/json.h"
#include "client/kvcli/text/table.h"
#include "client/kvcli/text/words.h"
#include "node/base/random.h"

namespace quorate::client::kvcli {
namespace {

using namespace std::string_literals;

std::string random_bytes(Random& random, std::size_t max) {
  std::string bytes(random.below(max + 1), '\0');
  // Half of them from what is special somewhere, so that the special cases meet.
  constexpr char kSpecial[] = "\t\n\r\\x0 \"'\xc3\xa4\xe2\x80\xae\xed\xa0\x80#a";
  for (char& c : bytes) {
    c = random.chance(1, 2) ? static_cast<char>(random.below(256))
                            : kSpecial[random.below(sizeof kSpecial - 1)];
  }
  return bytes;
}

TEST(Escape, EveryByteStringComesBack) {
  Random random(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::string bytes = random_bytes(random, 24);
    const std::string text = escape(bytes);
    const auto back = unescape(text);
    ASSERT_TRUE(back) << text;
    ASSERT_EQ(*back, bytes);
    ASSERT_TRUE(is_utf8(text)) << base64(bytes);
    for (const char c : text) ASSERT_GE(static_cast<unsigned char>(c), 0x20) << base64(bytes);
  }
}

TEST(Escape, ShowsTextAsItIsAndWhatIsNoTextAsBytes) {
  const struct {
    std::string bytes;
    std::string text;
  } kCases[] = {
      {"plain", "plain"},
      {"äöü €", "äöü €"},
      {"tab\tnewline\n", "tab\\tnewline\\n"},
      {"back\\slash", "back\\\\slash"},
      {"\0\x1b[31m"s, "\\x00\\x1b[31m"},
      {"\x7f", "\\x7f"},
      {"\xff\xfe", "\\xff\\xfe"},
      {"\xc3", "\\xc3"},                             // cut short
      {"\xc0\xaf", "\\xc0\\xaf"},                    // overlong
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},           // a surrogate
      {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},  // past U+10FFFF
      {"\xc2\x9b", "\\xc2\\x9b"},                    // a control character of one code point
      {"\xe2\x80\xae", "\\xe2\\x80\\xae"},           // turns the direction of text
  };
  for (const auto& c : kCases) EXPECT_EQ(escape(c.bytes), c.text);
}

TEST(Escape, SaysWhichEscapeIsNone) {
  for (const char* bad : {"\\", "a\\", "\\q", "\\x", "\\x1", "\\xg0", "\\X41", "ok\\0"}) {
    const auto back = unescape(bad);
    ASSERT_FALSE(back) << bad;
    EXPECT_NE(back.error().message.find("is no escape"), std::string::npos);
  }
  EXPECT_NE(unescape("ab\\q").error().message.find("\"\\q\" at byte 3"), std::string::npos)
      << unescape("ab\\q").error().message;
}

TEST(Escape, ShorteningCountsColumnsNotBytes) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  EXPECT_EQ(columns("äöü"), 3u);
  EXPECT_EQ(columns("日本"), 4u);
  EXPECT_EQ(shortened("äöüäöü", 6), "äöüäöü");
  EXPECT_EQ(shortened("äöüäöü", 4), "äöü…");
  EXPECT_EQ(shortened("日本語", 5), "日本…");
}

TEST(Base64, KnownVectorsAndBack) {
  const struct {
    const char* bytes;
    const char* text;
  } kVectors[] = {{"", ""},
                  {"f", "Zg=="},
                  {"fo", "Zm8="},
                  {"foo", "Zm9v"},
                  {"foob", "Zm9vYg=="},
                  {"fooba", "Zm9vYmE="},
                  {"foobar", "Zm9vYmFy"}};  // RFC 4648, 10
  for (const auto& v : kVectors) EXPECT_EQ(base64(v.bytes), v.text);
  EXPECT_EQ(base64url("\xfb\xff\xfe"), "-__-");
  Random random(2);
  for (int i = 0; i < 5'000; ++i) {
    const std::string bytes = random_bytes(random, 20);
    const auto back = from_base64url(base64url(bytes));
    ASSERT_TRUE(back);
    ASSERT_EQ(*back, bytes);
  }
}

TEST(Base64, RefusesWhatItNeverGives) {
  for (const char* bad : {"A", "AB+D", "Zg==", "Zm9 v", "Zh", "abcde"}) {
    EXPECT_FALSE(from_base64url(bad)) << bad;
  }
}

TEST(RecordLine, EveryRecordComesBack) {
  Random random(3);
  for (int i = 0; i < 20'000; ++i) {
    std::string key = random_bytes(random, 12);
    if (key.empty()) key = "k";
    const std::string value = random_bytes(random, 24);
    std::string line = record_line(key, value);
    ASSERT_EQ(line.back(), '\n');
    line.pop_back();
    ASSERT_EQ(line.find('\n'), std::string::npos);
    const auto record = parse_record_line(line, false);
    ASSERT_TRUE(record) << record.error().message;
    ASSERT_TRUE(record->has_value());
    ASSERT_EQ((*record)->first, key);
    ASSERT_EQ((*record)->second, value);
  }
}

TEST(RecordLine, TakesWhatPeopleHave) {
  const struct {
    std::string line;
    bool plain;
    std::string key;
    std::string value;
  } kCases[] = {
      {"k\tv", false, "k", "v"},
      {"k\t", false, "k", ""},
      {"k\tv\r", false, "k", "v"},
      {"k\tv\r", true, "k", "v\r"},
      {"k\ta\tb", false, "k", "a\tb"},
      {"k\tC:\\new", true, "k", "C:\\new"},
      {"k\\t1\tv\\x00", false, "k\t1", "v\0"s},
      {"raw \xff\tbytes \xfe", false, "raw \xff", "bytes \xfe"},
  };
  for (const auto& c : kCases) {
    const auto record = parse_record_line(c.line, c.plain);
    ASSERT_TRUE(record && record->has_value()) << escape(c.line);
    EXPECT_EQ((*record)->first, c.key);
    EXPECT_EQ((*record)->second, c.value);
  }
  EXPECT_FALSE(parse_record_line("", false)->has_value());
  EXPECT_FALSE(parse_record_line("\r", false)->has_value());
}

TEST(RecordLine, SaysWhatIsWrongWithALine) {
  EXPECT_NE(parse_record_line("no tab", false).error().message.find("no tab"), std::string::npos);
  EXPECT_NE(parse_record_line("\tv", false).error().message.find("key is empty"),
            std::string::npos);
  EXPECT_NE(parse_record_line("k\tC:\\q", false).error().message.find("--plain"),
            std::string::npos);
}

TEST(Words, SplitsAsAShellDoes) {
  const struct {
    const char* line;
    std::vector<std::string> words;
  } kCases[] = {
      {"", {}},
      {"   ", {}},
      {"get city:1", {"get", "city:1"}},
      {"  put  k\t v ", {"put", "k", "v"}},
      {"put k 'two words'", {"put", "k", "two words"}},
      {"put k \"a \\\" b \\\\ \\n\"", {"put", "k", "a \" b \\ \\n"}},
      {"put k two\\ words", {"put", "k", "two words"}},
      {"put k ''", {"put", "k", ""}},
      {"put k a'b'c", {"put", "k", "abc"}},
      {"# a comment", {}},
      {"get k # why", {"get", "k"}},
      {"get k#1", {"get", "k#1"}},
  };
  for (const auto& c : kCases) {
    const auto words = split_words(c.line);
    ASSERT_TRUE(words) << c.line;
    EXPECT_EQ(*words, c.words) << c.line;
  }
  EXPECT_FALSE(split_words("put k 'open"));
  EXPECT_FALSE(split_words("put k \"open"));
}

TEST(Words, AQuotedWordComesBack) {
  Random random(4);
  for (int i = 0; i < 5'000; ++i) {
    std::string word = random_bytes(random, 12);
    std::erase(word, '\n');
    const auto words = split_words("get " + quoted_word(word));
    ASSERT_TRUE(words) << escape(word);
    ASSERT_EQ(words->size(), 2u);
    ASSERT_EQ((*words)[1], word);
  }
}

TEST(Human, Durations) {
  const struct {
    const char* text;
    std::int64_t ms;
  } kCases[] = {{"500ms", 500},    {"2s", 2000}, {"1.5s", 1500},    {"1m", 60'000},
                {"2min", 120'000}, {"1ms", 1},   {"2h", 7'200'000}, {"1d", 86'400'000}};
  for (const auto& c : kCases) {
    const auto ms = parse_duration_ms(c.text);
    ASSERT_TRUE(ms) << c.text;
    EXPECT_EQ(*ms, c.ms);
  }
  for (const char* bad : {"", "2", "s", "-1s", "2w", "1e3ms", "0s", "0.1ms", "2 s", "100000m", "2d",
                          "1..5s", "nan", "inf"}) {
    EXPECT_FALSE(parse_duration_ms(bad)) << bad;
  }
  EXPECT_EQ(*parse_duration_ms("30d", 365), 30 * 86'400'000LL);
  EXPECT_EQ(duration_text(350), "350 ms");
  EXPECT_EQ(duration_text(12'345), "12 s");
  EXPECT_EQ(duration_text(200'000), "3 min 20 s");
  EXPECT_EQ(duration_text(7'200'000), "2 h");
  EXPECT_EQ(duration_text(356'400'000), "4 d 3 h");
}

TEST(Human, SizesCountsAndTimes) {
  EXPECT_EQ(size_text(0), "0 B");
  EXPECT_EQ(size_text(1023), "1023 B");
  EXPECT_EQ(size_text(3'565'158), "3.4 MiB");
  EXPECT_EQ(count_text(0), "0");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(count_text(1'234'567), "1,234,567");
  EXPECT_EQ(utc_time_text(1'790'000'000'123), "2026-09-21T14:13:20.123Z");
  ::setenv("TZ", "Asia/Tokyo", 1);
  ::tzset();
  EXPECT_EQ(local_time_text(1'790'000'000'123), "2026-09-21 23:13:20.123");
  ::setenv("TZ", "UTC", 1);
  ::tzset();
}

TEST(Human, Nodes) {
  EXPECT_EQ(nodes_text({}), "none");
  EXPECT_EQ(nodes_text({2}), "2");
  EXPECT_EQ(nodes_text({3, 1, 2}), "1, 2 and 3");
  EXPECT_EQ(named_nodes_text({4}), "node 4");
  EXPECT_EQ(*parse_nodes("2,3,2"), (std::vector<NodeId>{2, 3}));
  for (const char* bad : {"", "0", "65536", "a", "1,", "1;2", "-1", " 1"})
    EXPECT_FALSE(parse_nodes(bad)) << bad;
}

TEST(Json, KeepsTheOrderAndIsValidWhateverTheBytes) {
  Json json = Json::object();
  json.set("z", 1)
      .set("a", true)
      .set("n", Json())
      .set_bytes("key", "ä\n")
      .set_bytes("value", "\xff\0"s);
  json.set("list", Json::array().add("x").add(std::uint64_t{18446744073709551615u}).add(-5));
  json.set("detail", "odd \xff byte");
  EXPECT_EQ(json.text(),
            "{\"z\":1,\"a\":true,\"n\":null,\"key\":\"ä\\n\",\"value_base64\":\"/wA=\","
            "\"list\":[\"x\",18446744073709551615,-5],\"detail\":\"odd \\\\xff byte\"}");
}

TEST(Table, AlignsColumnsAndGivesWayWhereTheTerminalEnds) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  Table table({"N", "VALUE", "END"});
  table.right_align(0);
  table.add({"1", "äöü", "x"});
  table.add({"100", "a long value in the middle", Cell("red", Style::kBad)});
  EXPECT_EQ(table.text(false, 0),
            "    N  VALUE                       END\n"
            "    1  äöü                         x\n"
            "  100  a long value in the middle  red\n");
  EXPECT_EQ(table.text(false, 25),
            "    N  VALUE          END\n"
            "    1  äöü            x\n"
            "  100  a long value…  red\n");
  EXPECT_NE(table.text(true, 0).find("\033[31mred\033[0m\n"), std::string::npos);
}

}  // namespace
}  // namespace quorate::client::kvcli
