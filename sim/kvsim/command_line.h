// kvsim's words: finds the command, fills its settings, and runs it.
//
// Place:      main calls it once; each command describes itself (command.h, commands.h).
#pragma once

#include <string>

#include "sim/kvsim/exit_code.h"

namespace quorate::sim {

// `colours`: what goes to a terminal may be coloured.
ExitCode run_command_line(int argc, const char* const* argv, const std::string& version,
                          bool colours);

}  // namespace quorate::sim
