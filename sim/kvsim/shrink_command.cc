// kvsim shrink: the smallest schedule that still fails.
#include <boost/json.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/kvsim/commands.h"
#include "sim/kvsim/interrupt.h"
#include "sim/kvsim/output_file.h"
#include "sim/kvsim/progress.h"
#include "sim/report/table.h"
#include "sim/run/run.h"
#include "sim/scenario/library.h"
#include "sim/scenario/scenario.h"
#include "sim/shrink/pin.h"
#include "sim/shrink/schedule.h"
#include "sim/shrink/shrink.h"
#include "sim/swarm/swarm.h"
#include "sim/sweep/apart.h"
#include "sim/sweep/sweep.h"

namespace quorate::sim {
namespace {

constexpr const char* kFooter = R"(
Leaves out faults, clients, operations, keys and nodes, makes links and settings ordinary and times
round, and keeps what still violates the same property. Each try is a run of its own; the same plan
gives the same result, however often. Of a scenario with several variants it takes the first that
violates a property; what a scenario expects does not count here.

^C ends the search with the smallest schedule so far.

Examples:
  kvsim shrink --seed 4711
  kvsim shrink --seed 4711 --out smallest.toml
  kvsim run smallest.toml
  kvsim shrink found.toml --property 'replicas converge'

Exit codes: as of a run of the plan: 0 it violates nothing, so there is nothing to make smaller; 1 a
property was violated; 3 it did not converge; 2 bad usage or scenario, or a FILE that cannot be
written.)";

struct Given {
  std::optional<std::string> file;
  std::optional<std::string> seed;
  std::optional<std::string> out;
  std::string budget = std::to_string(ShrinkOptions{}.runs_max);
  std::optional<std::string> property;
  bool json = false;

