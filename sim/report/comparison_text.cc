#include <algorithm>
#include <cstdio>
#include <sstream>

#include "sim/report/column_table.h"
#include "sim/report/given_up.h"
#include "sim/report/lanes.h"
#include "sim/report/names.h"
#include "sim/report/run_report.h"
#include "sim/report/text_layout.h"
#include "sim/report/verdict.h"

namespace quorate::sim {

namespace {

constexpr unsigned kNamesWidth = 15;

std::string name_of(const RunSummary& summary) {
  return summary.labels.variant.empty() ? summary.labels.name : summary.labels.variant;
}

bool same(const std::vector<Lane>& a, const std::vector<Lane>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Lane& one, const Lane& other) {
    return one.name == other.name &&
           std::equal(one.cells.begin(), one.cells.end(), other.cells.begin(), other.cells.end(),
                      [](const Glyph& x, const Glyph& y) { return x.text == y.text; });
  });
}

std::vector<Lane> node_lanes(Lanes& lanes, const RunSummary& summary) {
  std::vector<Lane> rows;
  for (NodeId node = 1; node <= summary.nodes; ++node) rows.push_back(lanes.node(node));
  return rows;
}

// What befell the nodes once, when it was the same in all; then what each variant's clients saw.
std::string timelines(const std::vector<RunSummary>& summaries, const RunReportOptions& options) {
  SimTime end = 0;
  for (const RunSummary& summary : summaries) end = std::max(end, summary.shown_until);
  const TimeScale scale(end, options.width - kNamesWidth);
  std::vector<Lanes> lanes;
  std::vector<std::vector<Lane>> nodes;
  for (const RunSummary& summary : summaries) {
    lanes.emplace_back(summary, scale);
    nodes.push_back(node_lanes(lanes.back(), summary));
  }
  const bool alike = std::all_of(nodes.begin(), nodes.end(), [&](const std::vector<Lane>& rows) {
    return same(rows, nodes.front());
  });
  std::string text = axis_text(scale, kNamesWidth, options.colour);
  if (alike) text += lanes_text(nodes.front(), kNamesWidth, options.colour);
  Legend legend;
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    text +=
        " " +
        styled(shortened(name_of(summaries[i]), options.width - 1), Style::kBold, options.colour) +
        "\n";
    if (!alike) text += lanes_text(nodes[i], kNamesWidth, options.colour);
    text += lanes_text(lanes[i].all_clients(), kNamesWidth, options.colour);
    legend.add(lanes[i].legend());
  }
  return text + legend.text(options.width, options.colour);
}

Cell time_cell(SimTime time, Style style = Style::kPlain) {
  return time == 0 ? Cell{"-", Style::kDim} : Cell{duration_text(time), style};
}

Cell latency_cell(const Tally& tally, SimTime Latencies::*which) {
  return tally.latencies ? Cell{duration_text((*tally.latencies).*which)} : Cell{"-", Style::kDim};
}

std::string quorums_of(const RunSummary& summary) {
  if (summary.buckets.size() != 1) return "several";
  const Bucket& bucket = summary.buckets.front();
  return std::to_string(bucket.n) + "/" + std::to_string(bucket.r) + "/" + std::to_string(bucket.w);
}

Cell converged_cell(const RunSummary& summary) {
  if (!summary.converged) return Cell{"never", Style::kBad};
  if (*summary.converged == summary.faults_end) return Cell{"at once"};
  return Cell{duration_text(*summary.converged - summary.faults_end)};
}

// From the last fault on, where a scenario lets time pass after it.
Cell equal_after_cell(const RunSummary& summary) {
  if (!summary.last_fault) return Cell{"-"};
  if (!summary.converged) return Cell{"never", Style::kBad};
  if (summary.differed_until <= *summary.last_fault) return Cell{"at once"};
  return Cell{duration_text(summary.differed_until - *summary.last_fault)};
}

Cell level_cell(const RunSummary& summary) {
  if (!summary.ladder.strongest) return Cell{"none", Style::kBad};
  return Cell{rung_name(*summary.ladder.strongest)};
}

// What is gone of what clients meant by their writes.
Cell lost_cell(const RunSummary& summary, ChangeKind kind) {
  for (const ChangeTally& tally : summary.changes) {
    if (tally.kind != kind) continue;
    return {std::to_string(tally.lost) + " of " + std::to_string(tally.acknowledged),
            tally.lost == 0 ? Style::kGood : Style::kBad};
  }
  return {"-", Style::kDim};
}

