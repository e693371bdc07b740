// kvsim check: judges somebody else's history.
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

#include "sim/kvsim/check_report.h"
#include "sim/kvsim/check_settings.h"
#include "sim/kvsim/commands.h"
#include "sim/kvsim/input.h"
#include "sim/linear/edn.h"
#include "sim/linear/judge.h"

namespace quorate::sim {
namespace {

constexpr const char* kFooter = R"(
FILE holds a history as Jepsen writes it, in EDN, one map a line or one vector of maps:

  {:process 0, :type :invoke, :f :write, :value 3}
  {:process 0, :type :ok, :f :write, :value 3}

:type is :invoke, then :ok (it happened), :fail (it did not happen) or :info (nobody knows: it may
still happen at any later moment). :key names a register; each is judged on its own. Other keys are
ignored, and so are processes that are keywords (:nemesis).

Models:
  register       :read, :write
  cas-register   :read, :write, :cas [from to]
  kv             :get, :put, :append of strings, each with :key; an absent key reads as ""

Examples:
  kvsim check history.edn
  kvsim check history.edn --model cas-register --initial 0
  kvsim check history.edn --model kv --budget 100000000
  zcat history.edn.gz | kvsim check - --model kv --json

Exit codes: 0 linearizable; 1 not; 2 bad usage, or not a history; 4 undecided: the budget of steps
was used up.)";

struct Given {
  CheckSettings settings;
  std::string model = "register";
  std::string budget = std::to_string(linear::JudgeOptions{}.steps_max);
};

std::vector<std::string> judge_words(Given& given) {
  std::vector<std::string> problems;
  if (const auto model = linear::model_named(given.model)) {
    given.settings.model = *model;
  } else {
    problems.push_back("--model is register, cas-register or kv, not '" + given.model + "'");
  }
  if (given.settings.initial && given.settings.model == linear::Model::kKeyValue) {
    problems.emplace_back(
        "--initial is for register and cas-register; in kv an absent key reads as \"\"");
  }
  given.settings.steps_max = whole_number(given.budget).value_or(0);
  if (given.settings.steps_max == 0) {
    problems.push_back("--budget is a number of steps from 1 on, not '" + given.budget + "'");
  }
  return problems;
}

ExitCode exit_code(linear::Verdict verdict) {
  switch (verdict) {
    case linear::Verdict::kLinearizable:
      return ExitCode::kHeld;
    case linear::Verdict::kNotLinearizable:
      return ExitCode::kViolated;
    case linear::Verdict::kUndecided:
      return ExitCode::kUndecided;
  }
  return ExitCode::kUsage;
}

// Prints the verdict to stdout, what is wrong with the input to stderr.
ExitCode run(const CheckSettings& settings) {
  const Result<Input> input = Input::read(settings.file);
  if (!input) return refuse("kvsim check", {input.error().message});
  const Result<linear::History> history = linear::read_edn(
      input->text(), {.model = settings.model, .initial = settings.initial, .name = input->name()});
  if (!history) return refuse("kvsim check", {history.error().message});
  const linear::Judgement judgement = judge(*history, {.steps_max = settings.steps_max});
  const CheckReport report{settings, *history, judgement};
  const std::string text = settings.json ? check_json(report) : check_text(report);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return exit_code(judgement.verdict);
}

}  // namespace

Command check_command() {
  const auto given = std::make_shared<Given>();
  CheckSettings& settings = given->settings;
  Command command;
  command.name = "check";
  command.summary = "Judge somebody else's history: is it linearizable?";
  command.footer = kFooter;
  command.positional("FILE", settings.file, "The history, in EDN; - is standard input");
  command.option("--model", "register|cas-register|kv", given->model,
                 "What the history is held against");
  command.option("--initial", "V", settings.initial,
                 "What a register holds before anybody wrote, in EDN (default: nil)");
  command.option("--budget", "STEPS", given->budget,
                 "Operations that the search tries for one key before it gives up");
  command.flag("--json", settings.json, "Print one line of JSON for a program");
  command.problems = [given] { return judge_words(*given); };
  command.run = [given](bool colours) {
    given->settings.colours = colours;
    return run(given->settings);
  };
  return command;
}

}  // namespace quorate::sim
