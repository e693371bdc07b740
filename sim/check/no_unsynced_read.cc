// The schedule unsynced_read (DESIGN 7): no reader saw what a crash then took back and nobody has.
//
// A value whose write was never acknowledged may be lost with a disk, so this says nothing of
// worlds where disks lost what they had synced.
#include "sim/check/property.h"

namespace quorate::sim {

std::optional<Violation> no_unsynced_read(const Evidence& evidence) {
  const Damage& damage = evidence.damage;
  if (damage.rows_forgotten || damage.backups_restored || damage.stores_wiped ||
      damage.rows_corrupted) {
    return std::nullopt;
  }
  for (const Operation& operation : evidence.operations()) {
    if (!operation.answered_read()) continue;
    const Key& key = operation.request.key;
    for (const ReadValue& value : operation.reply.values) {
      if (accounted_for(evidence, key, value.dot)) continue;
      return Violation{"no unsynced read", "read, and then nowhere:\n  " + to_string(operation) +
                                               "\n" + describe_event(evidence, value.dot) +
                                               describe_key(evidence, key)};
    }
  }
  return std::nullopt;
}

}  // namespace quorate::sim
