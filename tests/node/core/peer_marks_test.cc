#include "node/core/peer_marks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "node/base/random.h"

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

// A node that starts ten times in a blink has its pings heard in any order.
TEST(PeerMarks, KnowsExactlyWhatOthersHadHoweverManyRunsThereWere) {
  Random random(1);
  for (int round = 0; round < 2'000; ++round) {
    PeerMarks marks;
    std::map<RunId, std::uint64_t> all;
    for (int step = 0; step < 40; ++step) {
      const RunId run = 1 + random.below(12);
      std::uint64_t& mark = all[run];
      mark = std::max(mark, 1 + random.below(30));
      marks.heard(run, mark);
      if (random.chance(1, 8)) marks = PeerMarks::from_text(marks.to_text());
      for (RunId asking = 1; asking <= 13; ++asking) {
        std::uint64_t others = 0;
        for (const auto& [of, heard] : all)
          others = of == asking ? others : std::max(others, heard);
        ASSERT_EQ(marks.of_other_runs(asking), others) << "run " << asking << " of round " << round;
      }
    }
  }
}

TEST(PeerMarks, ReadsBrokenTextAsNothingHeard) {
  for (const char* text : {"", "x", "5 x", "5 1", "5 1:", "5 1:2 ", "5,1:2"}) {
    EXPECT_LE(PeerMarks::from_text(text).highest(), 5u) << text;
  }
  EXPECT_EQ(PeerMarks::from_text("5 1:x").highest(), 0u);
}

}  // namespace
}  // namespace quorate
