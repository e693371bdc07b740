// The schedule unsynced_read (DESIGN 7): no reader saw what a crash then took back and nobody has.
//
// A read shows only what was durable on some replica. A crash takes nothing durable back; what can
// is a disk that loses what it had synced. So a value may rightly vanish only if such a disk held
// the last copy, which it must have lost after the read began: a read shows what some disk still
// holds. (An acknowledged value is on w disks and outlives that too: acknowledged_writes_survive.)
#include <algorithm>

#include "sim/check/property.h"

namespace quorate::sim {

namespace {

bool lost_with_a_disk(const Evidence& evidence, const Operation& read) {
  const auto& damages = evidence.ledger.damages();
  return std::any_of(damages.begin(), damages.end(), [&](const DamageEvent& damage) {
    return damage.time >= read.invoked && damage.hits(read.request.key);
  });
}

}  // namespace

std::optional<Violation> no_unsynced_read(const Evidence& evidence) {
  for (const Operation& operation : evidence.operations()) {
    if (!operation.answered_read()) continue;
    const Key& key = operation.request.key;
    for (const ReadValue& value : operation.reply.values) {
      if (accounted_for(evidence, key, value.dot)) continue;
      if (lost_with_a_disk(evidence, operation)) continue;
      return Violation{"no unsynced read", "read, and then nowhere:\n  " + to_string(operation) +
                                               "\n" + describe_event(evidence, value.dot) +
                                               describe_key(evidence, key)};
    }
  }
  return std::nullopt;
}

}  // namespace quorate::sim
