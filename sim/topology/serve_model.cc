#include "sim/topology/serve_model.h"

#include <algorithm>
#include <utility>

namespace quorate::sim {

namespace {

using Group = std::vector<unsigned>;

bool contains(const std::vector<unsigned>& nodes, unsigned node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

// Who may coordinate a write that this node got.
std::vector<unsigned> write_coordinators(const Digraph& graph,
                                         const std::vector<unsigned>& primaries, unsigned node) {
  if (contains(primaries, node)) return {node};
  return counting(graph, primaries, node);
}

bool disjoint(const Group& a, const Group& b) {
  return std::none_of(a.begin(), a.end(), [&](unsigned node) { return contains(b, node); });
}

// For each coordinator that can take a write with this w from this node: whom the write reaches.
std::vector<Group> written_groups(const Digraph& graph, const Group& primaries, unsigned node,
                                  unsigned w) {
  std::vector<Group> groups;
  for (const unsigned coordinator : write_coordinators(graph, primaries, node)) {
    Group group = counting(graph, primaries, coordinator);
    if (group.size() >= w) groups.push_back(std::move(group));
  }
  return groups;
}

}  // namespace

std::vector<unsigned> counting(const Digraph& graph, const std::vector<unsigned>& primaries,
                               unsigned node) {
  std::vector<unsigned> all;
  for (const unsigned primary : primaries) {
    if (primary == node || graph.mutual(primary, node)) all.push_back(primary);
  }
  return all;
}

unsigned r_served(const Digraph& graph, const std::vector<unsigned>& primaries, unsigned node) {
  return static_cast<unsigned>(counting(graph, primaries, node).size());
}

unsigned w_served(const Digraph& graph, const std::vector<unsigned>& primaries, unsigned node) {
  std::size_t most = 0;
  for (const unsigned coordinator : write_coordinators(graph, primaries, node)) {
    most = std::max(most, counting(graph, primaries, coordinator).size());
  }
  return static_cast<unsigned>(most);
}

bool never_seen(const Digraph& graph, const std::vector<unsigned>& primaries, unsigned writer,
                unsigned w, unsigned reader, unsigned r) {
  const Group seen = counting(graph, primaries, reader);
  if (seen.size() < r) return false;
  const std::vector<Group> written = written_groups(graph, primaries, writer, w);
  return std::any_of(written.begin(), written.end(),
                     [&](const Group& group) { return disjoint(group, seen); });
}

bool no_shared_replica(const Digraph& graph, const std::vector<unsigned>& primaries, unsigned a,
                       unsigned b, unsigned w) {
  const std::vector<Group> others = written_groups(graph, primaries, b, w);
  for (const Group& group : written_groups(graph, primaries, a, w)) {
    for (const Group& other : others) {
      if (disjoint(group, other)) return true;
    }
  }
  return false;
}

}  // namespace quorate::sim
