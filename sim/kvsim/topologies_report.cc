#include "sim/kvsim/topologies_report.h"

#include <algorithm>
#include <boost/json.hpp>

#include "sim/report/table.h"
#include "sim/report/text_layout.h"
#include "sim/report/time_scale.h"
#include "sim/topology/serve_model.h"

namespace quorate::sim {
namespace {

constexpr unsigned kWidth = 80;  // of sentences; tables are as wide as they are

std::string list(std::vector<unsigned> nodes) {
  std::sort(nodes.begin(), nodes.end());
  std::string text;
  for (const unsigned node : nodes) text += (text.empty() ? "" : ", ") + std::to_string(node);
  return text.empty() ? "none" : text;
}

Cell number(std::uint64_t count, Style style = Style::kPlain) {
  if (count == 0) return {"-", Style::kDim};
  return {with_commas(count), style};
}

Cell yes_no(bool yes) { return yes ? Cell{"yes", Style::kGood} : Cell{"-", Style::kDim}; }

std::string quorums_table(const TopologySummary& summary, bool colours) {
  Table table({{"k", true},
               {"r=k: all", true},
               {"some", true},
               {"none", true},
               {"w=k: all", true},
               {"some", true},
               {"none", true},
               {"split brain", true}});
  for (unsigned k = 1; k <= summary.n; ++k) {
    const QuorumCount& reads = summary.reads[k - 1];
    const QuorumCount& writes = summary.writes[k - 1];
    table.add({{std::to_string(k), Style::kBold},
               number(reads.everywhere),
               number(reads.somewhere),
               number(reads.nowhere),
               number(writes.everywhere),
               number(writes.somewhere),
               number(writes.nowhere),
               number(summary.split_brain[k - 1], Style::kBad)});
  }
  return table.text(colours);
}

std::string pairs_table(const TopologySummary& summary, bool colours) {
  Table table({{"r", true},
               {"w", true},
               {"r+w>n"},
               {"both: all", true},
               {"some", true},
               {"not together", true},
               {"blind reads", true}});
  for (const PairCount& pair : summary.pairs) {
    table.add({{std::to_string(pair.r), Style::kBold},
               {std::to_string(pair.w), Style::kBold},
               pair.r + pair.w > summary.n ? Cell{"yes"} : Cell{"-", Style::kDim},
               number(pair.everywhere),
               number(pair.somewhere),
               number(summary.cases - pair.everywhere - pair.somewhere),
               number(pair.blind, Style::kBad)});
  }
  return table.text(colours);
}

// What the numbers say, from the numbers.
std::string reading(const TopologySummary& summary) {
  std::uint64_t blind_overlapping = 0;
  std::uint64_t blind_others = 0;
  for (const PairCount& pair : summary.pairs) {
    (pair.r + pair.w > summary.n ? blind_overlapping : blind_others) += pair.blind;
  }
  std::string text;
  if (blind_overlapping == 0) {
    text += "Wherever r+w > n, no served read misses an acknowledged write";
  } else {
    text += "Even with r+w > n, " + with_commas(blind_overlapping) + " served reads miss a write";
  }
  text += blind_others == 0 ? "."
                            : "; where r+w <= n there are links under which one does so for as "
                              "long as they last.";
  unsigned safe = 0;
  while (safe < summary.n && summary.split_brain[safe] > 0) ++safe;
  if (safe < summary.n) {
    const QuorumCount& writes = summary.writes[safe];
    text += " From w=" + std::to_string(safe + 1) + " on two sides never both take writes";
    text += "; the price is that in " + with_commas(writes.nowhere) + " of " +
            with_commas(summary.cases) + " cases nobody does.";
  }
  return wrapped(text, {.width = kWidth, .indent = 2, .hanging = 2});
}

std::string trouble(const TopologiesReport& report, bool colours) {
  std::string text;
  std::size_t checks = 0;
  for (std::size_t i = 0; i < report.verdicts.size(); ++i) {
    const TopologyVerdict& verdict = report.verdicts[i];
    for (const auto& services : verdict.services) {
      for (const Service& service : services) {
        checks += service.reads.size() + service.writes.size();
      }
    }
    const std::string graph = "graph " + std::to_string(report.first_number + i) + ": ";
    for (const std::string& difference : verdict.differences) {
      text += "  " + styled(graph + difference, Style::kBad, colours) + "\n";
    }
    for (const Violation& violation : verdict.violations) {
      text += "  " + styled(graph + "violated: " + violation.property, Style::kBad, colours) +
              "\n" + violation.witness;
    }
  }
  if (!text.empty()) return "Not as expected:\n" + text;
  return with_commas(checks) +
         " requests, each answered as the direct model of who reaches whom\n"
         "expects; after healing every property held.\n";
}

std::string what_was_asked() {
  return "Links were cut at " + duration_text(TopologyRun::kCutAt) + ", questions asked from\n" +
         duration_text(TopologyRun::kAskAt) + " on, each with a deadline of " +
         duration_text(TopologyRun::kDeadline) + ".\n";
}

std::string picture(const Digraph& graph, bool colours) {
  std::vector<Table::Column> columns = {{"from \\ to"}};
  for (unsigned to = 1; to <= graph.nodes(); ++to) columns.push_back({std::to_string(to), true});
  columns.push_back({"both ways with"});
  Table table(std::move(columns));
  for (unsigned from = 1; from <= graph.nodes(); ++from) {
    std::vector<Cell> row = {{std::to_string(from), Style::kBold}};
    std::vector<unsigned> both;
    for (unsigned to = 1; to <= graph.nodes(); ++to) {
      if (to == from) {
        row.push_back({"\\", Style::kDim});
      } else if (!graph.hears(from, to)) {
        row.push_back({"-", Style::kDim});
      } else if (graph.hears(to, from)) {
        row.push_back({"<->", Style::kGood});
        both.push_back(to);
      } else {
        row.push_back({"->", Style::kWarning});
      }
    }
    row.push_back({list(both)});
    table.add(std::move(row));
  }
  return table.text(colours);
}

std::string services_table(const TopologyVerdict& verdict, const Placement& placement,
                           const std::vector<Service>& services, bool colours) {
  std::vector<Table::Column> columns = {{"asked at"}, {"replicas that count"}};
  for (const char* name : {"r=", "w="}) {
    for (unsigned k = 1; k <= placement.n(); ++k) columns.push_back({name + std::to_string(k)});
  }
  Table table(std::move(columns));
  for (unsigned node = 1; node <= verdict.graph.nodes(); ++node) {
    const Service& service = services[node - 1];
    std::vector<Cell> row = {{"node " + std::to_string(node), Style::kBold},
                             {list(counting(verdict.graph, placement.primaries, node))}};
    for (const bool served : service.reads) row.push_back(yes_no(served));
    for (const bool served : service.writes) row.push_back(yes_no(served));
    table.add(std::move(row));
  }
  return table.text(colours);
}

}  // namespace

std::string topologies_text(const TopologiesReport& report, bool colours) {
  const unsigned nodes = report.verdicts.front().graph.nodes();
  std::string text =
      with_commas(report.verdicts.size()) + " ways in which " + std::to_string(nodes) +
      " nodes can hear one another, up to renaming.\nA cluster ran under each. " + what_was_asked();
  for (const TopologySummary& summary : summarise(report.run, report.verdicts)) {
    text += "\n" +
            styled("n=" + std::to_string(summary.n) +
                       (summary.n == nodes ? ": every node holds the key"
                                           : " of " + std::to_string(nodes) + " nodes") +
                       ", " + with_commas(summary.cases) + " cases",
                   Style::kBold, colours) +
            "\n" + quorums_table(summary, colours) + "\n" + pairs_table(summary, colours) + "\n" +
            reading(summary);
  }
  text += R"(
A case is one way to hear one another, and which nodes hold the key.
all, some, none   served at every node; at some and not at every one; at none
split brain       two nodes get writes that no replica shares
both              one node is served reads and writes; not together: none is
blind reads       a read is served that cannot see a write acknowledged elsewhere
'kvsim topologies --graph K' draws one.

)";
  return text + trouble(report, colours);
}

