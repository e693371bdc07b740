#include "sim/kvsim/command_line.h"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "sim/kvsim/commands.h"

namespace quorate::sim {
namespace {

constexpr const char* kExitCodes =
    "Exit codes: 0 everything held; 1 a property was violated; 2 bad usage or input;\n"
    "3 replicas did not converge; 4 undecided, the budget of steps was used up.";

constexpr const char* kExamples = R"(
Examples:
  kvsim list                              the library of scenarios
  kvsim run split-brain                   one of them: what happened, and a verdict
  kvsim matrix                            what each N, R and W gives up
  kvsim sweep --seeds 1..10000            random worlds, in search of a broken promise
  kvsim check history.edn                 somebody else's history

'kvsim COMMAND --help' tells more.

)";

void declare_word(CLI::App& app, const CommandWord& word) {
  CLI::Option* option = nullptr;
  if (auto* const* flag = std::get_if<bool*>(&word.to)) {
    option = app.add_flag(word.name, **flag, word.help);
  } else if (auto* const* text = std::get_if<std::string*>(&word.to)) {
    option = app.add_option(word.name, **text, word.help);
    if (!(*text)->empty()) option->capture_default_str();
  } else {
    option =
        app.add_option(word.name, **std::get_if<std::optional<std::string>*>(&word.to), word.help);
  }
  if (!word.type.empty()) option->type_name(word.type);
  if (word.required) option->required();
}

CLI::App* declare(CLI::App& app, const Command& command) {
  CLI::App* parser = app.add_subcommand(command.name, command.summary);
  for (const CommandWord& word : command.words) declare_word(*parser, word);
  parser->footer(command.footer);
  return parser;
}

// What is wrong with the first word; nothing if it is a command, or an option.
std::optional<std::string> find_command(const std::vector<Command>& commands,
                                        const std::string& word) {
  if (!word.empty() && word[0] == '-') return std::nullopt;
  std::string names;
  for (const Command& command : commands) {
    if (command.name == word) return std::nullopt;
    names += (names.empty() ? "" : ", ") + command.name;
  }
  return (word.empty() ? "no command is given" : "there is no command '" + word + "'") +
         std::string("; the commands are: ") + names;
}

// `whose`: "kvsim", or "kvsim check": whose --help to see.
ExitCode refuse_words(const std::string& whose, const std::vector<std::string>& problems) {
  const ExitCode code = refuse(whose, problems);
  std::fprintf(stderr, "see %s --help\n", whose.c_str());
  return code;
}

// A full disk behind `> file` must not pass for a run that was told.
ExitCode finish(const std::string& whose, ExitCode code) {
  const bool failed = std::ferror(stdout) != 0;
  if (std::fflush(stdout) == 0 && !failed) return code;
  return refuse(whose, {std::string("cannot write standard output: ") + std::strerror(errno)});
}

ExitCode print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  return finish("kvsim", ExitCode::kHeld);
}

}  // namespace

ExitCode run_command_line(int argc, const char* const* argv, const std::string& version,
                          bool colours) {
  CLI::App app("Runs a cluster under simulated faults, and judges what its clients saw.", "kvsim");
  app.footer(kExamples + std::string(kExitCodes));
  app.set_version_flag("--version", "kvsim " + version, "Print the version and end");
  app.require_subcommand(1);
  const std::vector<Command> commands = all_commands();
  std::vector<CLI::App*> parsers;
  for (const Command& command : commands) parsers.push_back(declare(app, command));
  if (const auto problem = find_command(commands, argc > 1 ? argv[1] : "")) {
    return refuse_words("kvsim", {*problem});
  }
  const auto chosen = [&]() -> const Command* {
    for (std::size_t i = 0; i < commands.size(); ++i) {
      if (parsers[i]->parsed()) return &commands[i];
    }
    return nullptr;
  };
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return print(app.help());
  } catch (const CLI::CallForVersion&) {
    return print("kvsim " + version + "\n");
  } catch (const CLI::ParseError& error) {
    const Command* command = chosen();
    return refuse_words(command == nullptr ? "kvsim" : "kvsim " + command->name, {error.what()});
  }
  const Command& command = *chosen();
  if (command.problems) {
    const std::vector<std::string> problems = command.problems();
    if (!problems.empty()) return refuse_words("kvsim " + command.name, problems);
  }
  return finish("kvsim " + command.name, command.run(colours));
}

}  // namespace quorate::sim
