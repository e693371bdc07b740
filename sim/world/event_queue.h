// The future of the simulated world: events in the order of (time, sequence number).
//
// Place:      owned by the cluster, which takes the next event and lets it happen.
// Invariants: (1) equal times come out in the order in which they were pushed; (2) a cancelled
//             event never comes out; (3) a handle is good until its event came out or was
//             cancelled, and harmless afterwards. Shown in tests/sim/event_queue_test.cc.
// Limits:     cancelled events leave the heap when they outnumber the living ones, so that timers
//             which are always cancelled (deadlines) do not fill it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "sim/world/event.h"
#include "sim/world/sim_time.h"

namespace quorate::sim {

class EventQueue {
 public:
  // Names one pushed event. The default names none.
  struct Handle {
    std::uint32_t slot = UINT32_MAX;
    std::uint32_t generation = 0;
  };

  // Takes any kind of event, which the caller gives away, and builds it where it will lie.
  template <typename Kind>
  Handle push(SimTime time, Kind&& event) {
    const std::uint32_t index = take_slot();
    slot(index).event.template emplace<Kind>(std::forward<Kind>(event));
    return enter(time, index);
  }

  // Forgets the event, if it has not come out yet.
  void cancel(Handle handle);

  bool empty() const { return living_ == 0; }
  std::size_t size() const { return living_; }

  // When the next event is due; nothing when there is none.
  std::optional<SimTime> next_time();

  // Takes the next event and hands it to `happen(time, event)`, where it lies: a message is moved
  // once on its way into the queue, and once out. REQUIRES: !empty().
  template <typename Happen>
  void pop_to(Happen&& happen) {
    const Place place = take_first();
    happen(place.time, slot(place.slot).event);
    release_slot(place.slot);
  }

 private:
  struct Place {  // of one event in the heap
    SimTime time;
    std::uint64_t sequence;
    std::uint32_t slot;
    std::uint32_t generation;
  };
  struct Slot {
    Event event;
    std::uint32_t generation = 1;
    bool living = false;
  };

  struct Later {  // a type, so that the heap's operations take it in
    bool operator()(const Place& a, const Place& b) const {
      return a.time != b.time ? a.time > b.time : a.sequence > b.sequence;
    }
  };
  Slot& slot(std::uint32_t index) { return chunks_[index / kChunk][index % kChunk]; }
  bool living(const Place& place) {
    const Slot& held = slot(place.slot);
    return held.living && held.generation == place.generation;
  }
  Handle enter(SimTime time, std::uint32_t index);
  Place take_first();
  std::uint32_t take_slot();
  void release_slot(std::uint32_t index);
  void drop_cancelled();
  void compact();

  static constexpr std::uint32_t kChunk = 256;

  std::vector<Place> heap_;
  std::vector<std::unique_ptr<Slot[]>> chunks_;  // slots never move while their event waits
  std::vector<std::uint32_t> free_slots_;
  std::uint64_t next_sequence_ = 0;
  std::size_t living_ = 0;
};

}  // namespace quorate::sim
