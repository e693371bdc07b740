// Judges any register by looking for an order of its operations: exact, and exponential at worst.
//
// Place:      judge.cc, where the zones do not apply.
// Implements: the search of Wing and Gong 1993 with Lowe's memory of configurations (Lowe 2017,
//             section 4.2): an operation that begins before the first end among those not placed is
//             placed next, if the register allows it; where none is left to try, the last one is
//             taken back. On top of that, and without losing an order: (1) an operation that the
//             register allows and that does not change it is placed at once: moving it there from a
//             later place changes nothing for the others. So is a write that nobody will see, onto
//             what nobody will see; (2) what nobody will see is one state, whatever it is (kGone);
//             (3) a state is not left while somebody needs it whom nobody else can serve
//             (demand.h); (4) what must end next looks ahead: it is a dead end when nothing that
//             could come before it makes what it saw; (5) of open operations with the same effect,
//             the one that began first is used first; one is used only if somebody sees its effect
//             next: else it could be left out; (6) appends are cas where what was read says so
//             (append_chains.h), else held against the next read (append_outlook.h).
// Invariants: agrees with trying all orders (tests/sim/linear/laws_test.cc); the same input gives
//             the same number of steps everywhere.
// Limits:     `steps_max` operations tried; memory grows with the steps, by some 100 bytes each.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sim/linear/verdict.h"

namespace quorate::sim::linear {

struct SearchOptions {
  std::uint64_t steps_max = 0;
  Time until = kNever - 1;  // what happened after this event is as if it had not
  // A read, or a cas, that may see anything: look for all values with which there is an order. It
  // must be among what ended last.
  OperationId wildcard = kNoOperation;
  std::size_t seen_max = 0;  // enough values; the search then ends as undecided
};

struct SearchResult {
  Verdict verdict = Verdict::kUndecided;
  std::uint64_t steps = 0;
  std::vector<OperationId> order;  // kLinearizable: one that explains everything
  // kNotLinearizable: what ended before this event was all placed at some point...
  Time reached = kBeforeAll;
  // ...and there the search was waiting for what ends at this one; kNever where it cannot tell.
  Time waited_for = kNever;
  // With a wildcard: what it may have seen, as EDN. Complete when the verdict is not kUndecided.
  std::vector<std::string> seen;
};

// `operations`: all those of one key, in the order of their invocations.
SearchResult search(const History& history, std::span<const OperationId> operations,
                    const SearchOptions& options);

}  // namespace quorate::sim::linear
