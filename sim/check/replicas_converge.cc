// Converge (papers/faults.md): after healing, and a read of every key, its primaries hold the same
// state within a stated time (kSettleMax and kConvergeMax, run/run.h), which has passed when this
// is asked.
#include "sim/check/property.h"

namespace quorate::sim {

namespace {

// A primary that neither shows nor holds what the first one does; 0: there is none.
NodeId differing(const Cluster& cluster, const Key& key) {
  static const Record kNothing;
  const std::vector<NodeId> primaries = cluster.primaries(key);
  const auto held = [&](NodeId node) {
    const Row* row = cluster.row(node, key);
    return row == nullptr ? kNothing : row->record;
  };
  // While remains are being retired or reaped, one shows less than another that holds the same.
  for (const NodeId node : primaries) {
    if (!same_state(cluster.shown(primaries[0], key), cluster.shown(node, key)) &&
        !same_state(held(primaries[0]), held(node))) {
      return node;
    }
  }
  return 0;
}

std::string differ(const Cluster& cluster, const Key& key, NodeId node) {
  return "nodes " + std::to_string(cluster.primaries(key).front()) + " and " +
         std::to_string(node) + " differ on " + key.bucket + "/" + key.name;
}

}  // namespace

std::optional<std::string> first_difference(const Cluster& cluster, const std::vector<Key>& keys) {
  for (const Key& key : keys) {
    if (const NodeId node = differing(cluster, key)) return differ(cluster, key, node);
  }
  return std::nullopt;
}

std::optional<Violation> replicas_converge(const Evidence& evidence) {
  for (const Key& key : evidence.keys) {
    if (const NodeId node = differing(evidence.cluster, key)) {
      return Violation{kReplicasConverge,
                       differ(evidence.cluster, key, node) + ":\n" + describe_key(evidence, key)};
    }
  }
  return std::nullopt;
}

}  // namespace quorate::sim
