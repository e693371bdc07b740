// Anti-entropy finds what differs because trees are kept up with every change of a row. That it
// would be found out later all the same, when trees are verified, is no excuse.
#include <algorithm>

#include "sim/check/property.h"

namespace quorate::sim {

std::optional<Violation> trees_tell_the_truth(const Evidence& evidence) {
  const auto& damages = evidence.ledger.damages();
  for (const LyingTree& found : evidence.ledger.lying_trees()) {
    const bool damaged =
        std::any_of(damages.begin(), damages.end(), [&](const DamageEvent& damage) {
          return damage.node == found.node && damage.time <= found.time &&
                 (damage.damage == DiskDamage::kRowForgotten ||
                  damage.damage == DiskDamage::kRowUnreadable);
        });
    if (damaged) continue;
    return Violation{"trees tell the truth",
                     "  node " + std::to_string(found.node) + " at " + time_to_string(found.time) +
                         ": the hash trees of vnode " + std::to_string(found.vnode) +
                         " did not equal its rows, and none of them had been damaged"};
  }
  return std::nullopt;
}

}  // namespace quorate::sim
