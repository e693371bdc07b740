// From words to an Invocation.
//
// Not here:   which commands and options there are (command_table.h), what commands do
//             (commands.h).
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

}  // namespace quorate::client::kvcli
