// Prints what happens in a run, one line an event, for a person who wants to know why.
#pragma once

#include <cstdio>

#include "sim/world/history.h"
#include "sim/world/observer.h"

namespace quorate::sim {

class TracePrinter final : public WorldObserver {
 public:
  explicit TracePrinter(std::FILE* out) : out_(out) {}

  void on_trace(SimTime time, NodeId node, const TraceEvent& event) override;
  void on_row_written(SimTime time, NodeId node, RunId run, const Key& key, const Row* before,
                      const Row& after, bool stored) override;
  void on_life(SimTime time, NodeId node, LifeEvent event) override;
  void on_operation_finished(const Operation& operation) override;

 private:
  std::FILE* out_;
};

}  // namespace quorate::sim
