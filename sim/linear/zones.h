// Judges a register whose written values are all different, in O(n log n).
//
// Place:      judge.cc, for every key to which this applies.
// Implements: Gibbons and Korach 1997 (theorem 4.2) as Lowe 2017 uses it. All operations of one
//             value make a cluster: its write and its reads. With f the earliest end and s the
//             latest begin in it, its zone lies between the two; it is *forward* if f < s and
//             *backward* otherwise. The history is linearizable when (1) each value read was
//             written, by a write that began before the first of its reads ended; (2) no two
//             forward zones overlap; (3) no backward zone lies within a forward one. (2) and (3)
//             together are one rule, which zone_witness.cc uses: no two clusters u, v with f(u) <
//             s(v) and f(v) < s(u), that is, none that must be both before and after another.
//             Deviations: what real histories have and the theorem does not: * the initial value is
//             the cluster of a write that ended before everything; * a write that is open ends
//             never. If its value was read, the ends of the reads close its zone; if not, its zone
//             is [s, never), which no other one contains: it may not have happened, and it is in
//             nobody's way; * reads that are open, and all that failed, say nothing.
// Invariants: agrees with the search, and with trying all orders (tests/sim/linear/laws_test.cc).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/linear/history.h"

namespace quorate::sim::linear {

class Zones {
 public:
  enum class Answer {
    kLinearizable,
    kNotLinearizable,
    kNotApplicable,  // two writes of one value, or of the initial one; or a call that is no read or
                     // write
  };

  explicit Zones(const History& history);

  // `operations`: all those of one key, in the order of their invocations.
  Answer judge(std::span<const OperationId> operations);

 private:
  struct Cluster {
    Time first_end = kNever;
    Time last_begin = kBeforeAll;
    Time written = kNever;  // when its write began; kNever: not seen
  };

  Cluster& cluster_of(ValueId value);
  bool collect(std::span<const OperationId> operations);
  bool zones_are_apart();
  void forget(std::span<const OperationId> operations);

  const History& history_;
  std::vector<std::uint32_t> cluster_of_value_;  // kept clear between keys
  std::vector<Cluster> clusters_;
  std::vector<std::uint64_t> sorted_;  // (first end, last begin) of each cluster
};

}  // namespace quorate::sim::linear
