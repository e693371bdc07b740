#include "sim/world/event_queue.h"

#include <algorithm>

#include "node/base/check.h"

namespace quorate::sim {

EventQueue::Handle EventQueue::enter(SimTime time, std::uint32_t index) {
  Slot& held = slot(index);
  held.living = true;
  heap_.push_back(Place{time, next_sequence_++, index, held.generation});
  std::push_heap(heap_.begin(), heap_.end(), Later{});
  ++living_;
  return Handle{index, held.generation};
}

void EventQueue::cancel(Handle handle) {
  if (handle.slot / kChunk >= chunks_.size()) return;
  Slot& held = slot(handle.slot);
  if (!held.living || held.generation != handle.generation) return;
  release_slot(handle.slot);
  --living_;
  constexpr std::size_t kWorthCompacting = 64;
  if (heap_.size() > kWorthCompacting && heap_.size() > 2 * living_) compact();
}

std::optional<SimTime> EventQueue::next_time() {
  drop_cancelled();
  if (heap_.empty()) return std::nullopt;
  return heap_.front().time;
}

EventQueue::Place EventQueue::take_first() {
  drop_cancelled();
  QUORATE_CHECK(!heap_.empty());
  const Place place = heap_.front();
  std::pop_heap(heap_.begin(), heap_.end(), Later{});
  heap_.pop_back();
  Slot& held = slot(place.slot);
  held.living = false;  // a handle to it does nothing from now on
  ++held.generation;
  --living_;
  return place;
}

std::uint32_t EventQueue::take_slot() {
  if (free_slots_.empty()) {
    const auto first = static_cast<std::uint32_t>(chunks_.size()) * kChunk;
    chunks_.push_back(std::make_unique<Slot[]>(kChunk));
    for (std::uint32_t i = kChunk; i > 0; --i) free_slots_.push_back(first + i - 1);
  }
  const std::uint32_t index = free_slots_.back();
  free_slots_.pop_back();
  return index;
}

void EventQueue::release_slot(std::uint32_t index) {
  Slot& held = slot(index);
  held.living = false;
  ++held.generation;  // handles and heap places of the old event no longer match
  held.event.emplace<ScriptedAction>();
  free_slots_.push_back(index);
}

void EventQueue::drop_cancelled() {
  while (!heap_.empty() && !living(heap_.front())) {
    std::pop_heap(heap_.begin(), heap_.end(), Later{});
    heap_.pop_back();
  }
}

// The order of what is left stays the same: (time, sequence) is total, whatever the heap's shape.
void EventQueue::compact() {
  std::erase_if(heap_, [this](const Place& place) { return !living(place); });
  std::make_heap(heap_.begin(), heap_.end(), Later{});
}

}  // namespace quorate::sim
