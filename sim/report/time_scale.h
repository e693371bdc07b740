// Simulated time laid out over a number of columns, from 0 to an end.
//
// Place:      timelines in text (lanes.h) and as pictures (run_svg.cc).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/world/sim_time.h"

namespace quorate::sim {

class TimeScale {
 public:
  // REQUIRES: columns >= 1
  TimeScale(SimTime end, unsigned columns);

  unsigned columns() const { return columns_; }

  // Times before 0 or past the end are in the first or the last column.
  unsigned column_of(SimTime time) const;

  // The first and the last column of a stretch of time, however short it is.
  std::pair<unsigned, unsigned> columns_of(SimTime begin, SimTime end) const;

  // When a column begins; that of `columns()` is the end.
  SimTime begin_of(unsigned column) const;

  // Round times, evenly apart, no label touching the next.
  struct Tick {
    SimTime time = 0;
    std::string label;  // the first with its unit
  };
  std::vector<Tick> ticks(unsigned apart_min) const;

 private:
  SimTime end_;
  unsigned columns_;
};

// Three digits and a unit: "850 us", "12.3 ms", "1.25 s", "0".
std::string duration_text(SimTime duration);

}  // namespace quorate::sim
