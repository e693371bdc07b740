// The smallest part of a list that still does it.
//
// Implements: ddmin of Zeller and Hildebrandt 2002, "Simplifying and isolating failure-inducing
//             input", section 3. Deviation: only complements are tried (with two parts these are
//             the parts themselves), and nothing at all first: what is needed is few and spread
//             over the list, so a small part alone hardly ever fails.
// Invariants: what is left is 1-minimal when `fails` is a pure function that was never cut short:
//             without any one of its items it does not fail. Shown in
//             tests/sim/shrink/shrink_test.cc.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace quorate::sim {

using Items = std::vector<std::size_t>;  // ascending

// Among the items 0..count-1. `fails` is never asked about all of them, which are known to fail.
Items ddmin(std::size_t count, const std::function<bool(const Items& kept)>& fails);

}  // namespace quorate::sim
