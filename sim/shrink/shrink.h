// The smallest schedule that still fails in the same way.
//
// Place:      kvsim shrink. What is tried: parts.h leaves out, simplify.h makes plainer.
// Implements: delta debugging over the recorded choices of a plan (ddmin.h): episodes, faults,
//             clients, steps, keys, nodes; then plainer links, settings and moments; all of it
//             again until nothing changes.
// Invariants: (1) the plan returned fails; (2) the same plan and predicate give the same result;
//             (3) what could not be promised in the first place is never tried, where it was
//             promised before: see is_fair. Shown in tests/sim/shrink/shrink_test.cc.
// Limits:     runs_max; the smallest so far is the result when it is used up.
// Not here:   the history of a failing run. To leave out of that is unsound: an operation that is
//             missing may be what explains another.
#pragma once

#include <cstdint>
#include <functional>

#include "sim/run/plan.h"
#include "sim/shrink/parts.h"

namespace quorate::sim {

using StillFails = std::function<bool(const RunPlan& plan)>;

struct ShrinkOptions {
  std::uint64_t runs_max = 20'000;
};

struct Shrunk {
  RunPlan plan;
  std::uint64_t runs = 0;
  bool used_up = false;  // the budget; more runs might have made it smaller still
};

// `progress` is told after each run; false ends it, as a used-up budget does.
// REQUIRES: still_fails(plan).
Shrunk shrink(const RunPlan& plan, const StillFails& still_fails, const ShrinkOptions& options,
              const std::function<bool(std::uint64_t runs, const RunPlan& smallest)>& progress);

// Whether the store can keep its promises in this plan: disks lose what they had synced on one node
// only, and then every write waits for two.
bool is_fair(const RunPlan& plan);

}  // namespace quorate::sim
