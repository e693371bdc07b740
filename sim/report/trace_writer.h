// Writes what happens in a run as JSON, one line an event, for programs: --trace.
//
// Place:      watches a run. Its fields: papers/kvsim-json.md. For people: trace_printer.h.
// Invariants: lines are in the order of what happened, faults before what they bring about
//             (tests/sim/report/trace_writer_test.cc).
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "sim/report/run_summary.h"
#include "sim/run/plan.h"
#include "sim/world/history.h"
#include "sim/world/observer.h"

namespace quorate::sim {

class TraceWriter final : public WorldObserver {
 public:
  using Write = std::function<void(const std::string&)>;  // one line at a time, with its '\n'

  // Writes the line that names the run.
  TraceWriter(const RunPlan& plan, const RunLabels& labels, Write write);

  void on_trace(SimTime time, NodeId node, const TraceEvent& event) override;
  void on_row_written(SimTime time, NodeId node, RunId run, const Key& key, const Row* before,
                      const Row& after, bool stored) override;
  void on_life(SimTime time, NodeId node, LifeEvent event) override;
  void on_operation_finished(const Operation& operation) override;

 private:
  void faults_until(SimTime time);

  std::vector<Fault> faults_;  // by time
  std::size_t next_fault_ = 0;
  Write write_;
};

}  // namespace quorate::sim
