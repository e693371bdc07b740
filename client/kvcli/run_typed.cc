// counter, set, map, flag.
#include <string>
#include <utility>

#include "client/changes.h"
#include "client/kvcli/commands.h"
#include "client/kvcli/record_line.h"
#include "client/kvcli/report.h"
#include "client/kvcli/text/escape.h"
#include "client/kvcli/typed_commands.h"
#include "client/kvcli/values.h"
#include "client/kvcli/write_report.h"

namespace quorate::client::kvcli {
namespace {

// The words before the key when a change was made: "added milk to".
std::string done_text(const Invocation& invocation) {
  std::string text = find_action(invocation.command, invocation.action)->done;
  const Change& change = *invocation.change;
  if (const auto at = text.find('%'); at != std::string::npos) {
    text.replace(at, 1, escape(change.field.empty() ? change.value : change.field));
  }
  return text;
}

void print_siblings_of_field(Console& console, const Invocation& invocation, const Answer& answer) {
  console.out("field " + escape(invocation.request.field) + " of " + key_name(invocation) +
              " has " + std::to_string(answer.values.size()) +
              " siblings: values written side by side, none of which knew the others.\n");
  print_siblings(console, answer.values);
  console.error(
      "Replace them by one: kvcli map put KEY FIELD VALUE --context TOKEN, with the "
      "token of this read (--show-context).\n");
}

void print_elements(Console& console, const Answer& answer) {
  for (const ReadValue& value : answer.values) console.out(escape(value.field) + "\n");
}

void print_fields(Console& console, const Answer& answer) {
  for (const ReadValue& value : answer.values) {
    console.out(record_line(value.field, value.value.view()));
  }
}

// What the answer means in the words of its type, for programs.
Json typed_json(const Invocation& invocation, const Answer& answer) {
  Json json = to_json(answer, invocation);
  if (invocation.command == "counter") {
    if (const auto value = counter_value(answer)) json.set("count", *value);
  } else if (invocation.command == "flag") {
    json.set("on", answer.ok());
  } else if (invocation.action == "has") {
    json.set("has", answer.ok());
  }
  return json;
}

bool answers_yes_or_no(const Invocation& invocation) {
  return invocation.command == "flag" || invocation.action == "has";
}

void print_read(Console& console, const Invocation& invocation, const Answer& answer) {
  if (invocation.command == "flag") {
    console.out(answer.ok() ? "on\n" : "off\n");
  } else if (invocation.action == "has") {
    if (!invocation.quiet) console.out(answer.ok() ? "yes\n" : "no\n");
  } else if (invocation.action == "list") {
    invocation.command == "set" ? print_elements(console, answer) : print_fields(console, answer);
  } else if (answer.values.size() > 1) {
    print_siblings_of_field(console, invocation, answer);
  } else {
    print_value(console, answer.values.front());
  }
}

ExitCode finish_read(Console& console, const Invocation& invocation, const Answer& answer) {
  const bool found = answer.ok() && !answer.values.empty();
  const bool told =
      found || (answer.outcome == Outcome::kNotFound && answers_yes_or_no(invocation));
  show_context(console, invocation, answer);
  if (!told) {
    if (answer.outcome == Outcome::kNotFound && !invocation.request.field.empty() &&
        !invocation.json) {
      console.error("kvcli " + invocation.command + ": " + key_name(invocation) + " has no field " +
                    escape(invocation.request.field) + "\n");
      return exit_code(answer);
    }
    return report(console, invocation, answer);
  }
  if (invocation.json) {
    console.json(typed_json(invocation, answer));
  } else {
    print_read(console, invocation, answer);
  }
  const bool is_no = !found && invocation.action == "has";
  return is_no ? ExitCode::kNotFound : ExitCode::kDone;
}

}  // namespace

ExitCode run_typed(Context& context, const Invocation& invocation) {
  const auto link = context.connections.to(invocation);
  if (!link) return report(context.console, invocation, link.error());
  if (invocation.change) {
    return finish_write(context, invocation, done_text(invocation),
                        (*link)->change(*invocation.key, *invocation.change, invocation.request));
  }
  const auto answer = (*link)->get(*invocation.key, invocation.request);
  if (!answer) return report(context.console, invocation, answer.error());
  return finish_read(context.console, invocation, *answer);
}

}  // namespace quorate::client::kvcli
