// How stale may a register's reads be called? The smallest k for which its history is k-atomic.
//
// Definition:  a history is k-atomic when its operations can be put in one order, which respects
// that
//              some ended before others began, so that each read sees one of the last k values that
//              were written before it (Aiyer, Alvisi and Bazzi 2005; Golab, Hurwitz and Li 2013).
//              1-atomic is linearizable. The initial value counts as written before everything. An
//              open write may take effect at any later moment or never.
// Extension:   a read of a store that keeps siblings may see several values at once: each of them
// must
//              be among the last k. So a read of two siblings is never 1-atomic.
// Method:      exact. Deciding k-atomicity for k > 2 has no known polynomial algorithm, so this is
//              the search of search.h with the last k values as its state, with a budget; a first
//              bound from what is forced (a write that ended before k others began and ended before
//              the read began) saves most of it.
// Exactness:   at_least == at_most unless the budget ran out; then the smallest k lies between the
//              two. Agrees with judge() for k = 1 and with trying all orders
//              (tests/sim/linear/k_atomic_test.cc).
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "sim/linear/history.h"

namespace quorate::sim::linear {

// A read that was answered, or a write that happened or may have. Of one key, by their begins.
struct Access {
  Time invoked = 0;
  Time completed = kNever;    // kNever: a write that nobody knows the end of
  ValueId writes = kNoValue;  // kNoValue: a read...
  std::vector<ValueId> sees;  // ...of these, which are different; at least one
};

inline constexpr std::uint32_t kNoK = std::numeric_limits<std::uint32_t>::max();

struct SmallestK {
  std::uint32_t at_least = 1;  // kNoK: a read saw what nobody had begun to write when it ended
  std::uint32_t at_most = 1;
  std::uint64_t steps = 0;
  // The access whose staleness forces `at_least`; accesses.size() when no single one does.
  std::size_t forced_by = 0;

  bool exact() const { return at_least == at_most; }
};

// Past so many writes of one key only the bounds are given.
inline constexpr std::size_t kKAtomicWritesMax = 5'000;

SmallestK smallest_k(std::span<const Access> accesses, ValueId initial, std::uint64_t steps_max);

}  // namespace quorate::sim::linear
