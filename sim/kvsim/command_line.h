// kvsim's words, checked as a whole: every problem is told at once.
//
// Place: main parses once; each command has its settings and its own file (check_command.h).
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "sim/kvsim/check_command.h"
#include "sim/kvsim/exit_code.h"

namespace quorate::sim {

// A text to print instead of doing anything: help, or the version.
struct PrintSettings {
  std::string text;
};

// What was wrong, one line each.
struct RefuseSettings {
  std::string command;  // "kvsim", or "kvsim check": whose --help to see
  std::vector<std::string> problems;
};

using Command = std::variant<PrintSettings, RefuseSettings, CheckSettings>;

// `colours`: what goes to a terminal may be coloured.
Command parse_command_line(int argc, const char* const* argv, const std::string& version,
                           bool colours);

}  // namespace quorate::sim
