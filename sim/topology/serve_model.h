// What a node can serve under a given graph of links, reasoned directly: the expectation that the
// real core is held against.
//
//   * A replica counts for a node when the two hear each other: an answer needs a way there and a
//     way back. Nothing is passed on by third nodes, so a link in one direction helps nobody.
//   * A read is coordinated by whoever got it (Dynamo 4.5): it is served when r primaries count,
//     the node itself among them if it is one.
//   * A write is coordinated by a primary: by the node itself if it is one, else by any primary
//     that it hears and that hears it. It is served when w primaries count for that coordinator.
#pragma once

#include <vector>

#include "sim/topology/digraph.h"

namespace quorate::sim {

// The primaries that count for a node.
std::vector<unsigned> counting(const Digraph& graph, const std::vector<unsigned>& primaries,
                               unsigned node);

// The largest r that a read at this node gets, the largest w that a write gets; 0: none at all.
unsigned r_served(const Digraph& graph, const std::vector<unsigned>& primaries, unsigned node);
unsigned w_served(const Digraph& graph, const std::vector<unsigned>& primaries, unsigned node);

// Whether a write acknowledged at one node with this w may stay unseen by reads at another with
// this r for as long as the cut lasts: both are served, and no primary counts for both. (Somebody
// who hears both sides may read and so repair; that is chance, not promise.)
bool never_seen(const Digraph& graph, const std::vector<unsigned>& primaries, unsigned writer,
                unsigned w, unsigned reader, unsigned r);

// The same of two writers with one w: two sides that both take writes.
bool no_shared_replica(const Digraph& graph, const std::vector<unsigned>& primaries, unsigned a,
                       unsigned b, unsigned w);

}  // namespace quorate::sim
