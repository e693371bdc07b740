// shell: commands at a prompt or from a script, in one session.
#include <algorithm>
#include <iostream>
#include <memory>
#include <set>
#include <string>

#include "client/kvcli/command_line.h"
#include "client/kvcli/command_table.h"
#include "client/kvcli/commands.h"
#include "client/kvcli/line_editor.h"
#include "client/kvcli/text/escape.h"
#include "client/kvcli/text/words.h"

namespace quorate::client::kvcli {
namespace {

constexpr std::size_t kKeysMax = 1000;  // kept for completion

class Shell {
 public:
  Shell(Console& console, const Invocation& invocation)
      : console_(console),
        invocation_(invocation),
        connections_(invocation.contact),
        context_{console, connections_} {}

  ExitCode run() {
    const bool typed = console_.in_is_terminal();
    std::unique_ptr<LineEditor> editor;
    if (typed) {
      editor =
          std::make_unique<LineEditor>([this](const std::string& before, const std::string& word) {
            return matches(before, word);
          });
      console_.out("help lists the commands, help COMMAND explains one; exit or ^D leaves.\n");
    }
    ExitCode first = ExitCode::kDone;
    std::size_t number = 0;
    std::string line;
    while (next(editor.get(), line)) {
      ++number;
      const auto words = split_words(line);
      if (words && words->empty()) continue;
      if (words && ((*words)[0] == "exit" || (*words)[0] == "quit")) break;
      ExitCode code = ExitCode::kBadUsage;
      if (words) {
        code = execute(*words);
      } else {
        console_.error(words.error().message + "\n");
      }
      if (!console_.flush()) return ExitCode::kBadUsage;
      if (typed || code == ExitCode::kDone) continue;
      console_.error("line " + std::to_string(number) + ": exit code " +
                     std::to_string(static_cast<int>(code)) + ": " + escape(line) + "\n");
      if (first == ExitCode::kDone) first = code;
    }
    if (typed) console_.out("\n");
    return first;
  }

 private:
  bool next(LineEditor* editor, std::string& line) {
    if (editor == nullptr) return static_cast<bool>(std::getline(std::cin, line));
    auto typed = editor->read("kvcli> ");
    if (!typed) return false;
    line = std::move(*typed);
    return true;
  }

  ExitCode execute(const std::vector<std::string>& words) {
    const Parsed parsed = parse_command_line(words, &invocation_);
    if (!parsed.invocation) {
      if (parsed.to_stderr) {
        console_.error(parsed.text);
      } else {
        console_.out(parsed.text);
      }
      return parsed.exit_code;
    }
    const ExitCode code = run_command(context_, *parsed.invocation);
    if (parsed.invocation->key && code == ExitCode::kDone && keys_.size() < kKeysMax) {
      keys_.insert(quoted_word(*parsed.invocation->key));
    }
    return code;
  }

  // Commands first, then the command's options, then keys that were used before.
  std::vector<std::string> matches(const std::string& before, const std::string& word) const {
    std::vector<std::string> found;
    const auto words = split_words(before.substr(0, before.size() - word.size()));
    if (!words) return found;
    if (words->empty() || (words->size() == 1 && (*words)[0] == "help")) {
      for (const CommandInfo& command : all_commands()) {
        if (command.name != "shell" && command.name != "completion") found.push_back(command.name);
      }
      if (words->empty()) found.insert(found.end(), {"exit", "help"});
      return found;
    }
    const CommandInfo* command = find_command((*words)[0]);
    if (command == nullptr) return found;
    std::vector<OptionInfo> options = command->options;
    options.insert(options.end(), common_options().begin(), common_options().end());
    for (const OptionInfo& option : options) {
      const auto& names = option.names;
      const bool last = std::find(names.begin(), names.end(), words->back()) != names.end();
      if (last && option.takes_value()) return option.choices;
    }
    if (word.rfind('-', 0) == 0) {
      for (const OptionInfo& option : options) {
        found.insert(found.end(), option.names.begin(), option.names.end());
      }
    } else if (command->takes("KEY") && words->size() == 1) {
      found.assign(keys_.begin(), keys_.end());
    }
    return found;
  }

  Console& console_;
  const Invocation& invocation_;
  Connections connections_;
  Context context_;
  std::set<std::string> keys_;
};

}  // namespace

ExitCode run_shell(Console& console, const Invocation& invocation) {
  return Shell(console, invocation).run();
}

}  // namespace quorate::client::kvcli
