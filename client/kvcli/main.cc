// kvcli: reads and writes a cluster from the command line.
#include <langinfo.h>

#include <clocale>
#include <cstring>
#include <string>
#include <vector>

#include "client/kvcli/command_line.h"
#include "client/kvcli/commands.h"

namespace quorate::client::kvcli {

namespace {

ExitCode run(const std::vector<std::string>& words) {
  Console console;
  const Parsed parsed = parse_command_line(words);
  ExitCode code = parsed.exit_code;
  if (!parsed.invocation) {
    if (parsed.to_stderr) {
      console.error(parsed.text);
    } else {
      console.out(parsed.text);
    }
  } else if (parsed.invocation->command == "shell") {
    code = run_shell(console, *parsed.invocation);
  } else if (parsed.invocation->command == "completion") {
    code = run_completion(console, *parsed.invocation);
  } else {
    Connections connections;
    Context context{console, connections};
    code = run_command(context, *parsed.invocation);
  }
  // What was asked for and could not be printed is not done.
  if (!console.flush() && code == ExitCode::kDone) code = ExitCode::kBadUsage;
  return code;
}

}  // namespace
}  // namespace quorate::client::kvcli

int main(int argc, char** argv) {
  // Values are shown as UTF-8 wherever this runs.
  std::setlocale(LC_CTYPE, "");
  if (std::strcmp(::nl_langinfo(CODESET), "UTF-8") != 0) std::setlocale(LC_CTYPE, "C.UTF-8");
  return static_cast<int>(
      quorate::client::kvcli::run(std::vector<std::string>(argv + 1, argv + argc)));
}
