#include "node/core/peer_marks.h"

#include <gtest/gtest.h>

namespace quorate {
namespace {

TEST(PeerMarks, TellsARunOnlyWhatOtherRunsHad) {
  PeerMarks marks;
  marks.heard(1, 100);
  EXPECT_EQ(marks.of_other_runs(1), 0u);
  EXPECT_EQ(marks.of_other_runs(2), 100u);
  marks.heard(2, 40);
  EXPECT_EQ(marks.of_other_runs(2), 100u);
  EXPECT_EQ(marks.of_other_runs(1), 40u);
}

TEST(PeerMarks, ALatePingOfAnEarlierRunChangesNothingForThePresentOne) {
  PeerMarks marks;
  marks.heard(1, 10);
  marks.heard(2, 500);
  marks.heard(1, 12);
  EXPECT_EQ(marks.of_other_runs(2), 12u);
}

TEST(PeerMarks, AMarkNeverGoesBack) {
  PeerMarks marks;
  marks.heard(1, 10);
  marks.heard(1, 7);
  EXPECT_EQ(marks.highest(), 10u);
}

TEST(PeerMarks, SurvivesBeingWrittenDownTogetherWithWhichRunHadWhat) {
  PeerMarks marks;
  for (RunId run = 1; run <= 20; ++run) marks.heard(run, 1000 - run);
  const PeerMarks again = PeerMarks::from_text(marks.to_text());
  EXPECT_EQ(again.to_text(), marks.to_text());
  EXPECT_EQ(again.of_other_runs(20), 999u);
  EXPECT_EQ(again.highest(), 999u);
}

TEST(PeerMarks, ReadsBrokenTextAsNothingHeard) {
  for (const char* text : {"", "x", "5 x", "5 1", "5 1:", "5 1:2 ", "5,1:2"}) {
    EXPECT_LE(PeerMarks::from_text(text).highest(), 5u) << text;
  }
  EXPECT_EQ(PeerMarks::from_text("5 1:x").highest(), 0u);
}

}  // namespace
}  // namespace quorate
