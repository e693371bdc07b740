#include "client/resolvers/diff3.h"

#include <gtest/gtest.h>

#include <vector>

#include "node/base/random.h"

namespace quorate::client {
namespace {

std::string merged(std::string_view ancestor, std::string_view left, std::string_view right) {
  const auto text = merge_texts(ancestor, left, right);
  return text ? *text : "! " + text.error().message;
}

TEST(Diff3, ChangesOfBothSidesAreInTheMerge) {
  EXPECT_EQ(merged("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n"), "A\nb\nC\n");
  EXPECT_EQ(merged("a\nb\nc\n", "a\nb\nc\nd\n", "b\nc\n"), "b\nc\nd\n");
  EXPECT_EQ(merged("a\nb\nc\nd\ne\n", "a\nc\nd\ne\n", "a\nb\nc\nd\nx\ny\ne\n"),
            "a\nc\nd\nx\ny\ne\n");
  EXPECT_EQ(merged("", "", "x"), "x");
  EXPECT_EQ(merged("x", "", "x"), "");
}

TEST(Diff3, WhatBothChangedInTheSameWayIsChangedOnce) {
  EXPECT_EQ(merged("a\nb\n", "a\nB\n", "a\nB\n"), "a\nB\n");
  EXPECT_EQ(merged("a\n", "a\nnew\n", "a\nnew\n"), "a\nnew\n");
}

TEST(Diff3, WhatBothChangedInDifferentWaysIsAConflictThatIsNamed) {
  EXPECT_EQ(merged("a\nb\nc\n", "a\nx\nc\n", "a\ny\nc\n"),
            "! both sides changed the text in line 2 of the ancestor");
  EXPECT_EQ(merged("a\nb\nc\nd\n", "a\nX\nc\nd\n", "a\nb\nY\nd\n"),
            "! both sides changed the text in lines 2 to 3 of the ancestor")
      << "side by side, without a line between that both have kept";
  EXPECT_EQ(merged("a\nb\n", "a\nb\nx\n", "a\nb\ny\n"),
            "! both sides changed the text behind line 2 of the ancestor");
  EXPECT_EQ(merged("", "x", "y"), "! both sides changed the text before the ancestor's first line");
  EXPECT_EQ(merged("a\nb\nc\n", "a\nc\n", "a\nB\nc\n"),
            "! both sides changed the text in line 2 of the ancestor");
}

TEST(Diff3, ALastLineWithoutANewlineIsAnotherLine) {
  EXPECT_EQ(merged("a\nb", "a\nb\nc", "a\nb"), "a\nb\nc");
  EXPECT_EQ(merged("a\nb", "A\nb", "a\nb"), "A\nb");
  EXPECT_EQ(merged("a\nb\nc", "a\nb\nc\n", "A\nb\nc"), "A\nb\nc\n");
}

TEST(Diff3, TooManyChangesAreRefused) {
  std::string other;
  for (std::size_t i = 0; i <= kEditsMax; ++i) other += std::to_string(i) + "\n";
  EXPECT_EQ(merged("", other, ""), "! more than 2000 lines differ from the common ancestor");
  EXPECT_EQ(merged(other, other, other), other) << "a long text is none";
}

// Few different lines, so that what matches what is often open.
std::string draw_text(Random& random) {
  std::string text;
  const std::uint64_t lines = random.below(8);
  for (std::uint64_t i = 0; i < lines; ++i) text += std::string(1, "abc"[random.below(3)]) + "\n";
  if (random.chance(1, 4)) text += "end";
  return text;
}

TEST(Diff3, ItsLawsHoldForRandomTexts) {
  Random random(20260201);
  std::size_t clean = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string base = draw_text(random);
    const std::string x = draw_text(random);
    const std::string y = draw_text(random);
    EXPECT_EQ(merged(base, x, y), merged(base, y, x));
    EXPECT_EQ(merged(base, x, x), x);
    EXPECT_EQ(merged(base, base, x), x);
    clean += merged(base, x, y)[0] == '!' ? 0 : 1;
  }
  EXPECT_GT(clean, 1'000u);
}

// Every line different, each side changes some that the other one and its neighbours keep: the
// merge is what both did, line by line.
TEST(Diff3, ChangesThatAreApartAllSurvive) {
  Random random(20260202);
  for (int round = 0; round < 2'000; ++round) {
    std::string base, left, right, both;
    int quiet = 0;
    const std::uint64_t lines = 1 + random.below(30);
    for (std::uint64_t i = 0; i < lines; ++i) {
      const std::string line = "line " + std::to_string(i) + "\n";
      std::string changed = line;
      if (quiet > 0 && random.chance(1, 3)) {
        const std::string made = "new " + std::to_string(i) + "\n";
        const std::uint64_t how = random.below(3);
        changed = how == 0 ? "" : how == 1 ? made : made + line;
        quiet = 0;
      } else {
        ++quiet;
      }
      const bool by_left = random.chance(1, 2);
      base += line;
      left += by_left ? changed : line;
      right += by_left ? line : changed;
      both += changed;
    }
    EXPECT_EQ(merged(base, left, right), both) << base << "---\n" << left << "---\n" << right;
  }
}

}  // namespace
}  // namespace quorate::client
