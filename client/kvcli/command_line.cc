#include "client/kvcli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "client/kvcli/command_table.h"
#include "client/kvcli/raw_options.h"
#include "client/kvcli/text/escape.h"

namespace quorate::client::kvcli {
namespace {

constexpr const char* kVersionText = "kvcli 0.1.0\n";

void add(CLI::App& app, const OptionInfo& option, RawOptions& raw) {
  std::string names;
  for (const std::string& name : option.names) names += (names.empty() ? "" : ",") + name;
  if (const auto* flag = std::get_if<bool RawOptions::*>(&option.target)) {
    app.add_flag(names, raw.*(*flag));
  } else {
    app.add_option(names,
                   raw.*(*std::get_if<std::optional<std::string> RawOptions::*>(&option.target)));
  }
}

bool offered(const CommandInfo& command, bool in_shell) {
  return !in_shell || (command.name != "shell" && command.name != "completion");
}

// All that may stand on the line beside the command's name; what the parser does not know is left
// over, and reported by leftovers(). (CLI11's own subcommands would take a key that is called like
// a command for one.)
void build(CLI::App& app, const CommandInfo* command, RawOptions& raw, bool in_shell) {
  app.allow_extras();
  if (command != nullptr) {
    for (const OperandInfo& operand : command->operands) {
      app.add_option(operand.name, raw.*(operand.target));
    }
    for (const OptionInfo& option : command->options) add(app, option, raw);
  } else if (!in_shell) {
    app.add_flag("--version");
  }
  for (const OptionInfo& option : common_options()) add(app, option, raw);
}

// What no command or option took.
void leftovers(const std::vector<std::string>& words, const CommandInfo* command,
               std::vector<std::string>& problems) {
  std::vector<std::string> names{"--help"};
  const auto note = [&](const std::vector<OptionInfo>& options) {
    for (const OptionInfo& option : options)
      names.insert(names.end(), option.names.begin(), option.names.end());
  };
  note(common_options());
  if (command != nullptr) note(command->options);
  bool after_option = false;
  for (const std::string& word : words) {
    if (word == "--") continue;
    const bool option = word.size() > 1 && word[0] == '-';
    if (option) {
      const std::string near =
          word.size() > 3 ? nearest_word(word.substr(0, word.find('=')), names) : std::string();
      problems.push_back("there is no option " + escape(word) +
                         (near.empty() ? "; an operand that begins with a dash stands behind --"
                                       : "; did you mean " + near + "?"));
    } else if (!after_option) {
      problems.push_back("\"" + shortened(escape(word), 60) +
                         "\" is one operand too many; quote what has spaces");
    }
    after_option = option;  // the word behind an unknown option may be its value
  }
}

Parsed printed(std::string text) {
  Parsed parsed;
  parsed.text = std::move(text);
  return parsed;
}

Parsed usage_problem(const CommandInfo* command, const std::vector<std::string>& problems,
                     bool in_shell) {
  Parsed parsed;
  parsed.to_stderr = true;
  parsed.exit_code = ExitCode::kBadUsage;
  std::string name = in_shell ? "" : "kvcli";
  if (command != nullptr) name += (name.empty() ? "" : " ") + command->name;
  for (const std::string& problem : problems) {
    parsed.text += (name.empty() ? "" : name + ": ") + problem + "\n";
  }
  parsed.text += "See: " + (name.empty() ? std::string("help") : name + " --help") + "\n";
  return parsed;
}

// Where among the words the command's name stands: the first that is neither an option nor the
// value of one.
std::size_t command_at(const std::vector<std::string>& words) {
  std::size_t at = 0;
  while (at < words.size() && words[at].size() > 1 && words[at][0] == '-') {
    for (const OptionInfo& option : common_options()) {
      if (option.takes_value() && option.names.back() == words[at]) ++at;
    }
    ++at;
  }
  return std::min(at, words.size());
}

std::string no_such_command(const std::string& word, bool in_shell) {
  std::vector<std::string> names;
  for (const CommandInfo& one : all_commands()) {
    if (offered(one, in_shell)) names.push_back(one.name);
  }
  const std::string near = nearest_word(word, names);
  return "there is no command \"" + shortened(escape(word), 60) + "\"" +
         (near.empty() ? "" : "; did you mean \"" + near + "\"?");
}

}  // namespace

Parsed parse_command_line(const std::vector<std::string>& given, const Invocation* shell) {
  const bool in_shell = shell != nullptr;
  std::vector<std::string> words = given;
  // "help" and "help put" are what people type.
  if (!words.empty() && words[0] == "help") {
    words.erase(words.begin());
    words.push_back("--help");
  }
  const CommandInfo* command = nullptr;
  if (const std::size_t at = command_at(words); at < words.size()) {
    command = find_command(words[at]);
    if (command == nullptr || !offered(*command, in_shell)) {
      return usage_problem(nullptr, {no_such_command(words[at], in_shell)}, in_shell);
    }
    words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
  }

  RawOptions raw;
  CLI::App app;
  build(app, command, raw, in_shell);
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::CallForHelp&) {
    return printed(command != nullptr ? command_help(*command, in_shell) : program_help(in_shell));
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string what = error.what();
    return usage_problem(command, {escape(what.substr(0, what.find(':'))) + " needs a value"},
                         in_shell);
  } catch (const CLI::ParseError& error) {
    return usage_problem(command, {escape(error.what())}, in_shell);
  }
  std::vector<std::string> problems;
  leftovers(app.remaining(), command, problems);
  if (command == nullptr && problems.empty()) {
    if (!in_shell && app.count("--version") > 0) return printed(kVersionText);
    Parsed parsed = printed(program_help(in_shell));
    parsed.to_stderr = true;
    parsed.exit_code = ExitCode::kBadUsage;
    return parsed;
  }
  if (command == nullptr) return usage_problem(nullptr, problems, in_shell);
  Parsed parsed;
  parsed.invocation = checked(command->name, raw, shell, problems);
  if (!problems.empty()) return usage_problem(command, problems, in_shell);
  return parsed;
}

}  // namespace quorate::client::kvcli
