// kvsim run: one scenario, or the random world of a seed.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/kvsim/commands.h"
#include "sim/report/run_report.h"
#include "sim/report/trace_writer.h"
#include "sim/scenario/library.h"
#include "sim/scenario/play.h"
#include "sim/swarm/swarm.h"

namespace quorate::sim {
namespace {

constexpr const char* kFooter = R"(
SCENARIO is a name from 'kvsim list', or a file; papers/scenarios.md has what may stand in one.
Without it, --seed N plays the random world of that seed, as 'kvsim sweep' does.

A scenario may have variants, which differ in what its lesson is about: they are played one after
the other and shown side by side. --variant picks one, and shows it in full.

Examples:
  kvsim run split-brain
  kvsim run my-scenario.toml --seed 7 --trace events.jsonl
  kvsim run read-your-writes --variant session --edn history.edn
  kvsim run --seed 4711 --plan world-4711.toml
  kvsim run --seed 4711 --svg world.svg
  kvsim run split-brain --json

papers/kvsim-json.md has the fields of --json and --trace.

Exit codes: 0 every property and every expectation held; 1 one did not; 2 bad usage or scenario,
nothing was played; 3 nothing worse than that the replicas did not converge after healing.)";

struct Given {
  std::optional<std::string> file;
  std::optional<std::string> seed;
  std::optional<std::string> variant;
  std::optional<std::string> trace;
  std::optional<std::string> edn;
  std::optional<std::string> plan;
  std::optional<std::string> svg;
  bool json = false;
  bool quiet = false;
};

std::vector<std::string> judge_words(const Given& given) {
  std::vector<std::string> problems;
  if (given.seed && !whole_number(*given.seed)) {
    problems.push_back("--seed is a number from 0 on, not '" + *given.seed + "'");
  }
  if (!given.file && !given.seed) {
    problems.emplace_back("name a SCENARIO, or the --seed of a random world");
  }
  if (!given.file && given.variant) {
    problems.emplace_back("--variant is for a scenario that has some");
  }
  if (given.json && given.quiet) problems.emplace_back("--json and --quiet exclude one another");
  return problems;
}

Result<Scenario> scenario_of(const Given& given) {
  const auto seed = given.seed ? whole_number(*given.seed) : std::nullopt;
  if (given.file) return load_scenario(*given.file, seed);
  Scenario scenario;
  Variant variant;
  variant.plan = draw_plan(*seed);
  scenario.variants.push_back(std::move(variant));
  return scenario;
}

// Leaves only the variant that was asked for.
Status pick_variant(const Given& given, Scenario& scenario) {
  if (!given.variant) return {};
  std::string names;
  for (Variant& variant : scenario.variants) {
    if (variant.name == *given.variant) {
      Variant picked = std::move(variant);
      scenario.variants.clear();
      scenario.variants.push_back(std::move(picked));
      return {};
    }
    names += (names.empty() ? "" : ", ") + variant.name;
  }
  return invalid_input("the scenario has no variant '" + *given.variant +
                       "'; it has: " + (names.empty() ? "none" : names));
}

std::string replay_line(const Given& given, const Variant& variant) {
  std::string line = "kvsim run";
  if (given.file) line += " " + *given.file;
  line += " --seed " + std::to_string(variant.plan.cluster.seed);
  if (!variant.name.empty()) line += " --variant '" + variant.name + "'";
  return line;
}

Error cannot_write(const std::string& path) {
  return Error{ErrorCode::kIoError, "cannot write " + path + ": " + std::strerror(errno)};
}

Status write_file(const std::string& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  bool written = file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (file != nullptr && std::fclose(file) != 0) written = false;
  if (written) return {};
  return cannot_write(path);
}

// Every variant's part of a file has the variant's name before it when there are several.
class Session {
 public:
  Session(const Given& given, const Scenario& scenario, bool colours)
      : given_(given), scenario_(scenario), colours_(colours) {}

