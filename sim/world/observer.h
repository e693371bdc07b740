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

// What befell a disk that it had synced.
enum class DiskDamage : std::uint8_t {
  kWiped,          // all of it
  kRestored,       // all of it: it went back to an older image
  kRowForgotten,   // one row, and nothing says so
  kRowUnreadable,  // one row
};

enum class LifeEvent : std::uint8_t { kStarted, kCrashed, kKilled, kPaused, kResumed };

class WorldObserver {
 public:
  virtual ~WorldObserver() = default;

  virtual void on_trace(SimTime, NodeId, const TraceEvent&) {}

  // The core wrote a row, or what it keeps of a key in another's place: it is visible and not yet
  // durable or, when not `stored`, the disk refused it. `before` is null when there was none that
  // could be read.
  virtual void on_row_written(SimTime, NodeId, RunId, const Key&, const Row* /*before*/,
                              const Row& /*after*/, bool /*stored*/) {}

  // What of the row `before` only the node's own disk is to know from now on, and `left` is what it
  // shows; or, when `reaped`, what it still has (core/retired.h).
  virtual void on_retired(SimTime, NodeId, const Key&, const Record& /*before*/,
                          const Record& /*left*/, bool /*reaped*/) {}

  virtual void on_life(SimTime, NodeId, LifeEvent) {}

  // `key` is null when all rows were hit.
  virtual void on_damage(SimTime, NodeId, DiskDamage, const Key* /*key*/) {}

  virtual void on_operation_finished(const Operation&) {}
};

}  // namespace quorate::sim
