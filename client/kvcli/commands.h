// What each command does. Each prints through the console and gives back kvcli's exit code.
//
// Not here:   parsing (command_line.h), the meaning of answers (report.h).
#pragma once

#include "client/kvcli/connections.h"
#include "client/kvcli/console.h"
#include "client/kvcli/invocation.h"

namespace quorate::client::kvcli {

struct Context {
  Console& console;
  Connections& connections;
};

ExitCode run_get(Context& context, const Invocation& invocation);
ExitCode run_put(Context& context, const Invocation& invocation);
ExitCode run_del(Context& context, const Invocation& invocation);
ExitCode run_resolve(Context& context, const Invocation& invocation);
ExitCode run_typed(Context& context, const Invocation& invocation);  // counter, set, map, flag

ExitCode run_load(Context& context, const Invocation& invocation);
ExitCode run_dump(Context& context, const Invocation& invocation);

ExitCode run_status(Context& context, const Invocation& invocation);
ExitCode run_ring(Context& context, const Invocation& invocation);
ExitCode run_ping(Context& context, const Invocation& invocation);
ExitCode run_repair(Context& context, const Invocation& invocation);
ExitCode run_explain(Context& context, const Invocation& invocation);
ExitCode run_history(Context& context, const Invocation& invocation);
ExitCode run_verify(Context& context, const Invocation& invocation);
ExitCode run_cut(Context& context, const Invocation& invocation);

ExitCode run_shell(Console& console, const Invocation& invocation);
ExitCode run_completion(Console& console, const Invocation& invocation);

// The one that the invocation names; every command but the shell's own.
ExitCode run_command(Context& context, const Invocation& invocation);

}  // namespace quorate::client::kvcli
