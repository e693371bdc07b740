#include "sim/kvsim/matrix_report.h"

#include <algorithm>
#include <boost/json.hpp>
#include <sstream>
#include <utility>

#include "sim/matrix/reading.h"
#include "sim/report/run_report.h"
#include "sim/report/table.h"
#include "sim/report/text_layout.h"
#include "sim/report/time_scale.h"

namespace quorate::sim {
namespace {

constexpr unsigned kWidth = 80;  // of sentences; tables are as wide as they are

// In whole percent, and never 0 or 100 for what only comes near.
std::string percent(const Share& share) {
  if (share.of == 0) return "";
  if (share.none()) return "0 %";
  if (share.all()) return "100 %";
  const std::uint64_t rounded = (share.count * 100 + share.of / 2) / share.of;
  if (rounded == 0) return "<1 %";
  if (rounded == 100) return ">99 %";
  return std::to_string(rounded) + " %";
}

Cell available(const Share& share) {
  const Style style = nearly_all(share) ? Style::kGood
                      : share.none()    ? Style::kBad
                                        : Style::kWarning;
  return {percent(share), style};
}

// A number that should be none.
Cell unwanted(std::uint64_t count, const std::string& text) {
  return count == 0 ? Cell{"-", Style::kDim} : Cell{text, Style::kBad};
}

// "1.4 (9)": missed by a stale read on average, and at most.
std::string behind(const MatrixCell& cell, std::uint64_t stale) {
  const std::uint64_t tenths = (cell.versions_behind * 10 + stale / 2) / stale;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " (" +
         std::to_string(cell.versions_behind_max) + ")";
}

std::vector<Cell> row_of(const MatrixBlock& block, const MatrixCell& cell) {
  const Configuration& configuration = cell.configuration;
  std::vector<Cell> row = {{std::to_string(configuration.r), Style::kBold},
                           {std::to_string(configuration.w), Style::kBold},
                           configuration.sloppy ? Cell{"yes"} : Cell{"-", Style::kDim},
                           configuration.overlapping() ? Cell{"yes"} : Cell{"-", Style::kDim}};
  for (const GroupCell& group : cell.groups) {
    row.push_back(available(group.reads));
    row.push_back(available(group.writes));
  }
  const Share stale = cell.together().stale;
  row.push_back(unwanted(stale.count, percent(stale)));
  row.push_back(unwanted(stale.count, stale.none() ? "" : behind(cell, stale.count)));
  row.push_back(
      unwanted(cell.keys_in_conflict.count, std::to_string(cell.keys_in_conflict.count) + " of " +
                                                std::to_string(cell.keys_in_conflict.of)));
  row.push_back(cell.not_converged == 0 ? Cell{duration_text(cell.converged_max)}
                                        : Cell{"never", Style::kBad});
  row.push_back(unwanted(cell.lost, with_commas(cell.lost)));
  row.push_back({given_up(block, cell)});
  return row;
}

Table table_of(const MatrixBlock& block) {
  std::vector<Table::Column> columns = {{"r", true}, {"w", true}, {"sloppy"}, {"r+w>n"}};
  for (const Group& group : block.groups) {
    columns.push_back({group.name + ": reads", true});
    columns.push_back({"writes", true});
  }
  for (const char* title : {"stale", "behind", "in conflict", "equal after", "lost"}) {
    columns.push_back({title, true});
  }
  columns.push_back({"gave up"});
  Table table(std::move(columns));
  for (const MatrixCell& cell : block.cells) table.add(row_of(block, cell));
  return table;
}

// The names of the sides over their columns, and what was given up in lines of its own.
std::string narrow_text(const MatrixBlock& block, bool colours) {
  std::vector<Table::Column> columns = {{"r", true}, {"w", true}, {"s"}};
  for (std::size_t i = 0; i < block.groups.size(); ++i) {
    columns.push_back({"r %", true});
    columns.push_back({"w %", true});
  }
  for (const char* title : {"stale", "behind", "conflict", "equal", "lost"}) {
    columns.push_back({title, true});
  }
  Table table(std::move(columns));
  std::string losses;
  for (const MatrixCell& cell : block.cells) {
    std::vector<Cell> row = row_of(block, cell);
    losses += "  r" + row[0].text + " w" + row[1].text +
              (cell.configuration.sloppy ? " sloppy" : "") + " gave up " + row.back().text + "\n";
    row.pop_back();
    row.erase(row.begin() + 3);  // r+w>n
    for (std::size_t i = 3; i < 3 + 2 * block.groups.size(); ++i) {
      row[i].text.resize(row[i].text.size() - std::min<std::size_t>(2, row[i].text.size()));
    }
    table.add(std::move(row));
  }
  const std::string plain = table.text(false);
  std::string names;
  std::size_t at = 0;
  for (const Group& group : block.groups) {
    at = plain.find("r %", at);
    if (names.size() < at) names.resize(at, ' ');
    names += group.name + " ";
    ++at;
  }
  names.pop_back();
  return styled(names, Style::kDim, colours) + "\n" + table.text(colours) + losses;
}

std::size_t width_of_lines(const std::string& text) {
  std::size_t width = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) width = std::max(width, width_of(line));
  return width;
}

}  // namespace

