// Draws which event took the place of which, in lines of text as `git log --graph` has them.
//
// Place:      under the versions of a key, as kvcli and kvsim show them.
// tests/client/version_graph_test.cc, tests/sim/report/key_history_test.cc.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "node/causality/dot.h"

namespace quorate {

struct GraphNode {
  Dot dot;
  std::vector<Dot> replaced_by;  // nodes that come before it
  bool current = false;
};

// From the first node down: "*" for a current one, "o" for another; lines between lead from a node
// to those that it replaced. `node` is the row's; nothing for a row of lines alone.
struct GraphRow {
  std::string lines;
  std::optional<std::size_t> node;
};

// REQUIRES: who replaced a node comes before it.
std::vector<GraphRow> draw_graph(const std::vector<GraphNode>& nodes);

}  // namespace quorate