class Rows {
 public:
  explicit Rows(const std::vector<RunSummary>& summaries) : summaries_(summaries) {
    for (const RunSummary& summary : summaries) table_.titles.push_back(name_of(summary));
  }

  template <typename CellOf>
  void add(const std::string& name, bool dispensable, CellOf cell_of) {
    ColumnTable::Row row{name, {}, dispensable};
    for (const RunSummary& summary : summaries_) row.cells.push_back(cell_of(summary));
    table_.rows.push_back(std::move(row));
  }
  const ColumnTable& table() const { return table_; }

 private:
  const std::vector<RunSummary>& summaries_;
  ColumnTable table_;
};

void add_told(Rows& rows, Tally RunSummary::*part, const std::string& what) {
  const bool writes = part == &RunSummary::writes;
  const auto told = [&](const std::string& name, bool dispensable, Told kind, Style style) {
    rows.add(name, dispensable, [=](const RunSummary& summary) {
      return number_cell((summary.*part).count(kind), style);
    });
  };
  rows.add(what, false,
           [=](const RunSummary& summary) { return number_cell((summary.*part).attempted); });
  told(writes ? "  acknowledged" : "  fresh", false, Told::kAnswered, Style::kGood);
  if (!writes) told("  stale", true, Told::kStale, Style::kWarning);
  told(writes ? "  refused" : "  not answered", true, Told::kRefused, Style::kBad);
  if (writes) told("  unknown", true, Told::kUnknown, Style::kBad);
  rows.add("  p50", false,
           [=](const RunSummary& summary) { return latency_cell(summary.*part, &Latencies::p50); });
  rows.add("  p99", false,
           [=](const RunSummary& summary) { return latency_cell(summary.*part, &Latencies::p99); });
}

std::string table_text(const std::vector<RunSummary>& summaries, const RunReportOptions& options) {
  Rows rows(summaries);
  rows.add("n/r/w", false, [](const RunSummary& summary) { return Cell{quorums_of(summary)}; });
  add_told(rows, &RunSummary::writes, "writes");
  add_told(rows, &RunSummary::reads, "reads");
  rows.add("  versions behind", true, [](const RunSummary& summary) {
    return number_cell(losses_of(summary).versions_max, Style::kWarning);
  });
  rows.add("  time behind", true, [](const RunSummary& summary) {
    return time_cell(losses_of(summary).behind_max, Style::kWarning);
  });
  rows.add("  with siblings", true, [](const RunSummary& summary) {
    std::uint64_t count = 0;
    for (const Column& column : summary.columns) count += column.reads_with_siblings;
    return number_cell(count, Style::kWarning);
  });
  rows.add("keys in conflict", true, [](const RunSummary& summary) {
    return number_cell(summary.keys_with_siblings, Style::kWarning);
  });
  rows.add("writes lost", false,
           [](const RunSummary& summary) { return number_cell(summary.lost.size(), Style::kBad); });
  for (std::size_t kind = 0; kind < kChangeKindCount; ++kind) {
    rows.add(std::string("  ") + change_kind_name(static_cast<ChangeKind>(kind)) + " lost", true,
             [=](const RunSummary& summary) {
               return lost_cell(summary, static_cast<ChangeKind>(kind));
             });
  }
  rows.add("replicas equal", false, converged_cell);
  const auto mended_before = [](const RunSummary& summary) {
    return summary.last_fault.has_value();
  };
  if (std::any_of(summaries.begin(), summaries.end(), mended_before)) {
    rows.add("  after the last fault", false, equal_after_cell);
  }
  rows.add("violated", true, [](const RunSummary& summary) {
    return number_cell(summary.violations.size(), Style::kBad);
  });
  rows.add("strongest level", false, level_cell);
  return rows.table().text(options.width, options.colour);
}

// Of a side of a cut; null when this variant's world was never laid out so.
const Column* find_side(const RunSummary& summary, const std::string& layout,
                        const std::string& letter) {
  for (const Column& column : summary.columns) {
    if (column.letter == letter && describe(summary.phases.layouts[column.layout]) == layout) {
      return &column;
    }
  }
  return nullptr;
}

Cell answered_cell(const Column* column, Tally Column::*part) {
  if (column == nullptr || (column->*part).attempted == 0) return Cell{"-", Style::kDim};
  const Tally& tally = column->*part;
  return {std::to_string(tally.answered()) + " of " + std::to_string(tally.attempted),
          tally.answered() == tally.attempted ? Style::kGood
          : tally.answered() == 0             ? Style::kBad
                                              : Style::kWarning};
}