std::string topology_text(const TopologiesReport& report, bool colours) {
  const TopologyVerdict& verdict = report.verdicts.front();
  std::string text =
      styled("graph " + std::to_string(report.first_number) + ": " + to_string(verdict.graph),
             Style::kBold, colours) +
      "\n" + picture(verdict.graph, colours) + what_was_asked();
  for (std::size_t i = 0; i < report.run.placements().size(); ++i) {
    const Placement& placement = report.run.placements()[i];
    text += "\nn=" + std::to_string(placement.n()) + ", on nodes " + list(placement.primaries) +
            "\n" + services_table(verdict, placement, verdict.services[i], colours);
  }
  return text + "\n" + trouble(report, colours);
}

// ---------------------------------------------------------------- JSON

namespace {

namespace json = boost::json;

json::array numbers(const std::vector<unsigned>& nodes) {
  json::array all;
  for (const unsigned node : nodes) all.push_back(node);
  return all;
}

json::array flags(const std::vector<bool>& values) {
  json::array all;
  for (const bool value : values) all.push_back(json::value(value));
  return all;
}

json::object graph_json(const TopologiesReport& report, std::size_t index) {
  const TopologyVerdict& verdict = report.verdicts[index];
  json::array arcs;
  for (unsigned from = 1; from <= verdict.graph.nodes(); ++from) {
    for (unsigned to = 1; to <= verdict.graph.nodes(); ++to) {
      if (from != to && verdict.graph.hears(from, to)) arcs.push_back(numbers({from, to}));
    }
  }
  json::array keys;
  for (std::size_t i = 0; i < verdict.services.size(); ++i) {
    const Placement& placement = report.run.placements()[i];
    json::array nodes;
    for (unsigned node = 1; node <= verdict.graph.nodes(); ++node) {
      const Service& service = verdict.services[i][node - 1];
      nodes.push_back(
          json::object{{"node", node},
                       {"counts", numbers(counting(verdict.graph, placement.primaries, node))},
                       {"r", flags(service.reads)},
                       {"w", flags(service.writes)}});
    }
    keys.push_back(json::object{{"n", placement.n()},
                                {"primaries", numbers(placement.primaries)},
                                {"nodes", std::move(nodes)}});
  }
  return {
      {"graph", report.first_number + index}, {"arcs", std::move(arcs)}, {"keys", std::move(keys)}};
}

json::array counts_json(const std::vector<QuorumCount>& counts) {
  json::array all;
  for (const QuorumCount& count : counts) {
    all.push_back(json::object{{"k", count.k},
                               {"everywhere", count.everywhere},
                               {"somewhere", count.somewhere},
                               {"nowhere", count.nowhere}});
  }
  return all;
}

json::object summary_json(const TopologySummary& summary) {
  json::array pairs;
  for (const PairCount& pair : summary.pairs) {
    pairs.push_back(json::object{{"r", pair.r},
                                 {"w", pair.w},
                                 {"everywhere", pair.everywhere},
                                 {"somewhere", pair.somewhere},
                                 {"apart", pair.apart},
                                 {"blind", pair.blind}});
  }
  json::array split_brain;
  for (const std::uint64_t count : summary.split_brain) split_brain.push_back(count);
  return {{"n", summary.n},
          {"cases", summary.cases},
          {"reads", counts_json(summary.reads)},
          {"writes", counts_json(summary.writes)},
          {"split_brain", std::move(split_brain)},
          {"pairs", std::move(pairs)}};
}

}  // namespace

