// Who hears whom: a directed graph over a few nodes, as one number, and every such graph up to
// renaming its nodes.
//
// Place:      sweep.h runs a cluster under each; serve_model.h says what to expect.
// Invariants: (1) of all graphs that renaming makes of one another, the one with the smallest
//             number stands for them; (2) there are 3 over 2 nodes, 16 over 3, 218 over 4, 9,608
//             over 5 (OEIS A000273). Shown in tests/sim/topology/digraph_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace quorate::sim {

class Digraph {
 public:
  static constexpr unsigned kNodesMax = 5;

  // Nobody hears anybody. REQUIRES: 1 <= nodes <= kNodesMax.
  explicit Digraph(unsigned nodes);
  static Digraph from_bits(unsigned nodes, std::uint32_t bits);

  unsigned nodes() const { return nodes_; }
  std::uint32_t bits() const { return bits_; }
  unsigned arcs() const;

  // Nodes are 1 to nodes(). What `from` sends to another arrives there.
  bool hears(unsigned from, unsigned to) const;
  void connect(unsigned from, unsigned to);

  // Each hears the other.
  bool mutual(unsigned a, unsigned b) const { return hears(a, b) && hears(b, a); }

  friend bool operator==(const Digraph&, const Digraph&) = default;

 private:
  std::uint32_t bit(unsigned from, unsigned to) const;

  unsigned nodes_;
  std::uint32_t bits_ = 0;  // of from * nodes + to, counted from 0
};

// One graph for each shape, those with fewer arcs first, then by number.
std::vector<Digraph> all_shapes(unsigned nodes);

// "1<->2 2->3", or "no links".
std::string to_string(const Digraph& graph);

}  // namespace quorate::sim
