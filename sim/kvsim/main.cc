// kvsim: runs partition scenarios on a virtual clock, and judges what clients saw.

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "sim/kvsim/command_line.h"
#include "sim/kvsim/table.h"

namespace quorate::sim {
namespace {

struct Runner {
  ExitCode operator()(const PrintSettings& settings) const {
    std::fputs(settings.text.c_str(), stdout);
    return ExitCode::kHeld;
  }
  ExitCode operator()(const RefuseSettings& settings) const {
    for (const std::string& problem : settings.problems) {
      std::fprintf(stderr, "%s: %s\n", settings.command.c_str(), printable(problem).c_str());
    }
    std::fprintf(stderr, "see %s --help\n", settings.command.c_str());
    return ExitCode::kUsage;
  }
  ExitCode operator()(const CheckSettings& settings) const { return run_check(settings); }
};

bool wants_colours() {
  const char* no_colour = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) != 0 && (no_colour == nullptr || *no_colour == '\0');
}

int run(int argc, char** argv) {
  const Command command = parse_command_line(argc, argv, QUORATE_VERSION, wants_colours());
  return static_cast<int>(std::visit(Runner{}, command));
}

}  // namespace
}  // namespace quorate::sim

int main(int argc, char** argv) { return quorate::sim::run(argc, argv); }
