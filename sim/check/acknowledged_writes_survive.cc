// NoLoss (papers/faults.md): what was acknowledged is there, or somebody who had seen it replaced
// it.
#include "sim/check/property.h"

namespace quorate::sim {

std::optional<Violation> acknowledged_writes_survive(const Evidence& evidence) {
  for (const Operation& operation : evidence.operations()) {
    if (!operation.acknowledged()) continue;
    const Key& key = operation.request.key;
    if (accounted_for(evidence, key, operation.reply.dot)) continue;
    return Violation{"acknowledged writes survive",
                     "acknowledged, then lost:\n  " + to_string(operation) + "\n" +
                         describe_event(evidence, operation.reply.dot) +
                         describe_key(evidence, key)};
  }
  return std::nullopt;
}

}  // namespace quorate::sim
