#include "node/io/timer_queue.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "node/base/random.h"
#include "tests/support/test_seed.h"

namespace quorate {
namespace {

std::vector<TimerId> all_due(TimerQueue& queue, std::int64_t now_ns) {
  std::vector<TimerId> ids;
  while (const auto id = queue.pop_due(now_ns)) ids.push_back(*id);
  return ids;
}

TEST(TimerQueue, FiresEachTimerOnceInTheOrderOfTheirTimes) {
  TimerQueue queue;
  queue.set(1, 300);
  queue.set(2, 100);
  queue.set(3, 200);
  EXPECT_EQ(queue.next_ns(), 100);
  EXPECT_EQ(all_due(queue, 99), (std::vector<TimerId>{}));
  EXPECT_EQ(all_due(queue, 200), (std::vector<TimerId>{2, 3}));
  EXPECT_EQ(all_due(queue, 1000), (std::vector<TimerId>{1}));
  EXPECT_EQ(all_due(queue, 1000), (std::vector<TimerId>{}));
  EXPECT_EQ(queue.next_ns(), INT64_MAX);
}

TEST(TimerQueue, SettingAnArmedTimerMovesIt) {
  TimerQueue queue;
  queue.set(1, 100);
  queue.set(1, 500);
  EXPECT_EQ(all_due(queue, 400), (std::vector<TimerId>{}));
  EXPECT_EQ(all_due(queue, 500), (std::vector<TimerId>{1}));
  queue.set(2, 900);
  queue.set(2, 600);
  EXPECT_EQ(all_due(queue, 600), (std::vector<TimerId>{2}));
  EXPECT_EQ(all_due(queue, 900), (std::vector<TimerId>{}));
}

TEST(TimerQueue, ACancelledTimerDoesNotFireEvenIfSetAgainForTheSameTime) {
  TimerQueue queue;
  queue.set(1, 100);
  queue.cancel(1);
  queue.cancel(7);
  EXPECT_EQ(all_due(queue, 100), (std::vector<TimerId>{}));
  queue.set(1, 100);
  queue.cancel(1);
  queue.set(1, 100);
  EXPECT_EQ(all_due(queue, 100), (std::vector<TimerId>{1}));
}

TEST(TimerQueue, MemoryFollowsWhatIsArmedNotWhatWasSet) {
  TimerQueue queue;
  for (TimerId id = 0; id < 100'000; ++id) {
    queue.set(id, static_cast<std::int64_t>(id));
    queue.cancel(id);
    queue.set(7, static_cast<std::int64_t>(id));
    ASSERT_LE(queue.heap_size(), 100u);
  }
  EXPECT_EQ(queue.armed(), 1u);
}

// Against a map from id to time.
TEST(TimerQueue, AgreesWithAPlainModel) {
  const std::uint64_t seed = testing_support::test_seed();
  Random random = Random::stream(seed, "timers");
  TimerQueue queue;
  std::map<TimerId, std::int64_t> model;
  std::int64_t now_ns = 0;
  for (int step = 0; step < 100'000; ++step) {
    const TimerId id = random.below(50);
    switch (random.below(4)) {
      case 0:
      case 1: {
        const std::int64_t at_ns = now_ns + random.between(0, 1000);
        queue.set(id, at_ns);
        model[id] = at_ns;
        break;
      }
      case 2:
        queue.cancel(id);
        model.erase(id);
        break;
      case 3: {
        now_ns += random.between(0, 200);
        while (const auto due = queue.pop_due(now_ns)) {
          ASSERT_TRUE(model.count(*due)) << "seed " << seed;
          ASSERT_LE(model[*due], now_ns);
          model.erase(*due);
        }
        for (const auto& [left, at_ns] : model) ASSERT_GT(at_ns, now_ns) << "seed " << seed;
        break;
      }
    }
    ASSERT_EQ(queue.armed(), model.size()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace quorate
