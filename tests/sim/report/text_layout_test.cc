#include "sim/report/text_layout.h"

#include <gtest/gtest.h>

namespace quorate::sim {
namespace {

TEST(Wrapped, BreaksAtSpaces) {
  EXPECT_EQ(wrapped("one two three four", {.width = 9}), "one two\nthree\nfour\n");
  EXPECT_EQ(wrapped("one two three", {.width = 9, .indent = 1, .hanging = 3}),
            " one two\n   three\n");
}

TEST(Wrapped, KeepsLineBreaksAndIndents) {
  EXPECT_EQ(wrapped("a\n  b c d e", {.width = 5}), "a\n  b c\n  d e\n");
  EXPECT_EQ(wrapped("", {.width = 5}), "");
}

TEST(Wrapped, BreaksAWordThatFitsOnNoLine) {
  EXPECT_EQ(wrapped("abcdefgh ij", {.width = 3}), "abc\ndef\ngh\nij\n");
}

TEST(Wrapped, CountsCharactersAndNotBytes) {
  EXPECT_EQ(wrapped("░░░ ▓▓▓", {.width = 7}), "░░░ ▓▓▓\n");
  EXPECT_EQ(wrapped("░░░░", {.width = 2}), "░░\n░░\n");
}

TEST(Reflowed, TakesLineBreaksForSpaces) {
  EXPECT_EQ(reflowed("\n one\n  two three\n", {.width = 9, .indent = 1, .hanging = 1}),
            " one two\n three\n");
  EXPECT_EQ(reflowed(" \n", {.width = 9}), "");
}

TEST(Shortened, SaysThatSomethingIsLeftOut) {
  EXPECT_EQ(shortened("client 1", 8), "client 1");
  EXPECT_EQ(shortened("client 12", 8), "client …");
  EXPECT_EQ(shortened("▓▓▓", 2), "▓…");
}

TEST(Counted, KnowsOneFromMany) {
  EXPECT_EQ(counted(1, "key", "keys"), "1 key");
  EXPECT_EQ(counted(0, "key", "keys"), "0 keys");
  EXPECT_EQ(counted(1200, "key", "keys"), "1,200 keys");
}

}  // namespace
}  // namespace quorate::sim
