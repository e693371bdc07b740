#include "sim/report/side_table.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "sim/report/column_table.h"
#include "sim/report/lanes.h"
#include "sim/report/text_layout.h"

namespace quorate::sim {

namespace {

// So many layouts are told apart; what happened in the others is told together.
constexpr std::size_t kLayoutsMax = 4;

// Of a heading, or a list of nodes or clients.
constexpr std::size_t kCellWidthMax = 24;

using CellOf = std::function<Cell(const Column&)>;

struct Row {
  std::string name;
  CellOf cell;
  bool always = true;  // false: left out when all its cells are dim
};

Cell ability(const Ability& able) {
  if (able.keys == able.of) return Cell{"yes", Style::kGood};
  if (able.keys == 0) return Cell{"no", Style::kBad};
  return Cell{std::to_string(able.keys) + " of " + std::to_string(able.of), Style::kWarning};
}

Cell duration(SimTime time, Style style = Style::kPlain) {
  return time == 0 ? Cell{"-", Style::kDim} : Cell{duration_text(time), style};
}

Cell percentile(const Tally& tally, SimTime Latencies::*which) {
  return tally.latencies ? Cell{duration_text((*tally.latencies).*which)} : Cell{"-", Style::kDim};
}

std::string clients_text(const RunSummary& summary, const Column& column) {
  if (!column.side) return "all";
  const Layout& layout = summary.phases.layouts[column.layout];
  const std::vector<HostId>& clients = layout.sides[*column.side].clients;
  if (clients.size() == summary.clients) return "all";
  std::vector<NodeId> numbers;
  for (const HostId client : clients) {
    numbers.push_back(static_cast<NodeId>(client - kFirstClientHost + 1));
  }
  return numbers.empty() ? "-" : shortened(node_list(numbers), kCellWidthMax);
}

bool runs(const RunSummary& summary, const Column& column) {
  if (!column.side) return true;
  return summary.phases.layouts[column.layout].sides[*column.side].standing == Standing::kRunning;
}

void add_tally_rows(std::vector<Row>& rows, Tally Column::*part, const std::string& what) {
  const auto told = [part](Told kind, Style style) {
    return [=](const Column& column) { return number_cell((column.*part).count(kind), style); };
  };
  const bool writes = part == &Column::writes;
  rows.push_back(
      {what, [=](const Column& column) { return number_cell((column.*part).attempted); }});
  rows.push_back({writes ? "  acknowledged" : "  fresh", told(Told::kAnswered, Style::kGood)});
  if (!writes) rows.push_back({"  stale", told(Told::kStale, Style::kWarning), false});
  rows.push_back({writes ? "  refused" : "  not answered", told(Told::kRefused, Style::kBad)});
  if (writes) rows.push_back({"  unknown", told(Told::kUnknown, Style::kBad), false});
  rows.push_back({"  by another side",
                  [=](const Column& column) { return number_cell((column.*part).elsewhere); },
                  false});
  if (!writes) {
    rows.push_back({"  with siblings",
                    [](const Column& column) {
                      return number_cell(column.reads_with_siblings, Style::kWarning);
                    },
                    false});
    rows.push_back({"  versions behind",
                    [](const Column& column) {
                      return number_cell(column.versions_behind_max, Style::kWarning);
                    },
                    false});
    rows.push_back(
        {"  time behind",
         [](const Column& column) { return duration(column.behind_max, Style::kWarning); }, false});
  }
  rows.push_back(
      {"  p50", [=](const Column& column) { return percentile(column.*part, &Latencies::p50); }});
  rows.push_back(
      {"  p99", [=](const Column& column) { return percentile(column.*part, &Latencies::p99); }});
}

std::vector<Row> all_rows(const RunSummary& summary) {
  std::vector<Row> rows;
  rows.push_back({"nodes", [&](const Column& column) {
                    if (column.side) return Cell{shortened(column.title, kCellWidthMax)};
                    return Cell{summary.nodes == 1 ? "1" : "1-" + std::to_string(summary.nodes)};
                  }});
  rows.push_back(
      {"clients", [&](const Column& column) { return Cell{clients_text(summary, column)}; }});
  rows.push_back({"for", [](const Column& column) { return duration(column.duration); }});
  rows.push_back(
      {"can read", [&](const Column& column) {
         return runs(summary, column) ? ability(column.reads_possible) : Cell{"no", Style::kBad};
       }});
  rows.push_back(
      {"can write", [&](const Column& column) {
         return runs(summary, column) ? ability(column.writes_possible) : Cell{"no", Style::kBad};
       }});
  add_tally_rows(rows, &Column::writes, "writes");
  add_tally_rows(rows, &Column::reads, "reads");
  return rows;
}

std::string heading_of(const RunSummary& summary, const Column& column) {
  if (!column.letter.empty()) return shade_of(column).text + " " + column.letter;
  if (!column.side) return column.title;
  const Layout& layout = summary.phases.layouts[column.layout];
  const bool only_side_that_runs =
      layout.sides[*column.side].standing == Standing::kRunning && !layout.whole();
  return only_side_that_runs ? shortened(describe(layout), kCellWidthMax) : "";
}

bool says_something(const RunSummary& summary, const Column& column) {
  return column.reads.attempted + column.writes.attempted > 0 ||
         (column.side && runs(summary, column));
}

// The layouts that lasted longest or saw most, in their order.
std::vector<const Column*> shown_columns(const RunSummary& summary, bool& some_left_out) {
  std::vector<std::pair<SimTime, std::size_t>> layouts;
  for (std::size_t i = 0; i < summary.phases.layouts.size(); ++i) {
    SimTime duration = 0;
    bool severed = false;
    for (const Column& column : summary.columns) {
      if (column.layout != i || !column.side) continue;
      duration = column.duration;
      severed = true;
    }
    if (severed) layouts.emplace_back(-duration, i);
  }
  std::sort(layouts.begin(), layouts.end());
  some_left_out = layouts.size() > kLayoutsMax;
  if (some_left_out) layouts.resize(kLayoutsMax);
  std::vector<const Column*> columns;
  for (const Column& column : summary.columns) {
    const bool chosen = std::any_of(layouts.begin(), layouts.end(), [&](const auto& layout) {
      return layout.second == column.layout;
    });
    if ((chosen || !column.side) && says_something(summary, column)) columns.push_back(&column);
  }
  return columns;
}

// Which cut the letters stand for: "A | B for 2.00 s: 1 | 2 3".
std::string cuts_text(const RunSummary& summary, const std::vector<const Column*>& columns,
                      unsigned width) {
  std::string text;
  std::vector<std::size_t> told;
  for (const Column* column : columns) {
    if (column->letter.empty()) continue;
    if (std::find(told.begin(), told.end(), column->layout) != told.end()) continue;
    told.push_back(column->layout);
    std::string letters;
    for (const Column& other : summary.columns) {
      if (other.layout == column->layout && !other.letter.empty()) {
        letters += (letters.empty() ? "" : "  ") + shade_of(other).text + " " + other.letter;
      }
    }
    text += wrapped(letters + ": the cut " + describe(summary.phases.layouts[column->layout]) +
                        ", for " + duration_text(column->duration),
                    {.width = width, .indent = 2, .hanging = 4});
  }
  return text;
}

}  // namespace

std::string side_tables(const RunSummary& summary, const RunReportOptions& options) {
  bool some_left_out = false;
  const std::vector<const Column*> columns = shown_columns(summary, some_left_out);
  ColumnTable table;
  for (const Column* column : columns) table.titles.push_back(heading_of(summary, *column));
  for (const Row& row : all_rows(summary)) {
    ColumnTable::Row cells{row.name, {}, !row.always};
    for (const Column* column : columns) cells.cells.push_back(row.cell(*column));
    table.rows.push_back(std::move(cells));
  }
  std::string text = cuts_text(summary, columns, options.width);
  text += (text.empty() ? "" : "\n") + table.text(options.width, options.colour);
  if (some_left_out) {
    text += "  and " + counted(summary.phases.layouts.size(), "layout", "layouts") +
            " of the links in all; --json has every one\n";
  }
  return text;
}

}  // namespace quorate::sim
