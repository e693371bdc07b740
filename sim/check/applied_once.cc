// A coordinator whose row remembers a request never applies it again,
// however often it is retried.
//
// Another coordinator, which has not heard of the first attempt, may apply a whole-value put once
// more: siblings of one request show as one (papers/design.md, 2.5).
#include "sim/check/property.h"

namespace quorate::sim {

std::optional<Violation> applied_once(const Evidence& evidence) {
  if (evidence.ledger.applied_again().empty()) return std::nullopt;
  const auto& [dot, earlier] = evidence.ledger.applied_again().front();
  return Violation{"applied once", "the row remembered that " + to_string(earlier) +
                                       " was minted for this request:\n" +
                                       describe_event(evidence, earlier) +
                                       describe_event(evidence, dot)};
}

}  // namespace quorate::sim
