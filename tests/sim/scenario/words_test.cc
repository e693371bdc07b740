#include "sim/scenario/words.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace quorate::sim {
namespace {

TEST(Words, TimesAreExactToTheNanosecond) {
  EXPECT_EQ(parse_time("250ms"), from_ms(250));
  EXPECT_EQ(parse_time("1.5s"), from_ms(1'500));
  EXPECT_EQ(parse_time("1.000000001s"), from_seconds(1) + 1);
  EXPECT_EQ(parse_time("-20us"), -from_us(20));
  EXPECT_EQ(parse_time("2min"), from_seconds(120));
  EXPECT_EQ(parse_time("1.5h"), from_seconds(5'400));
  EXPECT_EQ(parse_time("0.1min"), from_seconds(6));
}

TEST(Words, WhatIsNoTimeIsRefused) {
  for (const char* text : {"", "s", "5", "1.5", "1.s", ".5s", "1e3s", "5 s", "1.0000000001s",
                           "0.5ns", "99999999999999999999s", "1s2", "--1s", "1.2.3s"}) {
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
  }
}

TEST(Words, EveryTimeIsWrittenAndReadTheSame) {
  for (const SimTime time :
       {SimTime{0}, SimTime{1}, SimTime{999}, SimTime{1'000}, SimTime{1'234'567}, from_ms(250),
        from_seconds(1) + 1, from_seconds(59), from_seconds(60), from_seconds(61),
        from_seconds(3'600), from_seconds(86'400) + 17, -from_ms(250)}) {
    EXPECT_EQ(parse_time(time_text(time)), time) << time_text(time);
  }
  EXPECT_EQ(time_text(from_ms(1'500)), "1.5s");
  EXPECT_EQ(time_text(from_us(1'500)), "1.5ms");
  EXPECT_EQ(time_text(from_seconds(120)), "2min");
}

TEST(Words, SharesAreInPartsOfAMillion) {
  EXPECT_EQ(parse_percent("5%"), 50'000u);
  EXPECT_EQ(parse_percent("0.0001%"), 1u);
  EXPECT_EQ(parse_percent("100%"), 1'000'000u);
  EXPECT_EQ(parse_percent("100.0001%"), std::nullopt);
  EXPECT_EQ(parse_percent("0.00001%"), std::nullopt);
  EXPECT_EQ(parse_percent("5"), std::nullopt);
  EXPECT_EQ(parse_percent("-1%"), std::nullopt);
  EXPECT_EQ(percent_text(12'345), "1.2345%");
}

TEST(Words, KeysNameTheirBucketBeforeTheFirstSlash) {
  EXPECT_EQ(parse_key("k"), (Key{"default", "k"}));
  EXPECT_EQ(parse_key("lww/a/b"), (Key{"lww", "a/b"}));
  EXPECT_EQ(key_text(Key{"default", "a/b"}), "default/a/b");
  EXPECT_EQ(parse_key(key_text(Key{"default", "a/b"})), (Key{"default", "a/b"}));
}

TEST(Words, EveryKindOfFaultHasAWordOfItsOwn) {
  std::vector<std::string> words;
  for (std::size_t kind = 0; kind < kFaultKindCount; ++kind) {
    words.push_back(fault_word(static_cast<FaultKind>(kind)));
    EXPECT_EQ(words.back().find(' '), std::string::npos);
    EXPECT_NE(words.back(), "?");
  }
  std::sort(words.begin(), words.end());
  EXPECT_EQ(std::unique(words.begin(), words.end()), words.end());
}

}  // namespace
}  // namespace quorate::sim
