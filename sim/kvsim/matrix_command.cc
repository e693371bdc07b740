// kvsim matrix: what each N, R and W gives up under each kind of partition.
#include <unistd.h>

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "sim/kvsim/commands.h"
#include "sim/kvsim/interrupt.h"
#include "sim/kvsim/matrix_report.h"
#include "sim/kvsim/progress.h"
#include "sim/report/run_report.h"

namespace quorate::sim {
namespace {

constexpr std::uint64_t kNodesMax = 9;
constexpr std::uint64_t kSeedsMax = 1'000;

constexpr const char* kFooter = R"(
r and w are 1, a majority and n. For each pair and each kind of partition the simulator runs the
real core, and counts what clients on each side were told while the partition stood:

  none                  nothing is cut
  majority-minority     a majority of the holders on one side, the rest on the other
  even-split            half of the holders on each side (n even)
  shattered             no node hears another
  one-way               the minority cannot hear the majority, which hears it
  bridge                two sides that only one node hears
  majorities-ring       each holder hears a majority, each another one
  isolated-coordinator  the first holder alone
  flapping              majority and minority, cut and whole by turns
  crash                 the first holder loses power
  slow-node             the first holder takes longer over every message

Where there are more nodes than copies each pair comes twice, with strict quorums and with sloppy
ones, for which fallbacks stand in for holders that are away.

Examples:
  kvsim matrix
  kvsim matrix --only majority-minority --seeds 10
  kvsim matrix --nodes 4 --n 4 --only even-split
  kvsim matrix --strict --only crash
  kvsim matrix --json

Exit codes: 0 every property held in every run; 1 one did not; 2 bad usage; 130 interrupted.)";

struct Given {
  std::string nodes = "5";
  std::string n = "3";
  std::string seeds = "3";
  std::optional<std::string> only;
  bool strict = false;
  bool json = false;

  MatrixOptions options;
  std::vector<Partition> partitions;
};

void judge_number(const char* word, const std::string& text, std::uint64_t low, std::uint64_t high,
                  std::uint64_t* to, std::vector<std::string>* problems) {
  *to = whole_number(text).value_or(0);
  if (*to >= low && *to <= high) return;
  problems->push_back(std::string(word) + " is a number from " + std::to_string(low) + " to " +
                      std::to_string(high) + ", not '" + text + "'");
}

std::vector<std::string> judge_words(Given& given) {
  std::vector<std::string> problems;
  std::uint64_t nodes = 0;
  std::uint64_t n = 0;
  judge_number("--nodes", given.nodes, 2, kNodesMax, &nodes, &problems);
  judge_number("--n", given.n, 2, problems.empty() ? nodes : kNodesMax, &n, &problems);
  judge_number("--seeds", given.seeds, 1, kSeedsMax, &given.options.seeds, &problems);
  given.options.nodes = static_cast<std::uint16_t>(nodes);
  given.options.n = static_cast<std::uint32_t>(n);
  given.options.sloppy = !given.strict;

  std::string names;
  bool named = false;
  for (std::size_t i = 0; i < kPartitionCount; ++i) {
    const auto partition = static_cast<Partition>(i);
    const std::string name = partition_name(partition);
    names += (names.empty() ? "" : ", ") + name;
    if (given.only && *given.only != name) continue;
    named = true;
    if (is_possible(partition, n)) {
      given.partitions.push_back(partition);
    } else if (given.only && problems.empty()) {
      problems.push_back("there is no " + name + " of n=" + given.n + " copies");
    }
  }
  if (!named) problems.push_back("--only is one of " + names + ", not '" + *given.only + "'");
  return problems;
}

ExitCode run(const Given& given, bool colours) {
  if (!given.json) std::fputs(matrix_heading(given.options, colours).c_str(), stdout);
  const Interrupt interrupt;
  Progress progress(
      "runs", given.partitions.size() * configurations(given.options).size() * given.options.seeds);
  const unsigned width = isatty(STDOUT_FILENO) != 0 ? terminal_width(STDOUT_FILENO) : kAnyWidth;
  std::uint64_t runs = 0;
  std::vector<MatrixBlock> blocks;
  bool held = true;
  for (const Partition partition : given.partitions) {
    blocks.push_back(run_block(given.options, partition, [&] {
      progress.show(++runs, partition_name(partition));
      return !interrupt.happened();
    }));
    if (interrupt.happened()) return ExitCode::kInterrupted;
    for (const MatrixCell& cell : blocks.back().cells) held = held && cell.violations.empty();
    if (given.json) continue;
    progress.clear();
    std::fputs(matrix_block_text(blocks.back(), colours, width).c_str(), stdout);
    std::fflush(stdout);  // the next block takes a while
  }
  progress.clear();
  const std::string last = given.json ? matrix_json(given.options, blocks) : matrix_legend();
  std::fputs(last.c_str(), stdout);
  return held ? ExitCode::kHeld : ExitCode::kViolated;
}

}  // namespace

Command matrix_command() {
  const auto given = std::make_shared<Given>();
  Command command;
  command.name = "matrix";
  command.summary = "What each N, R and W gives up under each kind of partition";
  command.footer = kFooter;
  command.option("--nodes", "NODES", given->nodes, "Nodes of the cluster");
  command.option("--n", "N", given->n, "Copies of each key, at most as many as there are nodes");
  command.option("--seeds", "K", given->seeds, "Runs of each cell");
  command.option("--only", "PARTITION", given->only, "Only this kind of partition");
  command.flag("--strict", given->strict, "Leave out sloppy quorums");
  command.flag("--json", given->json, "Print one line of JSON for a program");
  command.problems = [given] { return judge_words(*given); };
  command.run = [given](bool colours) { return run(*given, colours); };
  return command;
}

}  // namespace quorate::sim