  ExitCode run() {
    if (given_.plan) {
      if (scenario_.variants.size() > 1) {
        return refuse("kvsim run", {"--plan writes one run: pick it with --variant"});
      }
      const Status written = write_file(*given_.plan, write_plan(scenario_.variants.front().plan));
      if (!written) return fail(written.error());
    }
    if (given_.trace) {
      trace_.reset(std::fopen(given_.trace->c_str(), "wb"));
      if (!trace_) return fail(cannot_write(*given_.trace));
    }
    for (const Variant& variant : scenario_.variants) play_one(variant);
    if (given_.trace) {
      std::FILE* file = trace_.release();
      const bool bad = std::ferror(file) != 0;
      if (std::fclose(file) != 0 || bad) return fail(cannot_write(*given_.trace));
    }
    if (given_.edn) {
      if (const Status written = write_file(*given_.edn, histories()); !written) {
        return fail(written.error());
      }
    }
    if (given_.svg) {
      const std::string picture = report_svg(performances_[0].summary);
      if (const Status written = write_file(*given_.svg, picture); !written) {
        return fail(written.error());
      }
    }
    const std::string text = given_.json ? json_text() : given_.quiet ? quiet_text() : full_text();
    std::fwrite(text.data(), 1, text.size(), stdout);
    return exit_code();
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  void play_one(const Variant& variant) {
    const std::string replay = replay_line(given_, variant);
    if (!trace_) {
      performances_.push_back(play(scenario_, variant, replay));
      return;
    }
    RunLabels labels;
    labels.name = scenario_.name;
    labels.variant = variant.name;
    TraceWriter writer(variant.plan, labels, [this](const std::string& line) {
      std::fwrite(line.data(), 1, line.size(), trace_.get());
    });
    performances_.push_back(play(scenario_, variant, replay, {&writer}));
  }

  std::vector<RunSummary> summaries() const {
    std::vector<RunSummary> all;
    for (const Performance& performance : performances_) all.push_back(performance.summary);
    return all;
  }

  std::string json_text() const {
    std::string text;
    for (const Performance& performance : performances_) text += report_json(performance.summary);
    return text;
  }

  static ExitCode fail(const Error& error) { return refuse("kvsim run", {error.message}); }

  std::string histories() const {
    std::string text;
    for (const Performance& performance : performances_) {
      const std::string& variant = performance.summary.labels.variant;
      if (!variant.empty()) text += "; variant " + variant + "\n";
      text += history_edn(*performance.run);
    }
    return text;
  }

  std::string full_text() const {
    return comparison_text(summaries(),
                           {.colour = colours_, .width = terminal_width(STDOUT_FILENO)});
  }

  // One line a variant.
  std::string quiet_text() const {
    std::string text;
    for (const Performance& performance : performances_) {
      const bool good = performance.met() && performance.unexpected.empty();
      text += std::string(good ? "held" : "VIOLATED") + "  trace " +
              hash_text(performance.summary.trace_hash) + "  " + performance.summary.labels.replay +
              "\n";
    }
    return text;
  }

  ExitCode exit_code() const {
    ExitCode code = ExitCode::kHeld;
    for (const Performance& performance : performances_) {
      if (!performance.safe() || !performance.met()) return ExitCode::kViolated;
      if (!performance.unexpected.empty()) code = ExitCode::kNotConverged;
    }
    return code;
  }

  const Given& given_;
  const Scenario& scenario_;
  const bool colours_;
  std::unique_ptr<std::FILE, Close> trace_;
  std::vector<Performance> performances_;
};

ExitCode run(const Given& given, bool colours) {
  Result<Scenario> scenario = scenario_of(given);
  if (!scenario) return refuse_lines("kvsim run", scenario.error().message);
  if (const Status picked = pick_variant(given, *scenario); !picked) {
    return refuse("kvsim run", {picked.error().message});
  }
  if (given.svg && scenario->variants.size() > 1) {
    return refuse("kvsim run", {"--svg draws one run: name the --variant as well"});
  }
  return Session(given, *scenario, colours).run();
}

}  // namespace

Command run_command() {
  const auto given = std::make_shared<Given>();
  Command command;
  command.name = "run";
  command.summary = "Play a scenario, or the random world of a seed, and say what it cost";
  command.footer = kFooter;
  command.positional("SCENARIO", given->file, "A name from the library, or a TOML file");
  command.option("--seed", "N", given->seed, "Other links, disks and ids; alone: a random world");
  command.option("--variant", "NAME", given->variant, "Only this one of the scenario's variants");
  command.option("--trace", "FILE", given->trace,
                 "Write every event there, one JSON object a line");
  command.option("--edn", "FILE", given->edn, "Write what the clients saw there, for kvsim check");
  command.option("--plan", "FILE", given->plan,
                 "Write the run there as a scenario that leaves nothing to the seed's drawing");
  command.option("--svg", "FILE", given->svg, "Draw the timelines there");
  command.flag("--json", given->json, "Print one line of JSON for each variant, for a program");
  command.flag("--quiet", given->quiet, "One line a variant: verdict, trace hash, how to replay");
  command.problems = [given] { return judge_words(*given); };
  command.run = [given](bool colours) { return run(*given, colours); };
  return command;
}

}  // namespace quorate::sim
