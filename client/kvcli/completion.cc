#include "client/kvcli/completion.h"

#include "client/kvcli/commands.h"

namespace quorate::client::kvcli {
namespace {

std::string joined(const std::vector<std::string>& words, const std::string& between) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

// With each of `special` behind a backslash.
std::string protect(const std::string& text, const std::string& special) {
  std::string out;
  for (const char c : text) {
    if (special.find(c) != std::string::npos) out += '\\';
    out += c;
  }
  return out;
}

// For single quotes of a POSIX shell.
std::string single(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string names_of(const std::vector<CommandInfo>& commands, const std::string& between) {
  std::vector<std::string> names;
  for (const CommandInfo& command : commands) names.push_back(command.name);
  return joined(names, between);
}

std::vector<OptionInfo> options_of(const CommandInfo& command) {
  std::vector<OptionInfo> options = command.options;
  options.insert(options.end(), common_options().begin(), common_options().end());
  return options;
}

std::vector<std::string> choices_of(const CommandInfo& command) {
  for (const OperandInfo& operand : command.operands) {
    if (!operand.choices.empty()) return operand.choices;
  }
  return {};
}

}  // namespace

std::string bash_completion(const std::vector<CommandInfo>& commands) {
  std::string values;
  std::string words;
  for (const CommandInfo& command : commands) {
    std::vector<std::string> all;
    for (const OptionInfo& option : options_of(command)) {
      for (const std::string& name : option.names) all.push_back(name);
      if (!option.takes_value()) continue;
      std::vector<std::string> patterns;
      for (const std::string& name : option.names)
        patterns.push_back("\"" + command.name + " " + name + "\"");
      values += "    " + joined(patterns, "|") + ") ";
      if (option.takes_file()) {
        values += "COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n";
      } else if (!option.choices.empty()) {
        values += "COMPREPLY=($(compgen -W \"" + joined(option.choices, " ") +
                  "\" -- \"$cur\")); return ;;\n";
      } else {
        values += "return ;;\n";
      }
    }
    for (const std::string& choice : choices_of(command)) all.push_back(choice);
    words += "    " + command.name + ") words=\"" + joined(all, " ") + "\"" +
             (command.takes("FILE") ? "; files=1" : "") + " ;;\n";
  }
  const std::string names = names_of(commands, " ");
  return "# bash completion for kvcli; load it with: source <(kvcli completion bash)\n"
         "_kvcli() {\n"
         "  local cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"${COMP_WORDS[COMP_CWORD-1]}\" cmd= "
         "words= files= i\n"
         "  COMPREPLY=()\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    case \"${COMP_WORDS[i]}\" in\n"
         "      " +
         names_of(commands, "|") +
         ") cmd=\"${COMP_WORDS[i]}\"; break ;;\n"
         "    esac\n"
         "  done\n"
         "  case \"$cmd $prev\" in\n" +
         values +
         "  esac\n"
         "  case \"$cmd\" in\n"
         "    \"\") words=\"" +
         names + " help --help --version\" ;;\n" + words +
         "  esac\n"
         "  if [[ $files && $cur != -* ]]; then\n"
         "    COMPREPLY=($(compgen -f -- \"$cur\"))\n"
         "  else\n"
         "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
         "  fi\n"
         "}\n"
         "complete -F _kvcli kvcli\n";
}

std::string zsh_completion(const std::vector<CommandInfo>& commands) {
  std::string described;
  std::string cases;
  for (const CommandInfo& command : commands) {
    described +=
        "    " + single(protect(command.name, ":") + ":" + protect(command.description, "")) + "\n";
    cases += "    " + command.name + ")\n      _arguments -s";
    for (const OptionInfo& option : options_of(command)) {
      std::string what = "[" + protect(option.description, "[]\\:") + "]";
      if (option.takes_value()) {
        what += option.takes_file()       ? ":file:_files"
                : !option.choices.empty() ? ":value:(" + joined(option.choices, " ") + ")"
                                          : ":value: ";
      }
      for (const std::string& name : option.names) cases += " \\\n        " + single(name + what);
    }
    if (command.takes("FILE")) cases += " \\\n        '*:file:_files'";
    if (!choices_of(command).empty())
      cases += " \\\n        '1:what:(" + joined(choices_of(command), " ") + ")'";
    cases += "\n      ;;\n";
  }
  return "#compdef kvcli\n"
         "# zsh completion for kvcli; put it into a directory of $fpath as _kvcli\n"
         "_kvcli() {\n"
         "  local -a commands\n"
         "  commands=(\n" +
         described +
         "  )\n"
         "  if (( CURRENT == 2 )); then\n"
         "    _describe -t commands 'kvcli command' commands\n"
         "    return\n"
         "  fi\n"
         "  local cmd=$words[2]\n"
         "  shift words\n"
         "  (( CURRENT-- ))\n"
         "  case $cmd in\n" +
         cases +
         "  esac\n"
         "}\n"
         "if [[ $funcstack[1] == _kvcli ]]; then _kvcli \"$@\"; else compdef _kvcli kvcli; fi\n";
}

std::string fish_completion(const std::vector<CommandInfo>& commands) {
  std::string text =
      "# fish completion for kvcli; put it into ~/.config/fish/completions/kvcli.fish\n"
      "complete -c kvcli -f\n";
  const auto quote = [](const std::string& words) { return "'" + protect(words, "\\'") + "'"; };
  for (const CommandInfo& command : commands) {
    text += "complete -c kvcli -n __fish_use_subcommand -a " + command.name + " -d " +
            quote(command.description) + "\n";
    const std::string head =
        "complete -c kvcli -n '__fish_seen_subcommand_from " + command.name + "'";
    for (const OptionInfo& option : options_of(command)) {
      text += head;
      for (const std::string& name : option.names) {
        text += name.rfind("--", 0) == 0 ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      if (option.takes_value()) text += option.takes_file() ? " -r -F" : " -x";
      if (!option.choices.empty()) text += " -a " + quote(joined(option.choices, " "));
      text += " -d " + quote(option.description) + "\n";
    }
    if (command.takes("FILE")) text += head + " -F\n";
    if (!choices_of(command).empty())
      text += head + " -a " + quote(joined(choices_of(command), " ")) + "\n";
  }
  return text;
}

ExitCode run_completion(Console& console, const Invocation& invocation) {
  const auto& commands = all_commands();
  if (invocation.shell == "bash") {
    console.out(bash_completion(commands));
  } else if (invocation.shell == "zsh") {
    console.out(zsh_completion(commands));
  } else {
    console.out(fish_completion(commands));
  }
  return ExitCode::kDone;
}

}  // namespace quorate::client::kvcli
