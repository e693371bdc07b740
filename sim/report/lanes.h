// The timelines of a run as rows of signs: one for each node, one for each client, one for how many
// keys differ, under an axis of simulated time.
//
// Place:      text reports put them first. A picture of the same: run_svg.cc.
// Invariants: (1) what lasts less than a column still shows; where several things fall into one
//             column the gravest shows (tests/sim/report/lanes_test.cc); (2) the legend explains
//             exactly the signs that are there.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/report/run_summary.h"
#include "sim/report/table.h"
#include "sim/report/time_scale.h"

namespace quorate::sim {

struct Glyph {
  std::string text = " ";  // one column wide
  Style style = Style::kPlain;
};

// What signs mean. Signs of one meaning stand together, and so do meanings of one sign.
class Legend {
 public:
  void add(const Glyph& glyph, const std::string& meaning);
  void add(const Legend& other);

  // Lines of at most that width.
  std::string text(unsigned width, bool colour) const;

 private:
  struct Entry {
    std::vector<Glyph> glyphs;
    std::vector<std::string> meanings;
  };
  std::vector<Entry> entries_;
};

struct Lane {
  std::string name;
  std::vector<Glyph> cells;
};

class Lanes {
 public:
  Lanes(const RunSummary& summary, const TimeScale& scale);

  Lane node(NodeId node);

  // Of one client or several.
  Lane clients(std::string name, const std::vector<std::size_t>& clients);

  // As many as there are, or a few groups of clients whose links are cut alike.
  std::vector<Lane> all_clients();

  // How many keys had replicas that differed, on the average of each column.
  Lane differing();

  // Of the lanes made so far.
  const Legend& legend() const { return legend_; }

 private:
  const RunSummary& summary_;
  const TimeScale& scale_;
  Legend legend_;
};

// Labels, to stand above the lanes, indented by `indent` columns.
std::string axis_text(const TimeScale& scale, unsigned indent, bool colour);

// The lanes below one another, their names before them in `indent` columns.
std::string lanes_text(const std::vector<Lane>& lanes, unsigned indent, bool colour);

// Of a side, wherever it is shown.
Glyph shade_of(const Column& column);

}  // namespace quorate::sim
