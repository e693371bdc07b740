// Who stands with whom: the sides that a cut, or the end of a process, leaves of a world.
//
// Nodes are on one side when they have the same links: each reaches, and is reached by, the same
// nodes. For a clean split these are the two parts; the node that still reaches both parts of a
// bridge is a side of its own; with a one-way cut each end is one, and says who no longer hears it.
//
// Place:      derived from a plan's faults and from the lives that were seen (timeline.h); the
//             reports count what clients were told on each side.
// Invariants: all links between two sides, in one direction, are alike: they pass, or they are cut
//             (tests/sim/report/sides_test.cc).
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/run/plan.h"
#include "sim/world/observer.h"

namespace quorate::sim {

// A node's process began, ended, was stopped or went on.
struct LifeChange {
  SimTime at = 0;
  NodeId node = 0;
  LifeEvent event = LifeEvent::kStarted;
};

enum class Standing : std::uint8_t {
  kRunning,
  kPaused,   // all nodes that are
  kCrashed,  // all nodes that are
  kAlone,    // clients that reach no node
};

struct Side {
  Standing standing = Standing::kRunning;
  std::vector<NodeId> nodes;    // ascending; none when kAlone
  std::vector<HostId> clients;  // that reach one of its nodes, and no node of another side

  friend auto operator<=>(const Side&, const Side&) = default;
};

// The links of one moment, as far as they matter.
struct Layout {
  // Running nodes first, by their smallest member; then by standing.
  std::vector<Side> sides;
  // (from, to), both running: what the one sends never reaches the other.
  std::set<std::pair<std::size_t, std::size_t>> blocked;

  // All nodes run and see one another, and every client sees some node.
  bool whole() const { return sides.size() == 1 && sides[0].standing == Standing::kRunning; }

  std::optional<std::size_t> side_of(NodeId node) const;
  // Of a client that reaches one side only, or none.
  std::optional<std::size_t> side_of_client(HostId client) const;

  // Do messages pass between the two, both ways? They do within a side that runs.
  bool linked(std::size_t a, std::size_t b) const;

  friend auto operator<=>(const Layout&, const Layout&) = default;
};

// What is cut and who does not run.
struct Severed {
  std::set<std::pair<HostId, HostId>> cuts;  // from, to
  std::set<NodeId> crashed;
  std::set<NodeId> paused;
};

// `endpoints`: of each client, the nodes that it speaks to; none: all.
Layout layout_of(const Severed& severed, std::uint16_t nodes,
                 const std::vector<std::vector<NodeId>>& endpoints);

// A stretch of time without a change.
struct Phase {
  SimTime begin = 0;
  SimTime end = 0;
  std::size_t layout = 0;  // index into Phases::layouts
};

struct Phases {
  std::vector<Layout> layouts;  // each once, in the order of its first phase
  std::vector<Phase> phases;    // without gaps, from 0 to the end

  const Layout& at(SimTime time) const;
};

// From the plan's cuts, all mended when its faults end, and from the lives that were seen.
Phases phases_of(const RunPlan& plan, const std::vector<LifeChange>& lives, SimTime end);

// "1 2", "1-4 7": nodes as people list them.
std::string node_list(const std::vector<NodeId>& nodes);

// In words: "1 | 2 3", "1 2 | 4 5, 3 reaches both", "2 3 cannot hear 1", "2 down".
std::string describe(const Layout& layout);

}  // namespace quorate::sim
