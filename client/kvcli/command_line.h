// From words to an Invocation; and what help and completion need to know of every command.
//
// Not here: what the commands do (commands.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/kvcli/invocation.h"

namespace quorate::client::kvcli {

// What a line of words asks for: a command to run, or a text to print and an exit code.
struct Parsed {
  std::optional<Invocation> invocation;
  std::string text;
  bool to_stderr = false;
  ExitCode exit_code = ExitCode::kDone;
};

// `words` without the program's name. Every problem is reported at once, with exit code 2. `shell`:
// the shell that they were typed in, whose contact, deadline and form of output hold where the
// words name no other.
Parsed parse_command_line(const std::vector<std::string>& words, const Invocation* shell = nullptr);

struct OptionInfo {
  std::vector<std::string> names;  // "--json", "-r"
  std::string description;
  bool takes_value = false;
  bool takes_file = false;
  std::vector<std::string> choices;  // what the value may be, where that is a short list
};

struct CommandInfo {
  std::string name;
  std::string description;
  std::vector<OptionInfo> options;
  bool takes_key = false;
  bool takes_file = false;
  std::vector<std::string> choices;  // what its operand may be
};

// Every command, as the parser itself knows them.
std::vector<CommandInfo> all_commands();

}  // namespace quorate::client::kvcli
