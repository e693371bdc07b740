// A cluster of the real core under one graph of links, asked from every node with every r and w:
// what is served, and whether that is what serve_model.h expects.
//
// Place:      kvsim topologies runs one for each shape; tests/sim/topology/ run small ones.
//             "Served": once the cut is old enough for every node to have noticed (kCutAt to
//             kAskAt), a request with a deadline of 2 s succeeds at the first try. Clients reach
//             their node whatever the graph.
// Invariants: after the questions everything heals, and the run is judged by every property.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/run/run.h"
#include "sim/topology/digraph.h"

namespace quorate::sim {

// One way to hold a key: on every node, or, where there are more, on three of them.
struct Placement {
  std::vector<unsigned> primaries;  // in the order of preference
  Key key;

  unsigned n() const { return static_cast<unsigned>(primaries.size()); }
};

// What one node serves of one key: [k - 1] for r = k, and for w = k.
struct Service {
  std::vector<bool> reads;
  std::vector<bool> writes;
};

struct TopologyVerdict {
  explicit TopologyVerdict(const Digraph& shape) : graph(shape) {}

  Digraph graph;
  std::vector<std::vector<Service>> services;  // [placement][node - 1]
  std::vector<std::string> differences;        // from the model, one line each
  std::vector<Violation> violations;
};

class TopologyRun {
 public:
  static constexpr SimTime kCutAt = from_seconds(2);
  static constexpr SimTime kAskAt = from_seconds(5);
  static constexpr SimTime kDeadline = from_seconds(2);

  explicit TopologyRun(unsigned nodes);

  const std::vector<Placement>& placements() const { return placements_; }

  TopologyVerdict run(const Digraph& graph) const;

 private:
  RunPlan plan_for(const Digraph& graph) const;

  unsigned nodes_;
  RunPlan uncut_;
  std::vector<Placement> placements_;
};

}  // namespace quorate::sim
