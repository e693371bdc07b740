// The next event by value, for tests that play the world themselves.
#pragma once

#include <utility>

#include "sim/world/event_queue.h"

namespace quorate::sim {

inline std::pair<SimTime, Event> pop(EventQueue& queue) {
  std::pair<SimTime, Event> result;
  queue.pop_to([&result](SimTime time, Event& event) { result = {time, std::move(event)}; });
  return result;
}

}  // namespace quorate::sim
