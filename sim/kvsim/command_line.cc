#include "sim/kvsim/command_line.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <optional>
#include <utility>

#include "sim/linear/judge.h"

namespace quorate::sim {
namespace {

constexpr const char* kExitCodes =
    "Exit codes: 0 everything held; 1 a property was violated; 2 bad usage or input;\n"
    "3 replicas did not converge; 4 undecided, the budget of steps was used up.";

constexpr const char* kCheckFooter = R"(
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

// As they were given; judged later, all together.
struct GivenCheck {
  std::string file;
  std::string model = "register";
  std::string budget = std::to_string(linear::JudgeOptions{}.steps_max);
  std::optional<std::string> initial;
  bool json = false;
};

CLI::App* declare_check(CLI::App& app, GivenCheck& given) {
  CLI::App* check =
      app.add_subcommand("check", "Judge somebody else's history: is it linearizable?");
  check->add_option("FILE", given.file, "The history, in EDN; - is standard input")->required();
  check->add_option("--model", given.model, "What the history is held against")
      ->type_name("register|cas-register|kv")
      ->capture_default_str();
  check
      ->add_option("--initial", given.initial,
                   "What a register holds before anybody wrote, in EDN (default: nil)")
      ->type_name("V");
  check
      ->add_option("--budget", given.budget,
                   "Operations that the search tries for one key before it gives up")
      ->type_name("STEPS")
      ->capture_default_str();
  check->add_flag("--json", given.json, "Print one line of JSON for a program");
  check->footer(kCheckFooter);
  return check;
}

// What is wrong with the first word; nothing if it is a command, or an option.
std::optional<std::string> find_command(CLI::App& app, const std::string& word) {
  if (!word.empty() && word[0] == '-') return std::nullopt;
  std::string names;
  for (const CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) {
    if (command->get_name() == word) return std::nullopt;
    names += (names.empty() ? "" : ", ") + command->get_name();
  }
  return (word.empty() ? "no command is given" : "there is no command '" + word + "'") +
         std::string("; the commands are: ") + names;
}

Command judge_check(GivenCheck given, bool colours) {
  RefuseSettings refusal{"kvsim check", {}};
  CheckSettings settings;
  settings.file = std::move(given.file);
  settings.json = given.json;
  settings.colours = colours;
  settings.initial = std::move(given.initial);
  if (const auto model = linear::model_named(given.model)) {
    settings.model = *model;
  } else {
    refusal.problems.push_back("--model is register, cas-register or kv, not '" + given.model +
                               "'");
  }
  if (settings.initial && settings.model == linear::Model::kKeyValue) {
    refusal.problems.emplace_back(
        "--initial is for register and cas-register; in kv an absent key reads as \"\"");
  }
  const char* end = given.budget.data() + given.budget.size();
  const auto [parsed, error] = std::from_chars(given.budget.data(), end, settings.steps_max);
  if (error != std::errc{} || parsed != end || settings.steps_max == 0) {
    refusal.problems.push_back("--budget is a number of steps from 1 on, not '" + given.budget +
                               "'");
  }
  if (!refusal.problems.empty()) return refusal;
  return settings;
}

}  // namespace

Command parse_command_line(int argc, const char* const* argv, const std::string& version,
                           bool colours) {
  CLI::App app("Runs a cluster under simulated faults, and judges what its clients saw.", "kvsim");
  app.footer(std::string("\n'kvsim COMMAND --help' tells more.\n\n") + kExitCodes);
  app.set_version_flag("--version", "kvsim " + version, "Print the version and end");
  app.require_subcommand(1);
  GivenCheck given_check;
  CLI::App* check = declare_check(app, given_check);
  if (const auto problem = find_command(app, argc > 1 ? argv[1] : "")) {
    return RefuseSettings{"kvsim", {*problem}};
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return PrintSettings{app.help()};
  } catch (const CLI::CallForVersion&) {
    return PrintSettings{"kvsim " + version + "\n"};
  } catch (const CLI::ParseError& error) {
    return RefuseSettings{check->parsed() ? "kvsim check" : "kvsim", {error.what()}};
  }
  return judge_check(std::move(given_check), colours);
}

}  // namespace quorate::sim
