#include "sim/report/column_table.h"

#include <algorithm>

namespace quorate::sim {

namespace {

bool says_nothing(const ColumnTable::Row& row) {
  return row.dispensable && std::all_of(row.cells.begin(), row.cells.end(),
                                        [](const Cell& cell) { return cell.style == Style::kDim; });
}

}  // namespace

std::string ColumnTable::text(unsigned width, bool colour) const {
  std::vector<const Row*> shown;
  std::size_t names = 0;
  for (const Row& row : rows) {
    if (says_nothing(row)) continue;
    shown.push_back(&row);
    names = std::max(names, width_of(row.name));
  }
  std::string text;
  for (std::size_t begin = 0; begin < titles.size();) {
    std::vector<Table::Column> columns{{""}};
    std::size_t used = 2 + names;
    std::size_t end = begin;
    for (; end < titles.size(); ++end) {
      std::size_t widest = width_of(titles[end]);
      for (const Row* row : shown) widest = std::max(widest, width_of(row->cells[end].text));
      if (end > begin && used + 2 + widest > width) break;
      used += 2 + widest;
      columns.push_back({titles[end], true});
    }
    Table table(std::move(columns));
    for (const Row* row : shown) {
      std::vector<Cell> cells{{row->name}};
      for (std::size_t i = begin; i < end; ++i) cells.push_back(row->cells[i]);
      table.add(std::move(cells));
    }
    text += (text.empty() ? "" : "\n") + table.text(colour);
    begin = end;
  }
  return text;
}

Cell number_cell(std::uint64_t count, Style style) {
  return Cell{with_commas(count), count == 0 ? Style::kDim : style};
}

}  // namespace quorate::sim
