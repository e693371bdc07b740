// A node that finds out that it forgot something rebuilds, and counts towards no read till then: it
// must not believe so when its disk lost nothing.
//
// Says nothing of a node that is new: one whose first changes were not durable yet when its power
// failed cannot be told from one whose disk was lost (decision 0003). Nor of worlds where
// acknowledged means handed to the kernel: there a power cut is a loss.
#include <algorithm>

#include "sim/check/property.h"

namespace quorate::sim {

std::optional<Violation> forgets_only_what_was_lost(const Evidence& evidence) {
  if (evidence.cluster.options().disk.durability != Durability::kFsync) return std::nullopt;
  const auto& damages = evidence.ledger.damages();
  for (const ForgetfulNode& found : evidence.ledger.forgetful()) {
    const bool lost = std::any_of(damages.begin(), damages.end(), [&](const DamageEvent& damage) {
      return damage.node == found.node && damage.time <= found.time &&
             (damage.damage == DiskDamage::kWiped || damage.damage == DiskDamage::kRestored);
    });
    if (lost) continue;
    return Violation{"forgets only what was lost",
                     "  node " + std::to_string(found.node) + " at " + time_to_string(found.time) +
                         " began with mark " + std::to_string(found.began_with) +
                         " and lost nothing; node " + std::to_string(found.told_by) +
                         " told it of mark " + std::to_string(found.heard)};
  }
  return std::nullopt;
}

}  // namespace quorate::sim
