#include "client/resolvers/text_merge.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/client/resolvers/siblings.h"

namespace quorate::client {
namespace {

const std::string kBase = "one\ntwo\nthree\nfour\nfive\n";

// As it was before all that siblings_of makes.
Ancestor known(const std::string& text) {
  Ancestor ancestor;
  ancestor.value = text;
  ancestor.dot = Dot{{make_run_id(9, 7), 1}, 1};
  ancestor.timestamp = Timestamp::from_wall_ms(1);
  return ancestor;
}

TEST(TextMerge, EverySiblingsChangesAreInTheMergeWhateverTheirOrder) {
  std::vector<std::string> texts = {"ONE\ntwo\nthree\nfour\nfive\n",
                                    "one\ntwo\nTHREE\nfour\nfive\n",
                                    "one\ntwo\nthree\nfour\nfive\nsix\n"};
  std::sort(texts.begin(), texts.end());
  do {
    EXPECT_EQ(outcome_of(merge_siblings(known(kBase)), siblings_of(texts)),
              "ONE\ntwo\nTHREE\nfour\nfive\nsix\n");
  } while (std::next_permutation(texts.begin(), texts.end()));
}

TEST(TextMerge, AConflictIsRefusedAndLeavesNoMarkers) {
  EXPECT_EQ(outcome_of(merge_siblings(known("a\nb\n")), siblings_of({"a\nx\n", "a\ny\n"})),
            "! both sides changed the text in line 2 of the ancestor");
}

TEST(TextMerge, ASingleValueIsLeft) {
  EXPECT_EQ(outcome_of(merge_siblings(known("a")), siblings_of({"b"})), "(leave)");
}

TEST(TextMerge, AnAncestorThatSomeWriterDidNotKnowIsRefused) {
  const auto siblings = siblings_of({"a\n", "b\n"});
  EXPECT_EQ(outcome_of(merge_siblings(ancestor_of(siblings[0])), siblings),
            "! the ancestor is itself sibling 1: the others were written without knowing it");
  Ancestor younger = known("x\n");
  younger.timestamp = Timestamp::from_wall_ms(1'500);
  EXPECT_EQ(outcome_of(merge_siblings(younger), siblings),
            "! sibling 1 is older than the ancestor: it was written without knowing it");
}

TEST(TextMerge, OnesOwnTextTakesThePlaceOfTheAncestorWhereThatStillStands) {
  const auto standing = siblings_of({kBase});
  EXPECT_EQ(outcome_of(merge_own(ancestor_of(standing[0]), "all new\n"), standing), "all new\n");
}

TEST(TextMerge, OnesOwnTextIsMergedWithWhatOthersMadeOfTheAncestor) {
  const Resolver save = merge_own(known(kBase), "one\ntwo\nthree\nfour\nFIVE\n");
  const std::string merged = "ONE\ntwo\nthree\nfour\nFIVE\n";
  EXPECT_EQ(outcome_of(save, siblings_of({"ONE\ntwo\nthree\nfour\nfive\n"})), merged);
  EXPECT_EQ(outcome_of(save, siblings_of({merged})), merged) << "asked again";
  EXPECT_EQ(outcome_of(save, siblings_of({merged, "one\ntwo\nTHREE\nfour\nfive\n"})),
            "ONE\ntwo\nTHREE\nfour\nFIVE\n");
  EXPECT_EQ(outcome_of(save, {})[0], '!');
}

}  // namespace
}  // namespace quorate::client
