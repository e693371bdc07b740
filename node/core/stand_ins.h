// Which fallback stands for which primary that cannot serve.
//
// Implements: Dynamo 4.6; papers/decisions/0008-hints.md: a pure function of the preference list
// and
//             of who can serve.
// Invariants: no fallback stands for two primaries, no primary has two.
//             tests/node/core/stand_ins_test.cc.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "node/causality/dot.h"

namespace quorate {

struct StandIn {
  NodeId primary = 0;
  NodeId fallback = 0;

  friend bool operator==(const StandIn&, const StandIn&) = default;
};

// The first fallback that can stand in for the first of the n primaries that lacks somebody, and so
// on; fewer when fallbacks run out. `preference_list` begins with the primaries.
template <typename Lacks, typename CanStandIn>
std::vector<StandIn> stand_ins(std::span<const NodeId> preference_list, std::size_t n,
                               Lacks&& lacks, CanStandIn&& can_stand_in) {
  std::vector<StandIn> found;
  n = std::min(n, preference_list.size());
  auto fallback = preference_list.begin() + static_cast<std::ptrdiff_t>(n);
  for (NodeId primary : preference_list.first(n)) {
    if (!lacks(primary)) continue;
    fallback = std::find_if(fallback, preference_list.end(), can_stand_in);
    if (fallback == preference_list.end()) break;
    found.push_back(StandIn{primary, *fallback++});
  }
  return found;
}

}  // namespace quorate
