// Small runs that reports are made of: one fault of each kind, three to five nodes, clients that
// ask at an even pace.
#pragma once

#include <vector>

#include "sim/report/run_summary.h"
#include "sim/run/plan.h"

namespace quorate::sim {

struct SampleOptions {
  std::uint16_t nodes = 3;
  std::uint32_t n = 3;
  std::uint32_t r = 2;
  std::uint32_t w = 2;
  BucketType type = BucketType::kRegister;
  // One client for each: the nodes that it speaks to.
  std::vector<std::vector<NodeId>> clients = {{1, 2, 3}};
  ContextUse context = ContextUse::kBlind;
  std::size_t steps = 30;  // of each client, writing and reading in turn
  SimTime pause = from_ms(150);
  SimTime end = from_seconds(6);
};

// All messages take 1 ms, all syncs too. One key.
RunPlan sample_plan(const SampleOptions& options);

RunPlan quiet_plan();     // nothing happens
RunPlan split_plan();     // 1 | 2 3 from 1 s to 4 s, a client on each side
RunPlan bridge_plan();    // 1 2 | 4 5, 3 between
RunPlan one_way_plan();   // 2 and 3 cannot hear 1
RunPlan crash_plan();     // 2 down from 1 s to 3 s
RunPlan flapping_plan();  // 3 comes and goes

Fault fault_at(SimTime at, FaultKind kind, HostId a, HostId b = 0, std::int64_t amount = 0);

// Plays it.
RunSummary summary_of(const RunPlan& plan, RunLabels labels = {});

}  // namespace quorate::sim
