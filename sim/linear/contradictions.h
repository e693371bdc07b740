// Finds the first operation whose value would have to be both before and after another one.
//
// Place:      judge.cc: explains what Zones found; and looks where Zones does not apply, before the
//             search does, since no order can mend a contradiction.
// Implements: plays the history event by event. As in zones.h, all operations that make or see one
//             value are its cluster, if only one of them can have made it; a cas is in two. The
//             register holds such a value in one piece. The clusters of what has ended so far are
//             kept by their earliest end f; a tree over them holds their latest begin s, so that
//             each end asks in O(log n) whether its cluster u now contradicts some v: f(u) < s(v)
//             and f(v) < s(u).
// Invariants: where values are written once, and there is no cas, what it finds is the first
//             operation that cannot be placed, and what it finds nothing in is linearizable
//             (Zones). Elsewhere one may end earlier that cannot be placed; and where moves are
//             foreseen, later: only then is it known what an append made.
#pragma once

#include <optional>
#include <span>

#include "sim/linear/moves.h"
#include "sim/linear/verdict.h"

namespace quorate::sim::linear {

// Without `possible` and `concurrent`. REQUIRES: moves.exact, and no wildcard.
std::optional<Witness> find_contradiction(const Moves& moves, const StringStates& strings);

// The same for a key that Zones judged to be kNotLinearizable, with `possible`.
Witness zone_witness(const History& history, std::span<const OperationId> operations);

}  // namespace quorate::sim::linear
