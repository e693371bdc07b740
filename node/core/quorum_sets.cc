#include "node/core/quorum_sets.h"

namespace quorate {

NodeList union_of(const ReplicaSets& sets) {
  NodeList nodes;
  for (const ReplicaSet& set : sets) {
    for (NodeId node : set.nodes) {
      if (std::find(nodes.begin(), nodes.end(), node) == nodes.end()) nodes.push_back(node);
    }
  }
  return nodes;
}

}  // namespace quorate
