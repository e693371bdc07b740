// Counting answers over a list of replica sets: a quorum is reached when each set has enough.
//
// One set now; two while a ring change is under way, so that old and new owners must both agree. A
// node may stand in several sets.
#pragma once

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <cstdint>

#include "node/causality/dot.h"

namespace quorate {

// Every request makes some of these: as few nodes as a key usually has need no memory of their own.
using NodeList = boost::container::small_vector<NodeId, 7>;

struct ReplicaSet {
  NodeList nodes;
  std::uint32_t needed = 0;
};
using ReplicaSets = boost::container::small_vector<ReplicaSet, 1>;

// All nodes of all sets, each once, in order of first appearance.
NodeList union_of(const ReplicaSets& sets);

// How many more answers are needed in the set that lacks most, given who has answered, and how many
// fallbacks have, each in the place of one primary that has not.
template <typename HasAnswered>
std::uint32_t lacking(const ReplicaSets& sets, HasAnswered&& has_answered,
                      std::uint32_t fallbacks = 0) {
  std::uint32_t worst = 0;
  for (const ReplicaSet& set : sets) {
    const auto of_primaries =
        static_cast<std::uint32_t>(std::count_if(set.nodes.begin(), set.nodes.end(), has_answered));
    const auto places = static_cast<std::uint32_t>(set.nodes.size());
    const std::uint32_t have = std::min(of_primaries + fallbacks, places);
    worst = std::max(worst, have >= set.needed ? 0 : set.needed - have);
  }
  return worst;
}

}  // namespace quorate