std::string topologies_json(const TopologiesReport& report) {
  json::array graphs;
  json::array differences;
  json::array violations;
  for (std::size_t i = 0; i < report.verdicts.size(); ++i) {
    graphs.push_back(graph_json(report, i));
    for (const std::string& difference : report.verdicts[i].differences) {
      differences.push_back(json::string(difference));
    }
    for (const Violation& violation : report.verdicts[i].violations) {
      violations.push_back(json::object{{"graph", report.first_number + i},
                                        {"property", violation.property},
                                        {"witness", violation.witness}});
    }
  }
  json::array summary;
  for (const TopologySummary& each : summarise(report.run, report.verdicts)) {
    summary.push_back(summary_json(each));
  }
  const json::object all = {{"schema", "kvsim-topologies"},
                            {"schema_version", 1},
                            {"nodes", report.verdicts.front().graph.nodes()},
                            {"asked_at_ms", TopologyRun::kAskAt / from_ms(1)},
                            {"deadline_ms", TopologyRun::kDeadline / from_ms(1)},
                            {"graphs", std::move(graphs)},
                            {"summary", std::move(summary)},
                            {"differences", std::move(differences)},
                            {"violations", std::move(violations)}};
  return json::serialize(all) + "\n";
}

}  // namespace quorate::sim
