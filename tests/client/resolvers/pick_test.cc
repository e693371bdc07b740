#include "client/resolvers/pick.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/client/resolvers/siblings.h"

namespace quorate::client {
namespace {

const std::vector<std::string> kOrdered = {
    "-12345678901234567890", "-10", "-9.75", "-9.5", "-0", "0", "0.0", "0.25", "00.3", "1", "1.0",
    "2", "10", "10.01", "12345678901234567890", "12345678901234567891",
    // No numbers: by their bytes.
    "", "+", "-", ".5", "1.", "10 apples", "1e3", "2026-01-31", "2026-02-01", "B", "a", "\xff"};

TEST(Pick, NumbersComeByTheirValueAndBeforeWhatIsNone) {
  for (std::size_t i = 0; i < kOrdered.size(); ++i) {
    for (std::size_t j = 0; j < kOrdered.size(); ++j) {
      EXPECT_EQ(is_smaller(kOrdered[i], kOrdered[j]), i < j) << kOrdered[i] << " " << kOrdered[j];
    }
  }
}

TEST(Pick, EachKeepsTheOneThatItIsNamedAfter) {
  const auto siblings = siblings_of({"9", "100", "20", "7 bananas", "8"});
  EXPECT_EQ(outcome_of(keep_largest(), siblings), "7 bananas");
  EXPECT_EQ(outcome_of(keep_smallest(), siblings), "8");
  EXPECT_EQ(outcome_of(keep_longest(), siblings), "7 bananas");
  EXPECT_EQ(outcome_of(keep_newest(), siblings), "8");
  EXPECT_EQ(outcome_of(keep_largest(), siblings_of({"9", "100"})), "100");
}

TEST(Pick, ASingleValueOrNoneIsLeft) {
  for (const Resolver& resolver :
       {keep_largest(), keep_smallest(), keep_longest(), keep_newest()}) {
    EXPECT_EQ(outcome_of(resolver, siblings_of({"1"})), "(leave)");
    EXPECT_EQ(outcome_of(resolver, {}), "(leave)");
  }
}

TEST(Pick, TheKeptOneKeepsItsEnd) {
  auto siblings = siblings_of({"1", "2"});
  siblings[1].expiry_ms = 99;
  EXPECT_EQ(keep_largest()(siblings)->expiry_ms, 99);
  EXPECT_EQ(keep_smallest()(siblings)->expiry_ms, 0);
}

// Commutative, associative and idempotent: of every order and grouping of every three.
TEST(Pick, TheOutcomeDoesNotDependOnWhoMetFirst) {
  using Choose = std::size_t (*)(const std::vector<ReadValue>&);
  for (const Choose choose :
       {Choose(largest_of), Choose(smallest_of), Choose(longest_of), Choose(newest_of)}) {
    const auto chosen = [&](const std::vector<ReadValue>& of) { return of[choose(of)]; };
    const auto all = siblings_of(kOrdered);
    for (const ReadValue& a : all) {
      EXPECT_EQ(chosen({a, a}), a);
      for (const ReadValue& b : all) {
        EXPECT_EQ(chosen({a, b}), chosen({b, a}));
        for (const ReadValue& c : all) {
          EXPECT_EQ(chosen({chosen({a, b}), c}), chosen({a, chosen({b, c})}));
          EXPECT_EQ(chosen({a, b, c}), chosen({chosen({a, b}), c}));
        }
      }
    }
  }
}

}  // namespace
}  // namespace quorate::client
