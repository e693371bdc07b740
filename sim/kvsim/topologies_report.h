// What kvsim topologies prints.
#pragma once

#include <string>
#include <vector>

#include "sim/topology/topology_summary.h"

namespace quorate::sim {

struct TopologiesReport {
  const TopologyRun& run;
  const std::vector<TopologyVerdict>& verdicts;
  std::size_t first_number = 1;  // of the first verdict's graph, among all shapes
};

// For a person: over all shapes, how many still serve which quorums.
std::string topologies_text(const TopologiesReport& report, bool colours);

// For a person: one shape, drawn, and what each node serves under it.
std::string topology_text(const TopologiesReport& report, bool colours);

// For a program, one line:
//
//     {"nodes", "asked_at_ms", "deadline_ms",
//      "graphs": [{"graph", "arcs": [[from, to]],
//                  "keys": [{"n", "primaries": [node],
//                            "nodes": [{"node", "counts": [node], "r": [bool], "w": [bool]}]}]}],
//      "summary": [{"n", "cases",
//                   "reads": [{"k", "everywhere", "somewhere", "nowhere"}], "writes": as reads,
//                   "split_brain": [count], "pairs": [{"r", "w", "everywhere", "somewhere",
//                   "apart", "blind"}]}],
//      "differences": [text], "violations": [{"graph", "property", "witness"}]}
//
// r, w:        [k - 1] tells whether r = k, or w = k, was served at that node
// counts:      the primaries that this node and they hear of one another
// split_brain: [k - 1]: cases in which two nodes get writes with w = k that no replica shares
// apart:       no node gets both, but one gets reads and another writes
// blind:       an acknowledged write that a served read cannot see while the cut lasts
std::string topologies_json(const TopologiesReport& report);

}  // namespace quorate::sim
