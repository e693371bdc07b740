// NoDup (papers/faults.md): one dot, one event, one value, ever; and equal contexts mean equal
// siblings.
#include "sim/check/property.h"

namespace quorate::sim {

std::optional<Violation> no_dot_twice(const Evidence& evidence) {
  if (!evidence.ledger.conflicts().empty()) {
    const DotConflict& conflict = evidence.ledger.conflicts().front();
    return Violation{"no dot twice",
                     "dot " + to_string(conflict.dot) + ", second seen on node " +
                         std::to_string(conflict.node) + " at " + time_to_string(conflict.time) +
                         ":\n  first:  " + conflict.first + "\n  second: " + conflict.second +
                         "\n" + describe_event(evidence, conflict.dot)};
  }
  if (!evidence.ledger.broken_laws().empty()) {
    return Violation{"no dot twice", evidence.ledger.broken_laws().front() + "\n"};
  }
  return std::nullopt;
}

}  // namespace quorate::sim
