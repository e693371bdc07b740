#include "sim/topology/topology_summary.h"

#include <algorithm>

#include "sim/topology/serve_model.h"

namespace quorate::sim {

namespace {

// One shape, and one way to hold the key in it.
struct Case {
  const Digraph& graph;
  const Placement& placement;
  const std::vector<Service>& services;

  bool read_served(unsigned node, unsigned r) const { return services[node - 1].reads[r - 1]; }
  bool write_served(unsigned node, unsigned w) const { return services[node - 1].writes[w - 1]; }

  template <typename Condition>
  unsigned nodes_where(Condition condition) const {
    unsigned count = 0;
    for (unsigned node = 1; node <= graph.nodes(); ++node) count += condition(node) ? 1 : 0;
    return count;
  }
};

void count(unsigned served, unsigned nodes, QuorumCount& into) {
  ++(served == nodes ? into.everywhere : served > 0 ? into.somewhere : into.nowhere);
}

bool blind(const Case& at, unsigned w, unsigned r) {
  for (unsigned writer = 1; writer <= at.graph.nodes(); ++writer) {
    if (!at.write_served(writer, w)) continue;
    for (unsigned reader = 1; reader <= at.graph.nodes(); ++reader) {
      if (reader == writer || !at.read_served(reader, r)) continue;
      if (never_seen(at.graph, at.placement.primaries, writer, w, reader, r)) return true;
    }
  }
  return false;
}

bool splits(const Case& at, unsigned w) {
  for (unsigned a = 1; a <= at.graph.nodes(); ++a) {
    if (!at.write_served(a, w)) continue;
    for (unsigned b = 1; b <= at.graph.nodes(); ++b) {
      if (b == a || !at.write_served(b, w)) continue;
      if (no_shared_replica(at.graph, at.placement.primaries, a, b, w)) return true;
    }
  }
  return false;
}

void add(const Case& at, TopologySummary& summary) {
  const unsigned nodes = at.graph.nodes();
  ++summary.cases;
  for (unsigned k = 1; k <= summary.n; ++k) {
    count(at.nodes_where([&](unsigned node) { return at.read_served(node, k); }), nodes,
          summary.reads[k - 1]);
    count(at.nodes_where([&](unsigned node) { return at.write_served(node, k); }), nodes,
          summary.writes[k - 1]);
    summary.split_brain[k - 1] += splits(at, k) ? 1 : 0;
  }
  for (PairCount& pair : summary.pairs) {
    const auto reads = [&](unsigned node) { return at.read_served(node, pair.r); };
    const auto writes = [&](unsigned node) { return at.write_served(node, pair.w); };
    const unsigned both =
        at.nodes_where([&](unsigned node) { return reads(node) && writes(node); });
    if (both == nodes) {
      ++pair.everywhere;
    } else if (both > 0) {
      ++pair.somewhere;
    } else if (at.nodes_where(reads) > 0 && at.nodes_where(writes) > 0) {
      ++pair.apart;
    }
    pair.blind += blind(at, pair.w, pair.r) ? 1 : 0;
  }
}

TopologySummary empty_summary(unsigned n) {
  TopologySummary summary;
  summary.n = n;
  summary.split_brain.resize(n);
  for (unsigned k = 1; k <= n; ++k) {
    summary.reads.push_back({k, 0, 0, 0});
    summary.writes.push_back({k, 0, 0, 0});
    for (unsigned w = 1; w <= n; ++w) summary.pairs.push_back({k, w, 0, 0, 0, 0});
  }
  return summary;
}

}  // namespace

std::vector<TopologySummary> summarise(const TopologyRun& run,
                                       const std::vector<TopologyVerdict>& verdicts) {
  std::vector<TopologySummary> summaries;
  for (std::size_t i = 0; i < run.placements().size(); ++i) {
    const Placement& placement = run.placements()[i];
    if (summaries.empty() || summaries.back().n != placement.n()) {
      summaries.push_back(empty_summary(placement.n()));
    }
    for (const TopologyVerdict& verdict : verdicts) {
      add(Case{verdict.graph, placement, verdict.services[i]}, summaries.back());
    }
  }
  return summaries;
}

}  // namespace quorate::sim
