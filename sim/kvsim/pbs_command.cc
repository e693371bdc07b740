// kvsim pbs: how probably a read is fresh, by the WARS model and by the store itself.
#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/kvsim/commands.h"
#include "sim/kvsim/interrupt.h"
#include "sim/kvsim/output_file.h"
#include "sim/kvsim/pbs_report.h"
#include "sim/kvsim/progress.h"
#include "sim/report/table.h"

namespace quorate::sim {
namespace {

constexpr const char* kFooter = R"(
Reproduces "Probabilistically Bounded Staleness for Practical Partial Quorums" (Bailis et al. 2012):
N=3, every R and W, the paper's four latency models. A write is acknowledged at W; a read begins t
later and answers at R. How probably does it see the write? "swept" is where the paper's own search
for t ends: at the first of its noisy estimates that passes, so somewhat early.

Without --store it draws the messages' latencies and nothing else, as the paper does. With --store it
asks the store: real nodes in a simulated network, read repair off, one message a leg; and holds the
answers against the same drawing under the store's own topology, where the coordinator of a write is
a replica, and that of a read is one (a primary) or not (outside).

Examples:
  kvsim pbs
  kvsim pbs --model lnkd-disk --operations 20000000 --figures .
  kvsim pbs --model ymmr --store --json

Exit codes: 0 done, and with --store everything agreed; 1 something did not (by more than 0.3
percentage points, in latency 2 %, and three standard errors); 2 bad usage; 130 interrupted.)";

// The models of the paper; others would have nothing to stand beside.
const std::vector<std::string> kModels = {"lnkd-ssd", "lnkd-disk", "ymmr", "wan"};
constexpr std::uint64_t kOperationsMax = 1'000'000'000;
constexpr std::uint64_t kTrialsAtOnce = 10'000;

struct Given {
  std::optional<std::string> model;
  std::string operations = "1000000";
  std::string store_operations = "1000000";
  std::string seed = "1";
  std::optional<std::string> figures;
  bool store = false;
  bool json = false;

  std::vector<NetworkModel> models;
  ComparisonOptions options;
};

std::optional<std::uint64_t> operations_of(const std::string& text) {
  const auto number = whole_number(text);
  if (!number || *number < 1'000 || *number > kOperationsMax) return std::nullopt;
  return number;
}

std::vector<std::string> judge_words(Given& given) {
  std::vector<std::string> problems;
  std::string names;
  for (const std::string& name : kModels) {
    names += (names.empty() ? "" : ", ") + name;
    if (!given.model || *given.model == name) given.models.push_back(*find_model(name));
  }
  if (given.models.empty()) {
    problems.push_back("--model is one of " + names + ", not '" + *given.model + "'");
  }
  const auto operations = operations_of(given.operations);
  if (!operations) {
    problems.push_back("--operations is a number from 1000 to 1000000000, not '" +
                       given.operations + "'");
  }
  const auto store_operations = operations_of(given.store_operations);
  if (!store_operations) {
    problems.push_back("--store-operations is a number from 1000 to 1000000000, not '" +
                       given.store_operations + "'");
  }
  const auto seed = whole_number(given.seed);
  if (!seed) problems.push_back("--seed is a whole number, not '" + given.seed + "'");
  if (given.figures && !std::filesystem::is_directory(*given.figures)) {
    problems.push_back("--figures is a directory, and there is none at '" + *given.figures + "'");
  }
  given.options = {operations.value_or(0), store_operations.value_or(0), seed.value_or(0)};
  return problems;
}

// Nothing when it was interrupted.
std::optional<WarsFigures> draw(const NetworkModel& model, const Given& given,
                                const Interrupt& interrupt) {
  WarsSimulation wars(model, Coordinators::kApart, given.options.seed);
  Progress progress("writes", given.options.wars_trials);
  for (std::uint64_t done = 0; done < given.options.wars_trials;) {
    const std::uint64_t now = std::min(kTrialsAtOnce, given.options.wars_trials - done);
    wars.run(now);
    done += now;
    progress.show(done, model.name);
    if (interrupt.happened()) return std::nullopt;
  }
  return wars.figures();
}

std::vector<ComparedCell> ask_store(const NetworkModel& model, const Given& given,
                                    const Interrupt& interrupt) {
  Progress progress("writes", given.options.store_trials * kWarsReplicas);
  return compare(model, given.options, [&](std::uint64_t done) {
    progress.show(done, model.name + ", the store");
    return !interrupt.happened();
  });
}

ExitCode run(const Given& given, bool colours) {
  const Interrupt interrupt;
  boost::json::array models;
  std::vector<ComparedCell> all;
  for (const NetworkModel& model : given.models) {
    const auto figures = draw(model, given, interrupt);
    if (!figures) return ExitCode::kInterrupted;
    boost::json::object object = wars_json(model, *figures);
    if (!given.json) std::fputs((wars_text(model, *figures, colours) + "\n").c_str(), stdout);
    if (given.figures) {
      const std::filesystem::path path =
          std::filesystem::path(*given.figures) / (model.name + ".svg");
      const Status written = write_whole(path.string(), wars_svg(model, *figures));
      if (!written) return refuse("kvsim pbs", {written.error().message});
    }
    if (given.store) {
      const std::vector<ComparedCell> cells = ask_store(model, given, interrupt);
      if (cells.empty()) return ExitCode::kInterrupted;
      object["store"] = comparison_json(cells);
      if (!given.json) {
        std::fputs(("the store, " + with_commas(given.options.store_trials) +
                    " writes for each W, beside the Monte Carlo of its topology\n" +
                    comparison_text(cells, colours) + farthest_text(cells) + "\n")
                       .c_str(),
                   stdout);
      }
      all.insert(all.end(), cells.begin(), cells.end());
    }
    models.push_back(std::move(object));
    std::fflush(stdout);
  }
  const bool agrees =
      std::all_of(all.begin(), all.end(), [](const ComparedCell& cell) { return cell.agrees(); });
  if (given.json) {
    boost::json::object report{{"schema", "kvsim-pbs"},
                               {"schema_version", 1},
                               {"command", "pbs"},
                               {"seed", given.options.seed}};
    report["models"] = std::move(models);
    if (given.store) report["agrees"] = agrees;
    std::puts(boost::json::serialize(report).c_str());
  }
  return agrees ? ExitCode::kHeld : ExitCode::kViolated;
}

}  // namespace

Command pbs_command() {
  const auto given = std::make_shared<Given>();
  Command command;
  command.name = "pbs";
  command.summary = "How probably is a read fresh? The PBS paper, and the store beside it";
  command.footer = kFooter;
  command.option("--model", "M", given->model, "lnkd-ssd, lnkd-disk, ymmr or wan (default: all)");
  command.option("--operations", "N", given->operations, "Writes and reads to draw for each model");
  command.flag("--store", given->store, "Ask the store too");
  command.option("--store-operations", "N", given->store_operations,
                 "Writes of the store for each model and W");
  command.option("--seed", "S", given->seed, "Of everything that is drawn");
  command.option("--figures", "DIR", given->figures, "Write MODEL.svg there");
  command.flag("--json", given->json, "Print one line of JSON for a program");
  command.problems = [given] { return judge_words(*given); };
  command.run = [given](bool colours) { return run(*given, colours); };
  return command;
}

}  // namespace quorate::sim
