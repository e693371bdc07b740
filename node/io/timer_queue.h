// The core's timers: thousands are set and cancelled a second, few ever fire.
//
// Place:      owned by the environment, which arms one timer of the operating system for the
//             earliest.
// Invariants: a timer fires once, not before its time; setting an armed id moves it; cancelling one
//             that is not armed does nothing (tests/node/io/timer_queue_test.cc).
// Limits:     memory follows the timers that are armed: what was cancelled or moved is swept out
//             when it is more than half of the heap.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "node/core/environment.h"

namespace quorate {

class TimerQueue {
 public:
  void set(TimerId id, std::int64_t at_ns);
  void cancel(TimerId id);

  // When the earliest may be due; INT64_MAX without any. Never later than the earliest really is.
  std::int64_t next_ns() const { return heap_.empty() ? INT64_MAX : heap_.front().at_ns; }

  // Takes out one timer that is due, the earliest first; equal times in the order of their ids.
  std::optional<TimerId> pop_due(std::int64_t now_ns);

  std::size_t armed() const { return armed_.size(); }
  std::size_t heap_size() const { return heap_.size(); }

 private:
  struct Entry {
    std::int64_t at_ns;
    TimerId id;
  };
  static bool later(const Entry& a, const Entry& b) {
    return a.at_ns != b.at_ns ? a.at_ns > b.at_ns : a.id > b.id;
  }
  bool is_current(const Entry& entry) const;
  void sweep();

  std::vector<Entry> heap_;  // with entries that were cancelled or moved
  boost::unordered_flat_map<TimerId, std::int64_t> armed_;
};

}  // namespace quorate