// What each side of each cut was told, when there are few enough of them to look at.
std::string sides_text(const std::vector<RunSummary>& summaries, const RunReportOptions& options) {
  constexpr std::size_t kSidesMax = 6;
  const RunSummary& first = summaries.front();
  Rows rows(summaries);
  std::string cuts;
  std::size_t sides = 0;
  for (const Column& column : first.columns) {
    if (column.letter.empty()) continue;
    if (++sides > kSidesMax) return "";
    const Layout& layout = first.phases.layouts[column.layout];
    const std::string cut = describe(layout);
    const std::string line = wrapped("the cut " + cut, {.width = options.width, .indent = 2});
    if (cuts.find(line) == std::string::npos) cuts += line;
    const std::string name = column.letter + ", node" +
                             (layout.sides[*column.side].nodes.size() == 1 ? " " : "s ") +
                             node_list(layout.sides[*column.side].nodes);
    rows.add("  " + name + ": writes", false, [&](const RunSummary& summary) {
      return answered_cell(find_side(summary, cut, column.letter), &Column::writes);
    });
    rows.add("    reads", false, [&](const RunSummary& summary) {
      return answered_cell(find_side(summary, cut, column.letter), &Column::reads);
    });
    rows.add("    of them stale", true, [&](const RunSummary& summary) {
      const Column* side = find_side(summary, cut, column.letter);
      return number_cell(side == nullptr ? 0 : side->reads.count(Told::kStale), Style::kWarning);
    });
  }
  if (sides == 0) return "";
  return "\n" + cuts + rows.table().text(options.width, options.colour);
}

std::string last_lines(const RunSummary& summary, const RunReportOptions& options) {
  std::string text =
      styled(shortened(name_of(summary), options.width), Style::kBold, options.colour) + "\n" +
      wrapped(what_was_given_up(summary), {.width = options.width, .indent = 2, .hanging = 2});
  for (const Violation& violation : summary.violations) {
    text += wrapped("violated: " + violation.property,
                    {.width = options.width, .indent = 2, .hanging = 4});
  }
  const RunVerdict verdict = verdict_of(summary);
  std::istringstream lines(
      wrapped(verdict.text, {.width = options.width, .indent = 2, .hanging = 4}));
  for (std::string line; std::getline(lines, line);) {
    text += styled(line, verdict.good ? Style::kGood : Style::kBad, options.colour) + "\n";
  }
  for (const Expectation& expectation : summary.expectations) {
    text += wrapped((expectation.met ? "as expected: " : "NOT as expected: ") + expectation.text +
                        (expectation.detail.empty() ? "" : " (" + expectation.detail + ")"),
                    {.width = options.width, .indent = 2, .hanging = 4});
  }
  text +=
      "  " + styled("trace " + hash_text(summary.trace_hash), Style::kDim, options.colour) + "\n";
  if (!summary.labels.replay.empty()) text += "  " + summary.labels.replay + "\n";
  return text;
}

}  // namespace

std::string comparison_text(const std::vector<RunSummary>& summaries,
                            const RunReportOptions& options) {
  if (summaries.empty()) return "";
  if (summaries.size() == 1) return report_text(summaries.front(), options);
  RunReportOptions usable = options;
  usable.width = std::max(usable.width, kReportWidthMin);
  const RunSummary& first = summaries.front();
  std::string text =
      styled(shortened(first.labels.name, usable.width), Style::kBold, usable.colour) + "\n" +
      wrapped("seed " + std::to_string(first.seed) + ", " + counted(first.nodes, "node", "nodes") +
                  ", " + counted(first.clients, "client", "clients") + ", " +
                  counted(first.keys.size(), "key", "keys") + ", " +
                  counted(summaries.size(), "variant", "variants") +
                  " (--variant NAME shows one in full)",
              {.width = usable.width});
  if (!first.labels.lesson.empty()) {
    text += reflowed(first.labels.lesson, {.width = usable.width, .indent = 2, .hanging = 2});
  }
  text += "\n" + timelines(summaries, usable) + "\n" + table_text(summaries, usable) +
          sides_text(summaries, usable);
  if (!first.labels.given_up.empty()) {
    text +=
        "\n" + wrapped("Given up here: " + first.labels.given_up + ".", {.width = usable.width});
  }
  for (const RunSummary& summary : summaries) text += "\n" + last_lines(summary, usable);
  return text;
}

}  // namespace quorate::sim