std::string matrix_heading(const MatrixOptions& options, bool colours) {
  const Window window = matrix_window();
  std::string text = styled("What each r and w gives up: n=" + std::to_string(options.n) +
                                " copies on " + std::to_string(options.nodes) + " nodes",
                            Style::kBold, colours);
  text +=
      "\n" + wrapped("Clients at every node put and get " + counted(kMatrixKeys, "key", "keys") +
                         " with the same holders; each "
                         "kind of partition stands for " +
                         duration_text(window.end - window.begin) + ", each row is " +
                         counted(options.seeds, "run", "runs") + ".",
                     {.width = kWidth});
  return text;
}

std::string matrix_block_text(const MatrixBlock& block, bool colours, unsigned width) {
  const Table table = table_of(block);
  const bool fits = width == kAnyWidth || width_of_lines(table.text(false)) <= width;
  const unsigned sentences =
      width == kAnyWidth ? kWidth : std::clamp(width, kReportWidthMin, kWidth);
  std::string text = "\n" + styled(partition_name(block.partition), Style::kBold, colours) + ": " +
                     block.title + "\n" +
                     (fits ? table.text(colours) : narrow_text(block, colours)) +
                     wrapped(reading(block), {.width = sentences, .indent = 2, .hanging = 2});
  for (const MatrixCell& cell : block.cells) {
    for (const std::string& violation : cell.violations) {
      text += "  " +
              styled("violated with r=" + std::to_string(cell.configuration.r) +
                         " w=" + std::to_string(cell.configuration.w) +
                         (cell.configuration.sloppy ? " sloppy, " : ", ") + violation,
                     Style::kBad, colours) +
              "\n";
    }
  }
  return text;
}

std::string matrix_legend() {
  return R"(
reads, writes  share that was answered, acknowledged, of those that began on this
               side of the cut
stale          answered reads that missed a write acknowledged before they began
behind         such writes that a stale read missed, on average and (at most)
in conflict    keys with siblings when all was over, of the keys of all runs
sloppy, s      fallbacks stand in for holders that are away
equal after    from healing until all replicas were equal, at most: by hints, by
               anti-entropy, and by the repair of what clients go on reading
lost           acknowledged writes that are gone though nobody who wrote later had
               seen them
)";
}

// ---------------------------------------------------------------- JSON

namespace {

namespace json = boost::json;

json::object cell_json(const MatrixBlock& block, const MatrixCell& cell) {
  json::array groups;
  for (const GroupCell& group : cell.groups) {
    groups.push_back(json::object{{"reads", group.reads.of},
                                  {"reads_answered", group.reads.count},
                                  {"writes", group.writes.of},
                                  {"writes_acknowledged", group.writes.count},
                                  {"writes_unknown", group.unknown_writes.count},
                                  {"reads_stale", group.stale.count}});
  }
  json::array violations;
  for (const std::string& violation : cell.violations)
    violations.push_back(json::string(violation));
  return {{"n", cell.configuration.n},
          {"r", cell.configuration.r},
          {"w", cell.configuration.w},
          {"sloppy", cell.configuration.sloppy},
          {"groups", std::move(groups)},
          {"versions_behind", cell.versions_behind},
          {"versions_behind_max", cell.versions_behind_max},
          {"behind_max_ms", cell.behind_max / from_ms(1)},
          {"keys_in_conflict", cell.keys_in_conflict.count},
          {"keys", cell.keys_in_conflict.of},
          {"converged_max_ms", cell.converged_max / from_ms(1)},
          {"not_converged", cell.not_converged},
          {"acknowledged", cell.acknowledged},
          {"lost", cell.lost},
          {"given_up", given_up(block, cell)},
          {"violations", std::move(violations)}};
}

}  // namespace

std::string matrix_json(const MatrixOptions& options, const std::vector<MatrixBlock>& blocks) {
  json::array partitions;
  for (const MatrixBlock& block : blocks) {
    json::array groups;
    for (const Group& group : block.groups) {
      json::array nodes;
      for (const HostId node : group.nodes) nodes.push_back(node);
      groups.push_back(json::object{{"name", group.name}, {"nodes", std::move(nodes)}});
    }
    json::array cells;
    for (const MatrixCell& cell : block.cells) cells.push_back(cell_json(block, cell));
    partitions.push_back(json::object{{"partition", partition_name(block.partition)},
                                      {"title", block.title},
                                      {"groups", std::move(groups)},
                                      {"cells", std::move(cells)},
                                      {"reading", reading(block)}});
  }
  const json::object all = {{"schema", "kvsim-matrix"}, {"schema_version", 1},
                            {"nodes", options.nodes},   {"n", options.n},
                            {"seeds", options.seeds},   {"partitions", std::move(partitions)}};
  return json::serialize(all) + "\n";
}

}  // namespace quorate::sim
