// kvsim run: one scenario, or the random world of a seed.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/kvsim/commands.h"
#include "sim/kvsim/output_file.h"
#include "sim/kvsim/store_choice.h"
#include "sim/report/key_history.h"
#include "sim/report/run_report.h"
#include "sim/report/trace_writer.h"
#include "sim/scenario/library.h"
#include "sim/scenario/play.h"
#include "sim/scenario/words.h"
#include "sim/swarm/swarm.h"

namespace quorate::sim {
namespace {

constexpr const char* kFooter = R"(
SCENARIO is a name from 'kvsim list', or a file (- is standard input); papers/scenarios.md has what
may stand in one. Without it, --seed N plays the random world of that seed, as 'kvsim sweep' does.

A scenario may have variants, which differ in what its lesson is about: they are played one after
the other and shown side by side. --variant picks one, and shows it in full: what each side of the
cut could do, beside one another.

A run ends with its trace hash and the line that does the same again. Neither --store nor --codec
changes anything of it, so the hash stays.

Examples:
  kvsim run split-brain
  kvsim run my-scenario.toml --seed 7 --trace events.jsonl
  kvsim run read-your-writes --variant session --edn history.edn
  kvsim run --seed 4711 --plan world-4711.toml
  kvsim run --seed 4711 --svg world.svg
  kvsim run split-brain --history k
  kvsim run split-brain --json
  kvsim run split-brain --store rocksdb --codec --quiet

papers/kvsim-json.md has the fields of --json and --trace. A FILE is written whole or not at all.

Exit codes: 0 every property and every expectation held; 1 one did not; 2 bad usage or scenario, or
a FILE that cannot be written; 3 nothing worse than that the replicas did not converge after healing.)";

struct Given {
  std::optional<std::string> file;
  std::optional<std::string> seed;
  std::optional<std::string> variant;
  std::optional<std::string> trace;
  std::optional<std::string> edn;
  std::optional<std::string> plan;
  std::optional<std::string> svg;
  std::optional<std::string> history;
  std::string store = "memory";
  bool codec = false;
  bool json = false;
  bool quiet = false;

  MakeDisk make_disk;

  // What it writes, by the word that asks for it.
  std::vector<std::pair<const char*, const std::optional<std::string>*>> files() const {
    return {{"--trace", &trace}, {"--edn", &edn}, {"--plan", &plan}, {"--svg", &svg}};
  }
};

void judge_files(const Given& given, std::vector<std::string>& problems) {
  const auto files = given.files();
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto& [word, name] = files[i];
    if (!*name) continue;
    if (**name == "-") {
      problems.push_back(std::string(word) + " takes a file; standard output is /dev/stdout");
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (*files[j].second == *name) {
        problems.push_back(std::string(files[j].first) + " and " + word +
                           " would write the same file, '" + **name + "'");
      }
    }
  }
}

