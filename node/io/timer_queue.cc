#include "node/io/timer_queue.h"

#include <algorithm>

namespace quorate {

void TimerQueue::set(TimerId id, std::int64_t at_ns) {
  armed_.insert_or_assign(id, at_ns);
  heap_.push_back({at_ns, id});
  std::push_heap(heap_.begin(), heap_.end(), later);
  sweep();
}

void TimerQueue::cancel(TimerId id) {
  armed_.erase(id);
  sweep();
}

std::optional<TimerId> TimerQueue::pop_due(std::int64_t now_ns) {
  while (!heap_.empty() && heap_.front().at_ns <= now_ns) {
    const Entry entry = heap_.front();
    std::pop_heap(heap_.begin(), heap_.end(), later);
    heap_.pop_back();
    if (!is_current(entry)) continue;
    armed_.erase(entry.id);
    return entry.id;
  }
  return std::nullopt;
}

bool TimerQueue::is_current(const Entry& entry) const {
  const auto found = armed_.find(entry.id);
  return found != armed_.end() && found->second == entry.at_ns;
}

void TimerQueue::sweep() {
  constexpr std::size_t kNotWorthIt = 64;
  if (heap_.size() <= 2 * armed_.size() + kNotWorthIt) return;
  heap_.clear();
  for (const auto& [id, at_ns] : armed_) heap_.push_back({at_ns, id});
  std::make_heap(heap_.begin(), heap_.end(), later);
}

}  // namespace quorate
