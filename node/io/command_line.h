// kvnode's flags and environment, checked as a whole: every problem is told at once.
//
// Place:      main parses once and then only starts what comes out.
// Not here:   the configuration file itself (config.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "node/io/log.h"
#include "node/io/node.h"

namespace quorate {

struct CommandLine {
  enum class Action { kRun, kCheckConfig, kPrint, kRefuse };

  Action action = Action::kRefuse;
  std::string text;                   // kPrint, kCheckConfig: for stdout
  std::vector<std::string> problems;  // kRefuse: one line each
  NodeSettings settings;              // kRun
  LogLevel log_level = LogLevel::kInfo;
};

CommandLine parse_command_line(int argc, const char* const* argv, const std::string& version);

}  // namespace quorate
