// One number for everything that happened in a run: two runs with the same hash did the same things
// at the same times in the same order.
//
// Place:      the world feeds it every trace event of every core, every delivery and every finished
//             operation.
// Invariants: depends on values alone, never on addresses, compilers or encodings:
//             tests/sim/determinism_test.cc.
#pragma once

#include <bit>
#include <cstdint>

#include "node/core/trace.h"
#include "sim/world/event.h"
#include "sim/world/sim_time.h"

namespace quorate::sim {

class TraceHash {
 public:
  void add(std::uint64_t word) {
    // xxHash64's round: cheap, and every bit of the word reaches every later state.
    state_ = std::rotl(state_ + word * 0xc2b2ae3d27d4eb4fULL, 31) * 0x9e3779b185ebca87ULL;
  }
  void add(const Dot& dot) {
    add(dot.actor.run);
    add((std::uint64_t{dot.actor.epoch} << 32) ^ dot.counter);
  }

  void add_trace(SimTime time, NodeId node, const TraceEvent& event);
  void add_delivery(SimTime time, const Delivery& delivery);

  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0x27d4eb2f165667c5ULL;
};

}  // namespace quorate::sim
