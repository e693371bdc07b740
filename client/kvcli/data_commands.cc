// get, put, del.
#include <utility>

#include "client/kvcli/commands.h"
#include "client/kvcli/report.h"
#include "client/kvcli/text/base64.h"
#include "client/kvcli/text/escape.h"
#include "client/kvcli/text/human.h"
#include "client/kvcli/text/words.h"
#include "client/kvcli/values.h"
#include "client/kvcli/write_report.h"

namespace quorate::client::kvcli {
namespace {

std::string count_of(const Answer& answer) { return std::to_string(answer.values.size()); }

ExitCode print_found(Console& console, const Invocation& invocation, const Answer& answer) {
  const bool siblings = answer.values.size() > 1;
  const ExitCode code =
      siblings && invocation.fail_on_siblings ? ExitCode::kConflict : ExitCode::kDone;
  if (invocation.json) {
    console.json(to_json(answer, invocation));
  } else if (invocation.all) {
    print_siblings(console, answer.values);
    console.out("  context " + base64url(answer.token) + "\n");
    if (siblings) console.error(how_to_resolve(invocation));
  } else if (!siblings && invocation.raw) {
    console.out(answer.values[0].value.view());
  } else if (!siblings) {
    print_value(console, answer.values[0]);
  } else if (code == ExitCode::kConflict) {
    console.error("kvcli get: " + key_name(invocation) + " has " + count_of(answer) +
                  " siblings; see them: kvcli get " + key_words(invocation) + " --all\n");
  } else {
    console.out(key_name(invocation) + " has " + count_of(answer) +
                " siblings: values written side by side, none of which knew the others.\n");
    print_siblings(console, answer.values);
    console.error(how_to_resolve(invocation));
  }
  return code;
}

}  // namespace

ExitCode run_get(Context& context, const Invocation& invocation) {
  const auto link = context.connections.to(invocation);
  if (!link) return report(context.console, invocation, link.error());
  const auto answer = (*link)->get(*invocation.key, invocation.request);
  if (!answer) return report(context.console, invocation, answer.error());
  ExitCode code = ExitCode::kDone;
  if (answer->ok() && !answer->values.empty()) {
    code = print_found(context.console, invocation, *answer);
  } else {
    code = report(context.console, invocation, *answer);
  }
  if (!invocation.all) show_context(context.console, invocation, *answer);
  return code;
}

ExitCode run_put(Context& context, const Invocation& invocation) {
  auto value = invocation.value_from_stdin ? read_stdin()
               : invocation.value          ? Result<std::string>(*invocation.value)
                                           : read_file(invocation.file);
  if (!value) return report(context.console, invocation, value.error());
  const auto link = context.connections.to(invocation);
  if (!link) return report(context.console, invocation, link.error());
  return finish_write(context, invocation, "stored",
                      (*link)->put(*invocation.key, std::move(*value), invocation.request));
}

ExitCode run_del(Context& context, const Invocation& invocation) {
  const auto link = context.connections.to(invocation);
  if (!link) return report(context.console, invocation, link.error());
  return finish_write(context, invocation, "deleted",
                      (*link)->del(*invocation.key, invocation.request));
}

}  // namespace quorate::client::kvcli
