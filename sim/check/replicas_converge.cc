// Converge (papers/faults.md): after healing, and a read of every key, its primaries hold the same
// state within a stated time (kSettleMax and kConvergeMax, run/run.h), which has passed when this
// is asked.
#include "sim/check/property.h"

namespace quorate::sim {

std::optional<Violation> replicas_converge(const Evidence& evidence) {
  static const Record kNothing;
  for (const Key& key : evidence.keys) {
    const std::vector<NodeId> primaries = evidence.cluster.primaries(key);
    const Row* first_row = evidence.cluster.row(primaries.front(), key);
    const Record& first = first_row == nullptr ? kNothing : first_row->record;
    for (const NodeId node : primaries) {
      const Row* row = evidence.cluster.row(node, key);
      const Record& record = row == nullptr ? kNothing : row->record;
      if (same_state(first, record)) continue;
      return Violation{kReplicasConverge, "nodes " + std::to_string(primaries.front()) + " and " +
                                              std::to_string(node) + " differ on " + key.bucket +
                                              "/" + key.name + ":\n" + describe_key(evidence, key)};
    }
  }
  return std::nullopt;
}

}  // namespace quorate::sim
