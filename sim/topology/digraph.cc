#include "sim/topology/digraph.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "node/base/check.h"

namespace quorate::sim {

Digraph::Digraph(unsigned nodes) : nodes_(nodes) {
  QUORATE_CHECK(nodes >= 1 && nodes <= kNodesMax);
}

Digraph Digraph::from_bits(unsigned nodes, std::uint32_t bits) {
  Digraph graph(nodes);
  graph.bits_ = bits;
  return graph;
}

unsigned Digraph::arcs() const { return static_cast<unsigned>(std::popcount(bits_)); }

std::uint32_t Digraph::bit(unsigned from, unsigned to) const {
  QUORATE_CHECK(from >= 1 && from <= nodes_ && to >= 1 && to <= nodes_ && from != to);
  return std::uint32_t{1} << ((from - 1) * nodes_ + (to - 1));
}

bool Digraph::hears(unsigned from, unsigned to) const { return (bits_ & bit(from, to)) != 0; }

void Digraph::connect(unsigned from, unsigned to) { bits_ |= bit(from, to); }

namespace {

// Every pair of two different nodes, as a bit of the number of its graph.
struct Pair {
  unsigned from;
  unsigned to;
};

std::vector<Pair> pairs_of(unsigned nodes) {
  std::vector<Pair> pairs;
  for (unsigned from = 1; from <= nodes; ++from) {
    for (unsigned to = 1; to <= nodes; ++to) {
      if (from != to) pairs.push_back({from, to});
    }
  }
  return pairs;
}

// Graphs counted densely: bit i is the i-th pair.
Digraph from_dense(unsigned nodes, const std::vector<Pair>& pairs, std::uint32_t dense) {
  Digraph graph(nodes);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if ((dense >> i & 1) != 0) graph.connect(pairs[i].from, pairs[i].to);
  }
  return graph;
}

// For each renaming of the nodes, where each pair goes.
std::vector<std::vector<unsigned>> renamings(unsigned nodes, const std::vector<Pair>& pairs) {
  std::vector<unsigned> names(nodes);
  std::iota(names.begin(), names.end(), 1u);
  std::vector<std::vector<unsigned>> all;
  do {
    std::vector<unsigned> moved;
    for (const Pair& pair : pairs) {
      const unsigned from = names[pair.from - 1];
      const unsigned to = names[pair.to - 1];
      const auto at = std::find_if(pairs.begin(), pairs.end(), [&](const Pair& other) {
        return other.from == from && other.to == to;
      });
      moved.push_back(static_cast<unsigned>(at - pairs.begin()));
    }
    all.push_back(std::move(moved));
  } while (std::next_permutation(names.begin(), names.end()));
  return all;
}

}  // namespace

std::vector<Digraph> all_shapes(unsigned nodes) {
  const std::vector<Pair> pairs = pairs_of(nodes);
  const std::vector<std::vector<unsigned>> moves = renamings(nodes, pairs);
  const std::uint32_t count = std::uint32_t{1} << pairs.size();
  std::vector<bool> seen(count);
  std::vector<Digraph> shapes;
  for (std::uint32_t dense = 0; dense < count; ++dense) {
    if (seen[dense]) continue;
    for (const std::vector<unsigned>& move : moves) {
      std::uint32_t renamed = 0;
      for (std::size_t i = 0; i < move.size(); ++i) renamed |= (dense >> i & 1) << move[i];
      seen[renamed] = true;
    }
    shapes.push_back(from_dense(nodes, pairs, dense));
  }
  std::stable_sort(shapes.begin(), shapes.end(),
                   [](const Digraph& a, const Digraph& b) { return a.arcs() < b.arcs(); });
  return shapes;
}

std::string to_string(const Digraph& graph) {
  std::string text;
  for (unsigned a = 1; a <= graph.nodes(); ++a) {
    for (unsigned b = a + 1; b <= graph.nodes(); ++b) {
      const bool there = graph.hears(a, b);
      const bool back = graph.hears(b, a);
      if (!there && !back) continue;
      if (!text.empty()) text += ' ';
      if (there) {
        text += std::to_string(a) + (back ? "<->" : "->") + std::to_string(b);
      } else {
        text += std::to_string(b) + "->" + std::to_string(a);
      }
    }
  }
  return text.empty() ? "no links" : text;
}

}  // namespace quorate::sim