std::vector<std::string> judge_words(Given& given) {
  std::vector<std::string> problems;
  if (given.seed && !whole_number(*given.seed)) {
    problems.push_back("--seed is a number from 0 to 18446744073709551615, not '" + *given.seed +
                       "'");
  }
  if (!given.file && !given.seed) {
    problems.emplace_back("name a SCENARIO, or the --seed of a random world");
  }
  if (!given.file && given.variant) {
    problems.emplace_back("--variant is for a scenario that has some");
  }
  if (given.history && (given.json || given.quiet)) {
    problems.emplace_back("--history is for the full report: without --json and --quiet");
  }
  if (given.json && given.quiet) problems.emplace_back("--json and --quiet exclude one another");
  judge_files(given, problems);
  if (auto store = store_named(given.store)) {
    given.make_disk = *std::move(store);
  } else {
    problems.push_back("--store is memory or rocksdb, not '" + given.store + "'");
  }
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

// As one word of a shell's line.
std::string quoted(const std::string& text) {
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word + "'";
}

bool is_plain_word(const std::string& text) {
  constexpr const char* kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+,:@%=-";
  return !text.empty() && text.find_first_not_of(kPlain) == std::string::npos;
}

std::string replay_line(const Given& given, const Variant& variant) {
  std::string line = "kvsim run";
  if (given.file) line += " " + (is_plain_word(*given.file) ? *given.file : quoted(*given.file));
  line += " --seed " + std::to_string(variant.plan.cluster.seed);
  if (!variant.name.empty()) line += " --variant " + quoted(variant.name);
  return line;
}

// Every variant's part of a file has the variant's name before it when there are several.
class Session {
 public:
  Session(const Given& given, const Scenario& scenario, bool colours)
      : given_(given), scenario_(scenario), colours_(colours) {}

  ExitCode run() {
    if (const Status opened = open_files(); !opened) return fail(opened.error());
    for (const Variant& variant : scenario_.variants) play_one(variant);
    if (plan_) plan_->write(write_plan(scenario_.variants.front().plan));
    if (edn_) edn_->write(histories());
    if (svg_) svg_->write(report_svg(performances_[0].summary));
    for (std::optional<OutputFile>* file : {&trace_, &edn_, &plan_, &svg_}) {
      if (!*file) continue;
      if (const Status written = (*file)->commit(); !written) return fail(written.error());
    }
    std::string text = given_.json ? json_text() : given_.quiet ? quiet_text() : full_text();
    if (given_.history) text += key_histories();
    std::fwrite(text.data(), 1, text.size(), stdout);
    return exit_code();
  }

 private:
  // All of them before the first run, so that nothing is played for nothing.
  Status open_files() {
    const auto open = [](const std::optional<std::string>& name,
                         std::optional<OutputFile>& file) -> Status {
      if (!name) return {};
      Result<OutputFile> created = OutputFile::create(*name);
      if (!created) return created.error();
      file.emplace(*std::move(created));
      return {};
    };
    if (const Status opened = open(given_.trace, trace_); !opened) return opened;
    if (const Status opened = open(given_.edn, edn_); !opened) return opened;
    if (const Status opened = open(given_.plan, plan_); !opened) return opened;
    return open(given_.svg, svg_);
  }

  void play_one(const Variant& variant) {
    const std::string replay = replay_line(given_, variant);
    if (!trace_) {
      performances_.push_back(play(scenario_, variant, replay, {}, given_.make_disk));
      return;
    }
    RunLabels labels;
    labels.name = scenario_.name;
    labels.variant = variant.name;
    TraceWriter writer(variant.plan, labels,
                       [this](const std::string& line) { trace_->write(line); });
    performances_.push_back(play(scenario_, variant, replay, {&writer}, given_.make_disk));
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

  std::string key_histories() const {
    std::string text;
    for (const Performance& performance : performances_) {
      const std::string& variant = performance.summary.labels.variant;
      text += "\n" + (variant.empty() ? "" : variant + ": ") +
              key_history_text(*performance.run, parse_key(*given_.history), colours_);
    }
    return text;
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
  std::optional<OutputFile> trace_;
  std::optional<OutputFile> edn_;
  std::optional<OutputFile> plan_;
  std::optional<OutputFile> svg_;
  std::vector<Performance> performances_;
};

ExitCode run(const Given& given, bool colours) {
  Result<Scenario> scenario = scenario_of(given);
  if (!scenario) return refuse_lines("kvsim run", scenario.error().message);
  if (const Status picked = pick_variant(given, *scenario); !picked) {
    return refuse("kvsim run", {picked.error().message});
  }
  if (scenario->variants.size() > 1) {
    std::vector<std::string> problems;
    if (given.svg) problems.emplace_back("--svg draws one run: name the --variant as well");
    if (given.plan) problems.emplace_back("--plan writes one run: name the --variant as well");
    if (!problems.empty()) return refuse("kvsim run", problems);
  }
  if (given.codec) {
    for (Variant& variant : scenario->variants) variant.plan.cluster.codec = true;
  }
  if (const Status usable = try_store(given.make_disk); !usable) {
    return refuse("kvsim run", {"--store " + given.store + ": " + usable.error().message});
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
  command.option("--history", "KEY", given->history,
                 "Draw the versions of this key as well: which took the place of which");
  command.option("--store", "memory|rocksdb", given->store, kStoreHelp);
  command.flag("--codec", given->codec, "Take every message through its bytes and back");
  command.flag("--json", given->json, "Print one line of JSON for each variant, for a program");
  command.flag("--quiet", given->quiet, "One line a variant: verdict, trace hash, how to replay");
  command.problems = [given] { return judge_words(*given); };
  command.run = [given](bool colours) { return run(*given, colours); };
  return command;
}

}  // namespace quorate::sim
