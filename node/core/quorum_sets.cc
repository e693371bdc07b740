#include "node/core/quorum_sets.h"

namespace quorate {

std::vector<NodeId> union_of(const ReplicaSets& sets) {
  std::vector<NodeId> nodes;
  for (const ReplicaSet& set : sets) {
    for (NodeId node : set.nodes) {
      if (std::find(nodes.begin(), nodes.end(), node) == nodes.end()) nodes.push_back(node);
    }
  }
  return nodes;
}

}  // namespace quorate
