#include "sim/faults/damage.h"

namespace quorate::sim {

Damage damage_of(const std::vector<Fault>& faults) {
  Damage damage;
  for (const Fault& fault : faults) {
    if (fault.kind == FaultKind::kWipe) damage.stores_wiped = true;
    if (fault.kind == FaultKind::kRestore) damage.backups_restored = true;
    if (fault.kind == FaultKind::kForgetRow) damage.rows_forgotten = true;
    if (fault.kind == FaultKind::kCorruptRow) damage.rows_corrupted = true;
  }
  return damage;
}

}  // namespace quorate::sim
