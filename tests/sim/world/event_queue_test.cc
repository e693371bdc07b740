#include "sim/world/event_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "node/base/random.h"
#include "tests/sim/world/pop.h"

namespace quorate::sim {
namespace {

std::uint64_t alarm_of(const Event& event) { return std::get<ClientAlarm>(event).alarm; }

TEST(EventQueue, gives_events_in_order_of_time) {
  EventQueue queue;
  queue.push(30, ClientAlarm{1, 3});
  queue.push(10, ClientAlarm{1, 1});
  queue.push(20, ClientAlarm{1, 2});
  for (std::uint64_t expected = 1; expected <= 3; ++expected) {
    const auto [time, event] = pop(queue);
    EXPECT_EQ(time, static_cast<SimTime>(10 * expected));
    EXPECT_EQ(alarm_of(event), expected);
  }
  EXPECT_TRUE(queue.empty());
}

TEST(EventQueue, gives_equal_times_in_the_order_of_pushing) {
  EventQueue queue;
  for (std::uint64_t i = 0; i < 1000; ++i) queue.push(7, ClientAlarm{1, i});
  for (std::uint64_t i = 0; i < 1000; ++i) EXPECT_EQ(alarm_of(pop(queue).second), i);
}

TEST(EventQueue, never_gives_a_cancelled_event) {
  EventQueue queue;
  queue.push(1, ClientAlarm{1, 1});
  const EventQueue::Handle second = queue.push(2, ClientAlarm{1, 2});
  queue.push(3, ClientAlarm{1, 3});
  queue.cancel(second);
  EXPECT_EQ(queue.size(), 2u);
  EXPECT_EQ(alarm_of(pop(queue).second), 1u);
  EXPECT_EQ(alarm_of(pop(queue).second), 3u);
}

TEST(EventQueue, ignores_a_handle_whose_event_is_over) {
  EventQueue queue;
  const EventQueue::Handle first = queue.push(1, ClientAlarm{1, 1});
  pop(queue);
  const EventQueue::Handle second = queue.push(2, ClientAlarm{1, 2});
  EXPECT_EQ(first.slot, second.slot);  // the slot is used again, and the old handle must not hit it
  queue.cancel(first);
  queue.cancel(EventQueue::Handle{});
  EXPECT_EQ(queue.size(), 1u);
  EXPECT_EQ(alarm_of(pop(queue).second), 2u);
}

// Against a sorted list, with as many cancelled as kept, so that the heap is compacted on the way.
TEST(EventQueue, agrees_with_a_sorted_list) {
  Random random(7);
  EventQueue queue;
  struct Expected {
    SimTime time;
    std::uint64_t number;
  };
  std::vector<Expected> expected;
  for (std::uint64_t number = 0; number < 20'000; ++number) {
    const auto time = static_cast<SimTime>(random.below(500));
    const EventQueue::Handle handle = queue.push(time, ClientAlarm{1, number});
    if (random.chance(2, 3)) {
      queue.cancel(handle);
    } else {
      expected.push_back({time, number});
    }
  }
  std::stable_sort(expected.begin(), expected.end(),
                   [](const Expected& a, const Expected& b) { return a.time < b.time; });
  ASSERT_EQ(queue.size(), expected.size());
  for (const Expected& each : expected) {
    ASSERT_EQ(queue.next_time(), each.time);
    const auto [time, event] = pop(queue);
    ASSERT_EQ(time, each.time);
    ASSERT_EQ(alarm_of(event), each.number);
  }
  EXPECT_FALSE(queue.next_time());
}

}  // namespace
}  // namespace quorate::sim