  std::uint64_t seed_number = 0;
  ShrinkOptions options;
};

std::vector<std::string> judge_words(Given& given) {
  std::vector<std::string> problems;
  if (given.file.has_value() == given.seed.has_value()) {
    problems.emplace_back("name one plan: SCENARIO, or --seed N");
  } else if (given.seed) {
    const auto seed = whole_number(*given.seed);
    if (!seed)
      problems.push_back("--seed is a number from 0 to 18446744073709551615, not '" + *given.seed +
                         "'");
    given.seed_number = seed.value_or(0);
  }
  given.options.runs_max = whole_number(given.budget).value_or(0);
  if (given.options.runs_max == 0) {
    problems.push_back("--budget is a number of runs from 1 on, not '" + given.budget + "'");
  }
  return problems;
}

const Violation* find(const std::vector<Violation>& violations, const std::string& property) {
  for (const Violation& violation : violations) {
    if (violation.property == property) return &violation;
  }
  return nullptr;
}

// The violation to keep: the one asked for, or the first. Problems go to stderr.
std::optional<Violation> choose(const std::vector<Violation>& violations, const Given& given) {
  if (!given.property) return violations.front();
  if (const Violation* chosen = find(violations, *given.property)) return *chosen;
  std::string names;
  for (const Violation& violation : violations) {
    names += (names.empty() ? "" : ", ") + violation.property;
  }
  refuse("kvsim shrink",
         {"this run does not violate '" + *given.property + "'; it violates: " + names});
  return std::nullopt;
}

std::string size_text(const PlanSize& size) {
  const auto count = [](std::size_t number, const char* what) {
    return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
  };
  return count(size.faults, "fault") + ", " + count(size.operations, "operation") + ", " +
         count(size.clients, "client") + ", " + count(size.keys, "key") + ", " +
         count(size.nodes, "node");
}

struct Outcome {
  RunPlan before;
  Shrunk shrunk;
  Violation violation;  // of the smallest plan
  std::vector<ScheduleLine> schedule;
  double seconds = 0;
};

std::string outcome_text(const Outcome& outcome, bool colours) {
  Table schedule({{"time", true}, {"who"}, {"what"}});
  for (const ScheduleLine& line : outcome.schedule) {
    schedule.add({{time_to_string(line.at), Style::kDim},
                  {line.who, line.who == "fault" ? Style::kWarning : Style::kPlain},
                  {printable(line.what)}});
  }
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.1f s", outcome.seconds);
  return describe(outcome.shrunk.plan) + "\n" + schedule.text(colours) + "\n" +
         styled("violated: ", Style::kBad, colours) + outcome.violation.property + "\n" +
         outcome.violation.witness + "\nfrom " + size_text(size_of(outcome.before)) + "\nto   " +
         size_text(size_of(outcome.shrunk.plan)) + ", in " + with_commas(outcome.shrunk.runs) +
         " runs and " + seconds + (outcome.shrunk.used_up ? "; the budget is used up" : "") + "\n";
}

boost::json::object size_json(const PlanSize& size) {
  return {{"faults", size.faults},
          {"operations", size.operations},
          {"clients", size.clients},
          {"keys", size.keys},
          {"nodes", size.nodes}};
}

boost::json::object head_json(const RunPlan& plan) {
  return {{"schema", "kvsim-shrink"}, {"schema_version", 1}, {"seed", plan.cluster.seed}};
}

// papers/kvsim-json.md says what is in it.
std::string outcome_json(const Outcome& outcome) {
  boost::json::array schedule;
  for (const ScheduleLine& line : outcome.schedule) {
    schedule.push_back(
        boost::json::object{{"at_ns", line.at}, {"who", line.who}, {"what", line.what}});
  }
  boost::json::object object = head_json(outcome.before);
  object["property"] = outcome.violation.property;
  object["witness"] = outcome.violation.witness;
  object["before"] = size_json(size_of(outcome.before));
  object["after"] = size_json(size_of(outcome.shrunk.plan));
  object["runs"] = outcome.shrunk.runs;
  object["used_up"] = outcome.shrunk.used_up;
  object["seconds"] = outcome.seconds;
  object["schedule"] = std::move(schedule);
  return boost::json::serialize(object) + "\n";
}

// There was nothing to make smaller.
std::string nothing_json(const RunPlan& plan) {
  boost::json::object object = head_json(plan);
  object["property"] = nullptr;
  object["before"] = size_json(size_of(plan));
  return boost::json::serialize(object) + "\n";
}

// Its steps tied to their moments. A run that dies has no moments to tie them to.
RunPlan prepared(const RunPlan& plan, const std::string& property) {
  if (property == kProgramSurvives) return plan;
  Run run(plan);
  run.play();
  return pinned(run);
}

Outcome make_smaller(const RunPlan& plan, const Violation& violation, const Given& given) {
  const Interrupt interrupt;
  Progress progress("runs", given.options.runs_max);
  const auto still_fails = [&violation](const RunPlan& candidate) {
    const auto violations = violations_apart(candidate);
    return violations && find(*violations, violation.property) != nullptr;
  };
  const auto watch = [&](std::uint64_t runs, const RunPlan& smallest) {
    progress.show(runs, size_text(size_of(smallest)));
    return !interrupt.happened();
  };
  Outcome outcome{plan,
                  shrink(prepared(plan, violation.property), still_fails, given.options, watch),
                  violation,
                  {},
                  progress.seconds()};
  const auto violations = violations_apart(outcome.shrunk.plan);
  if (const Violation* last = violations ? find(*violations, violation.property) : nullptr) {
    outcome.violation = *last;
  }
  if (violation.property == kProgramSurvives) {
    outcome.schedule = schedule_of(outcome.shrunk.plan, nullptr);
  } else {
    Run run(outcome.shrunk.plan);
    run.play();
    outcome.schedule = schedule_of(outcome.shrunk.plan, &run);
  }
  return outcome;
}

Result<std::vector<RunPlan>> plans_of(const Given& given) {
  if (given.seed) return std::vector<RunPlan>{draw_plan(given.seed_number)};
  const Result<Scenario> scenario = load_scenario(*given.file);
  if (!scenario) return scenario.error();
  std::vector<RunPlan> plans;
  for (const Variant& variant : scenario->variants) plans.push_back(variant.plan);
  return plans;
}

ExitCode shrink_plan(const RunPlan& plan, const std::vector<Violation>& violations,
                     const Given& given, bool colours) {
  std::optional<OutputFile> out;
  if (given.out) {
    Result<OutputFile> created = OutputFile::create(*given.out);
    if (!created) return refuse("kvsim shrink", {created.error().message});
    out.emplace(*std::move(created));
  }
  const std::optional<Violation> violation = choose(violations, given);
  if (!violation) return ExitCode::kUsage;
  const Outcome outcome = make_smaller(plan, *violation, given);
  if (out) {
    out->write(write_plan(outcome.shrunk.plan));
    const Status written = out->commit();
    if (!written) return refuse("kvsim shrink", {written.error().message});
  }
  std::string text = given.json ? outcome_json(outcome) : outcome_text(outcome, colours);
  if (given.out && !given.json) text += "again: kvsim run " + *given.out + "\n";
  std::fwrite(text.data(), 1, text.size(), stdout);
  return is_about_healing(*violation) ? ExitCode::kNotConverged : ExitCode::kViolated;
}

ExitCode run(const Given& given, bool colours) {
  const Result<std::vector<RunPlan>> plans = plans_of(given);
  if (!plans) return refuse_lines("kvsim shrink", plans.error().message);
  for (const RunPlan& plan : *plans) {
    const auto violations = violations_apart(plan);
    if (!violations) return refuse("kvsim shrink", {violations.error().message});
    if (!violations->empty()) return shrink_plan(plan, *violations, given, colours);
  }
  if (given.json) {
    std::fputs(nothing_json(plans->front()).c_str(), stdout);
    return ExitCode::kHeld;
  }
  std::printf("%s violates nothing: there is nothing to make smaller\n",
              given.seed ? ("seed " + *given.seed).c_str() : printable(*given.file).c_str());
  return ExitCode::kHeld;
}

}  // namespace

Command shrink_command() {
  const auto given = std::make_shared<Given>();
  Command command;
  command.name = "shrink";
  command.summary = "Find the smallest schedule that still fails";
  command.footer = kFooter;
  command.positional("SCENARIO", given->file,
                     "One that fails: a TOML file, - for standard input, or a name");
  command.option("--seed", "N", given->seed, "The random world that fails");
  command.option("--out", "FILE", given->out, "Write the smallest plan there, as a scenario");
  command.option("--property", "NAME", given->property,
                 "The violation to keep (default: the first)");
  command.option("--budget", "RUNS", given->budget, "How many runs it may take");
  command.flag("--json", given->json, "Print one line of JSON for a program");
  command.problems = [given] { return judge_words(*given); };
  command.run = [given](bool colours) { return run(*given, colours); };
  return command;
}

}  // namespace quorate::sim
