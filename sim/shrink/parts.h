// A plan with some of its parts left out, and what is left still fits together.
//
// Place:      shrink.h tries them.
// Invariants: each of them gives a plan that runs.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/run/plan.h"
#include "sim/shrink/ddmin.h"

namespace quorate::sim {

// How much there is to read in a plan.
struct PlanSize {
  std::size_t faults = 0;  // each with its end counts once
  std::size_t operations = 0;
  std::size_t clients = 0;
  std::size_t keys = 0;
  std::size_t nodes = 0;

  friend bool operator==(const PlanSize&, const PlanSize&) = default;
};
PlanSize size_of(const RunPlan& plan);

// Faults that belong together: one and what ends it (end_of), on the same hosts. Indices into
// plan.faults, each in one group; an end without a beginning is alone.
std::vector<Items> faults_with_their_ends(const RunPlan& plan);

// Larger groups: all that begin and end in the same moments, as the cuts of a partition do.
std::vector<Items> episodes(const RunPlan& plan);

RunPlan keep_faults(const RunPlan& plan, const std::vector<Items>& groups, const Items& kept);
RunPlan keep_clients(const RunPlan& plan, const Items& kept);  // faults follow their clients
RunPlan keep_keys(const RunPlan& plan, const Items& kept);     // steps of other keys go

// Of all steps of all clients, in that order.
RunPlan keep_steps(const RunPlan& plan, const Items& kept);
std::size_t count_steps(const RunPlan& plan);

// The nodes after it move up. Quorums are lowered to what is left.
// REQUIRES: there are others, and each client speaks to one of them.
RunPlan without_node(const RunPlan& plan, NodeId node);
bool can_do_without(const RunPlan& plan, NodeId node);

}  // namespace quorate::sim
