#include "client/kvcli/write_report.h"

#include "client/kvcli/report.h"
#include "client/kvcli/text/base64.h"
#include "client/kvcli/text/human.h"

namespace quorate::client::kvcli {
namespace {

// "stored city:1 on 2 of 3 replicas (nodes 1 and 3), through node 1"
void say_done(Console& console, const Invocation& invocation, const std::string& done,
              const Answer& answer) {
  if (invocation.quiet) return;
  std::string line = done + " " + key_name(invocation);
  if (answer.replicas > 0) {
    line += " on " + std::to_string(answer.reached) + " of " + std::to_string(answer.replicas) +
            (answer.replicas == 1 ? " replica" : " replicas") + " (" +
            named_nodes_text(answer.answered) + ")";
  }
  console.out(line + "\n");
}

}  // namespace

void show_context(Console& console, const Invocation& invocation, const Answer& answer) {
  if (!invocation.show_context || invocation.json || answer.token.empty()) return;
  console.error("context " + base64url(answer.token) + "\n");
}

ExitCode finish_write(Context& context, const Invocation& invocation, const std::string& done,
                      const Result<Answer>& answer) {
  if (!answer) return report(context.console, invocation, answer.error());
  if (answer->ok() && !invocation.json) say_done(context.console, invocation, done, *answer);
  show_context(context.console, invocation, *answer);
  return report(context.console, invocation, *answer);
}

}  // namespace quorate::client::kvcli
