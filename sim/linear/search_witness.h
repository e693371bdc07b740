// Finds the first operation that cannot be placed where the zones do not apply.
//
// Place:      judge.cc, for a key that is not linearizable.
// Method:     a history without its last events is linearizable if the whole of it is; so the first
//             end with which it is not is found by bisection, beginning with the most likely one.
//             What the register could hold then is what the operation could have seen in its place:
//             one more search, with that operation as a wildcard.
#pragma once

#include <span>

#include "sim/linear/search.h"

namespace quorate::sim::linear {

struct SearchWitnessOptions {
  std::uint64_t steps_max = 0;           // of each search for the operation
  std::uint64_t wildcard_steps_max = 0;  // of the search for what it could have seen
  std::size_t possible_max = 64;         // values enough for a person
};

// What is known beforehand.
struct Suspicion {
  Time reached = kBeforeAll;  // there is an order of what ended before this event
  Time suspect = kNever;      // what ends at this event probably is it
  bool certain = false;       // it cannot be placed; but perhaps it is not the first
};

// `operations`: all those of one key, in the order of their invocations. Without `concurrent`.
// REQUIRES: they are not linearizable.
Witness search_witness(const History& history, std::span<const OperationId> operations,
                       const Suspicion& suspicion, const SearchWitnessOptions& options);

}  // namespace quorate::sim::linear
