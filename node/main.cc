// kvnode: runs one node of a cluster until it is told to stop.

#include <sched.h>

#include <csignal>
#include <cstdio>
#include <string>

#include "node/io/command_line.h"
#include "node/io/large_pages.h"
#include "node/io/log.h"
#include "node/io/node.h"

namespace {

using quorate::CommandLine;
using quorate::ExitCode;
using quorate::LogLevel;

int refuse(const CommandLine& command) {
  for (const std::string& problem : command.problems) {
    std::fprintf(stderr, "kvnode: %s\n", problem.c_str());
  }
  std::fprintf(stderr, "kvnode: see kvnode --help\n");
  return static_cast<int>(ExitCode::kUsage);
}

int run(CommandLine& command) {
  quorate::set_log_level(command.log_level);
  const quorate::NodeSettings& settings = command.settings;
  quorate::log(LogLevel::kInfo, "starting",
               {{"version", settings.version},
                {"cluster", settings.config.name},
                {"node", settings.node},
                {"nodes", settings.config.nodes.size()},
                {"durability", settings.durability == quorate::Durability::kFsync ? "fsync" : "os"},
                {"data", settings.data_directory},
                {"chaos", settings.chaos}});
  quorate::NodeStart started = quorate::Node::start(std::move(command.settings));
  if (started.node == nullptr) {
    quorate::log(
        LogLevel::kError, "cannot start",
        {{"why", started.error.message}, {"exit_code", static_cast<int>(started.exit_code)}});
    return static_cast<int>(started.exit_code);
  }
  started.node->stop_on_signals();
  return static_cast<int>(started.node->run());
}

// A node that is woken does not push aside what runs: it then finds more to do at once, and answers
// more with each system call. A tenth of a put's CPU with three nodes on two cores; where a core is
// free it makes no difference. Threads that are made later inherit it. Best effort: a sandbox may
// forbid it.
void let_others_finish() {
  const sched_param none = {};
  (void)sched_setscheduler(0, SCHED_BATCH, &none);
}

}  // namespace

int main(int argc, char** argv) {
  quorate::use_large_pages();
  let_others_finish();
  std::signal(SIGPIPE, SIG_IGN);  // whoever reads the log may go away
  CommandLine command = quorate::parse_command_line(argc, argv, QUORATE_VERSION);
  switch (command.action) {
    case CommandLine::Action::kRun:
      return run(command);
    case CommandLine::Action::kCheckConfig:
    case CommandLine::Action::kPrint:
      std::fputs(command.text.c_str(), stdout);
      return static_cast<int>(ExitCode::kOrderly);
    case CommandLine::Action::kRefuse:
      return refuse(command);
  }
  return static_cast<int>(ExitCode::kUsage);
}
