// Sorts what clients did into the columns of a report: one for each side of each layout.
//
// Place:      run_summary.cc, once for each run. What a column is: run_summary.h.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/report/run_summary.h"

namespace quorate::sim {

class Columns {
 public:
  Columns(const Cluster& cluster, const std::vector<Key>& keys, const Phases& phases);

  // Sets the column of `happening`, and whether it was answered elsewhere, from the nodes that the
  // operation tried. REQUIRES: happening.invoked, finished, told and client are set.
  void place(Happening& happening, const Operation& operation) const;

  // With everything that was placed in them counted.
  std::vector<Column> counted(const std::vector<Happening>& happenings) &&;

 private:
  void add_layout(std::size_t layout);
  std::size_t column_of(std::size_t layout, std::optional<std::size_t> side) const;
  std::size_t whole_column(SimTime time) const;
  Ability possible(const Layout& layout, std::optional<std::size_t> side, bool writes) const;

  const Cluster& cluster_;
  const std::vector<Key>& keys_;
  const Phases& phases_;
  std::vector<Column> columns_;
  SimTime severed_first_ = 0;  // when the first phase that is not whole begins
};

}  // namespace quorate::sim
