// What befell one node, as stretches of time: crashes, pauses, disks, clocks, slow links.
//
// Place:      timelines, in text (lanes.h) and as pictures (run_svg.cc).
// Not here:   cuts, which are of sides: sides.h.
#pragma once

#include <string>
#include <vector>

#include "sim/report/run_summary.h"
#include "sim/report/table.h"

namespace quorate::sim {

struct Trouble {
  SimTime begin = 0;
  SimTime end = 0;   // the same as begin: of a moment
  std::string sign;  // one column wide
  std::string meaning;
  Style style = Style::kWarning;
  int gravity = 0;  // where several are at once the gravest shows
};

// Ascending by begin within each kind.
std::vector<Trouble> troubles_of(const RunSummary& summary, NodeId node);

}  // namespace quorate::sim
