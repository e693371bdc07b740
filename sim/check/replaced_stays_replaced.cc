// What a write dropped does not live on beside that write, in any replica: a deleted value does not
// return.
#include <algorithm>

#include "sim/check/property.h"

namespace quorate::sim {

namespace {

// The event, known to the record, that had dropped this living sibling; null when there is none.
const MintedEvent* dropped_by(const Evidence& evidence, const Key& key, const Record& record,
                              const Dot& living) {
  for (const MintedEvent* event : evidence.ledger.of_key(key)) {
    if (event->dot == living || !record.context.contains(event->dot)) continue;
    if (!event->known_after.contains(living)) continue;
    const auto& kept = event->living_after;
    if (std::find(kept.begin(), kept.end(), living) == kept.end()) return event;
  }
  return nullptr;
}

}  // namespace

std::optional<Violation> replaced_stays_replaced(const Evidence& evidence) {
  for (const Key& key : evidence.keys) {
    for (const NodeId node : evidence.cluster.primaries(key)) {
      const Row* row = evidence.cluster.row(node, key);
      if (row == nullptr) continue;
      for (const Sibling& sibling : row->record.siblings) {
        const MintedEvent* dropper = dropped_by(evidence, key, row->record, sibling.dot);
        if (dropper == nullptr) continue;
        return Violation{"replaced stays replaced",
                         "node " + std::to_string(node) +
                             " holds what a write that it knows dropped:\n" +
                             describe_event(evidence, sibling.dot) +
                             describe_event(evidence, dropper->dot) + describe_key(evidence, key)};
      }
    }
  }
  return std::nullopt;
}

}  // namespace quorate::sim
