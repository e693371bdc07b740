// A table read from top to bottom: a column for each thing that is compared, a row for each thing
// that is counted, broken into several tables where the width asks for it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/report/table.h"

namespace quorate::sim {

struct ColumnTable {
  struct Row {
    std::string name;
    std::vector<Cell> cells;   // as many as there are titles
    bool dispensable = false;  // left out when all its cells are dim
  };
  std::vector<std::string> titles;
  std::vector<Row> rows;

  // Lines of at most `width` columns, as far as the widest column lets them.
  std::string text(unsigned width, bool colour) const;
};

// Cells of numbers, 0 dim.
Cell number_cell(std::uint64_t count, Style style = Style::kPlain);

}  // namespace quorate::sim
