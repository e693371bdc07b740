#include "node/core/types/lww.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "node/base/random.h"
#include "node/causality/dot_mint.h"
#include "tests/node/core/builders.h"

namespace quorate {
namespace {

std::vector<std::string> shown(const Record& of, std::int64_t now_ms = 0) {
  std::vector<std::string> values;
  for (const ReadValue& each : LwwType().view(of, now_ms)) values.emplace_back(each.value.view());
  return values;
}

TEST(Lww, ShowsTheLargestTimestampAndBreaksTiesByDot) {
  EXPECT_EQ(shown(record(context({dot(1, 1), dot(2, 1)}),
                         {sibling(dot(1, 1), "late", 20), sibling(dot(2, 1), "early", 10)})),
            std::vector<std::string>{"late"});
  EXPECT_EQ(shown(record(context({dot(1, 1), dot(2, 1)}),
                         {sibling(dot(1, 1), "small", 10), sibling(dot(2, 1), "large", 10)})),
            std::vector<std::string>{"large"});
}

TEST(Lww, ADeleteCompetesLikeAValue) {
  Sibling deleted = sibling(dot(2, 1), "", 20);
  deleted.kind = SiblingKind::kDeleted;
  EXPECT_TRUE(
      shown(record(context({dot(1, 1), dot(2, 1)}), {sibling(dot(1, 1), "older", 10), deleted}))
          .empty());
  EXPECT_EQ(
      shown(record(context({dot(2, 1), dot(3, 1)}), {deleted, sibling(dot(3, 1), "newer", 30)})),
      std::vector<std::string>{"newer"});
}

TEST(Lww, AnExpiredWinnerHidesWhatItHadBeaten) {
  Sibling winner = sibling(dot(2, 1), "short-lived", 20);
  winner.expiry_ms = 1000;
  const Record row =
      record(context({dot(1, 1), dot(2, 1)}), {sibling(dot(1, 1), "beaten", 10), winner});
  EXPECT_EQ(shown(row, 999), std::vector<std::string>{"short-lived"});
  EXPECT_TRUE(shown(row, 1000).empty());
}

// Against a second, deliberately dumb implementation: of all writes that a replica has heard of,
// directly or through others, the largest (timestamp, dot) wins, in whatever order replicas wrote
// and merged.
TEST(Lww, TheWinnerIsTheLargestOfAllEventsHeardOfInWhateverOrderReplicasMerge) {
  constexpr std::uint64_t kSeed = 20240601;
  RecordProperty("seed", std::to_string(kSeed));
  Random random(kSeed);
  struct Event {
    Timestamp timestamp;
    Dot dot;
    std::string value;
    bool operator<(const Event& other) const {
      return std::tie(timestamp, dot) < std::tie(other.timestamp, other.dot);
    }
  };
  struct Replica {
    Row row;
    HybridClock clock;
    DotMint mint{0};
    std::map<Dot, Event> heard;
  };
  for (int round = 0; round < 2'000; ++round) {
    std::vector<Replica> replicas;
    for (std::uint64_t run = 1; run <= 3; ++run) {
      replicas.push_back(Replica{{}, {}, DotMint(run), {}});
    }
    for (int step = 0; step < 12; ++step) {
      Replica& at = replicas[random.below(3)];
      if (random.chance(1, 2)) {
        Mutation mutation;
        mutation.verb = random.chance(1, 4) ? Verb::kDelete : Verb::kPut;
        const std::string value = std::to_string(round) + ":" + std::to_string(step);
        if (mutation.verb == Verb::kPut) mutation.value = Blob(value);
        // Clocks that disagree by more than the whole run takes.
        const std::int64_t wall_ms = static_cast<std::int64_t>(random.below(20));
        at.clock.observe(at.row.record.latest());
        mutation.timestamp = at.clock.tick(wall_ms);
        mutation.context = at.row.record.context;
        mutation.dot = at.mint.mint(&at.row, mutation.context);
        LwwType().apply(&mutation, &at.row.record);
        at.row.mark = Mark{mutation.dot.actor, mutation.dot.counter};
        at.heard[mutation.dot] = Event{mutation.timestamp, mutation.dot,
                                       mutation.verb == Verb::kPut ? value : std::string()};
      } else {
        const Replica& from = replicas[random.below(3)];
        at.row.record = sync(at.row.record, from.row.record, 60'000);
        at.heard.insert(from.heard.begin(), from.heard.end());
      }
      Event expected;
      for (const auto& [unused, event] : at.heard) expected = std::max(expected, event);
      const std::vector<std::string> wanted =
          expected.value.empty() ? std::vector<std::string>{} : std::vector{expected.value};
      ASSERT_EQ(shown(at.row.record), wanted) << "round " << round << " step " << step;
    }
  }
}

}  // namespace
}  // namespace quorate
