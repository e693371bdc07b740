// kvcli itself, run as a person or a script runs it.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace quorate::client {

struct ProgramResult {
  std::string out;
  std::string error;
  int exit_code = -1;  // 128 + the signal when one ended it
};

using Variables = std::map<std::string, std::string>;

// Runs a line with sh, kvcli first in the PATH, both outputs kept apart.
ProgramResult run_line(const std::string& line, const std::string& input,
                       const Variables& environment);

// Runs a line on a terminal of its own of 100 columns, types `keys` one after another, each when
// what it waits for has been printed, and gives back all that the terminal showed. Gives up after
// ten seconds without the awaited text.
struct Typed {
  std::string await;
  std::string keys;
};
ProgramResult run_on_terminal(const std::string& line, const std::vector<Typed>& typed,
                              const Variables& environment);

}  // namespace quorate::client
