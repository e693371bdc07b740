#include "client/kvcli/commands.h"

#include "client/kvcli/typed_commands.h"

namespace quorate::client::kvcli {

ExitCode run_command(Context& context, const Invocation& invocation) {
  const struct {
    const char* name;
    ExitCode (*run)(Context&, const Invocation&);
  } kCommands[] = {
      {"get", run_get},         {"put", run_put},         {"del", run_del},
      {"resolve", run_resolve}, {"load", run_load},       {"dump", run_dump},
      {"ring", run_ring},       {"status", run_status},   {"ping", run_ping},
      {"repair", run_repair},   {"explain", run_explain}, {"verify", run_verify},
      {"cut", run_cut},         {"history", run_history},
  };
  for (const auto& command : kCommands) {
    if (invocation.command == command.name) return command.run(context, invocation);
  }
  if (is_typed(invocation.command)) return run_typed(context, invocation);
  context.console.error("kvcli: " + invocation.command + " is not a command here\n");
  return ExitCode::kBadUsage;
}

}  // namespace quorate::client::kvcli
