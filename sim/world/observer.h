// Who watches the world without taking part in it: checkers, timelines, counters.
//
// Invariants: an observer changes nothing; a world with observers has the trace hash of one
//             without.
#pragma once

#include "node/causality/row.h"
#include "node/core/messages.h"
#include "node/core/trace.h"
#include "sim/world/sim_time.h"

namespace quorate::sim {

struct Operation;

enum class LifeEvent : std::uint8_t { kStarted, kCrashed, kKilled, kPaused, kResumed };

class WorldObserver {
 public:
  virtual ~WorldObserver() = default;

  virtual void on_trace(SimTime, NodeId, const TraceEvent&) {}

  // The core wrote a row: it is visible and not yet durable or, when not `stored`, the disk refused
  // it. `before` is null when there was no readable row.
  virtual void on_row_written(SimTime, NodeId, RunId, const Key&, const Row* /*before*/,
                              const Row& /*after*/, bool /*stored*/) {}

  virtual void on_life(SimTime, NodeId, LifeEvent) {}

  virtual void on_operation_finished(const Operation&) {}
};

}  // namespace quorate::sim
