// kvsim topologies: every way in which a few nodes can hear one another, against every r and w.
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "sim/kvsim/commands.h"
#include "sim/kvsim/interrupt.h"
#include "sim/kvsim/progress.h"
#include "sim/kvsim/topologies_report.h"

namespace quorate::sim {
namespace {

constexpr const char* kFooter = R"(
A way to hear one another is a set of one-way links: 3 of them are there over 2 nodes, 16 over 3,
218 over 4 and 9,608 over 5, when those count once that renaming makes equal. Under each a cluster
of the real core runs: all links work at first, then those that are not in the set are cut. Once
every node has noticed, a client at each node asks for reads with every r and writes with every w,
of a key that all nodes hold and, with more than three nodes, of keys that three of them hold. What
is served is held against a direct model: a replica counts when the two hear each other. Quorums
are strict.

5 nodes take about a minute, the others a second. More cannot be had: over 6 nodes there are
1,540,944.

Examples:
  kvsim topologies
  kvsim topologies --nodes 3
  kvsim topologies --graph 17
  kvsim topologies --nodes 4 --json

Exit codes: 0 all as the model expects; 1 not, or a property was violated; 2 bad usage; 130 interrupted.)";

struct Given {
  std::string nodes = "4";
  std::optional<std::string> graph;
  bool json = false;
};

std::vector<std::string> judge_words(const Given& given) {
  std::vector<std::string> problems;
  const std::uint64_t nodes = whole_number(given.nodes).value_or(0);
  if (nodes < 2 || nodes > Digraph::kNodesMax) {
    problems.push_back("--nodes is a number from 2 to " + std::to_string(Digraph::kNodesMax) +
                       ", not '" + given.nodes + "'" +
                       (nodes > Digraph::kNodesMax
                            ? "; over 6 nodes there are 1,540,944 ways to hear one another"
                            : ""));
    return problems;
  }
  if (!given.graph) return problems;
  const std::uint64_t shapes = all_shapes(static_cast<unsigned>(nodes)).size();
  const std::uint64_t graph = whole_number(*given.graph).value_or(0);
  if (graph < 1 || graph > shapes) {
    problems.push_back("--graph is a number from 1 to " + std::to_string(shapes) + " with " +
                       given.nodes + " nodes, not '" + *given.graph + "'");
  }
  return problems;
}

ExitCode run(const Given& given, bool colours) {
  const auto nodes = static_cast<unsigned>(*whole_number(given.nodes));
  std::vector<Digraph> shapes = all_shapes(nodes);
  std::size_t first_number = 1;
  if (given.graph) {
    first_number = *whole_number(*given.graph);
    shapes = {shapes[first_number - 1]};
  }
  const TopologyRun topology_run(nodes);
  std::vector<TopologyVerdict> verdicts;
  bool as_expected = true;
  const Interrupt interrupt;
  Progress progress("graphs", shapes.size());
  for (const Digraph& shape : shapes) {
    verdicts.push_back(topology_run.run(shape));
    as_expected =
        as_expected && verdicts.back().differences.empty() && verdicts.back().violations.empty();
    progress.show(verdicts.size(), as_expected ? "all as expected" : "NOT all as expected");
    if (interrupt.happened()) return ExitCode::kInterrupted;
  }
  progress.clear();
  const TopologiesReport report{topology_run, verdicts, first_number};
  const std::string text = given.json    ? topologies_json(report)
                           : given.graph ? topology_text(report, colours)
                                         : topologies_text(report, colours);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return as_expected ? ExitCode::kHeld : ExitCode::kViolated;
}

}  // namespace

Command topologies_command() {
  const auto given = std::make_shared<Given>();
  Command command;
  command.name = "topologies";
  command.summary = "Cut a cluster in every way there is, and ask what it still serves";
  command.footer = kFooter;
  command.option("--nodes", "N", given->nodes, "How many nodes: 2 to 5");
  command.option("--graph", "K", given->graph,
                 "Only the K-th way, drawn, with what each node serves");
  command.flag("--json", given->json, "Print one line of JSON for a program");
  command.problems = [given] { return judge_words(*given); };
  command.run = [given](bool colours) { return run(*given, colours); };
  return command;
}

}  // namespace quorate::sim
