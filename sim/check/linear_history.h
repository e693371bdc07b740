// The clients' part of a run as a history of registers, for the judge of linearizability, and for
// export.
//
// Definitions: each key is a register, nil at first. A put writes its value, a delete writes nil.
// What
//              was *not applied* or invalid did not happen; an *unknown* write, and one that never
//              ended, is open for ever. A read answers its one value, or nil. A read that failed
//              answered nothing.
//              A read that showed several siblings is a read of `:siblings`, which nobody ever
//              writes: a register has one value, so such an answer is a witness against
//              linearizability. (Siblings of one value, as of a write that two coordinators
//              applied, are one value.)
// Time:        order of events, by virtual time. At one moment begins come before ends, so that
//              operations that touch are concurrent; except that a client that ends one operation
//              and begins the next in one moment does so in that order.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/check/property.h"
#include "sim/linear/history.h"
#include "sim/linear/k_atomic.h"

namespace quorate::sim {

struct LinearHistory {
  linear::History history;  // model register; processes are the clients by their numbers, from 1
  std::vector<std::uint64_t> operations;  // of the run, by linear::OperationId

  std::uint64_t operation_of(linear::OperationId id) const { return operations[id]; }
};

// Of all keys that clients used, named "bucket/name".
LinearHistory linear_history(const Evidence& evidence);

// The accesses of one key, for smallest_k; with siblings as the several values that they are.
struct KeyAccesses {
  std::vector<linear::Access> accesses;
  std::vector<std::uint64_t> operations;  // of the run, by access
};
KeyAccesses accesses_of(const Evidence& evidence, LinearHistory& converted, linear::KeyId key);

}  // namespace quorate::sim
