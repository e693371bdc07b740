// What an Answer or an Error means to a person, to a program that reads JSON, and as an exit code.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "client/answer.h"
#include "client/kvcli/console.h"
#include "client/kvcli/invocation.h"
#include "client/kvcli/text/human.h"
#include "client/kvcli/text/json.h"

namespace quorate::client::kvcli {

ExitCode exit_code(const Answer& answer);
ExitCode exit_code(const Error& error);

// "not applied: quorum unreachable: <the node's sentence, with the next step>", without a newline.
std::string explain(const Answer& answer, bool read = false);
std::string explain(const Error& error);

// Everything of an answer that a program may want: key, bucket, outcome, reason, detail, context,
// who answered.
Json to_json(const Answer& answer, const Invocation& invocation);
Json to_json(const Error& error);
Json value_json(const ReadValue& value);

// What was written, when, and who coordinated it: of a ReadValue, or of a Sibling.
template <typename Written>
void set_written(Json& json, const Written& what) {
  if (!what.field.empty()) json.set_bytes("field", what.field);
  json.set_bytes("value", what.value.view());
  json.set("written", utc_time_text(what.timestamp.wall_ms()));
  json.set("written_ms", what.timestamp.wall_ms());
  json.set("node", std::uint32_t{node_of(what.dot.actor.run)});
  json.set("dot", to_string(what.dot));
  if (what.expiry_ms != 0) json.set("expiry_ms", what.expiry_ms);
}

// "default" goes without saying.
std::string key_name(const Invocation& invocation);

// The key as it is written on a command line, with its bucket.
std::string key_words(const Invocation& invocation);

// The line that says how siblings are resolved.
std::string how_to_resolve(const Invocation& invocation);

// Says on stderr, or as JSON on stdout, what went wrong. Gives back the exit code.
ExitCode report(Console& console, const Invocation& invocation, const Error& error);
ExitCode report(Console& console, const Invocation& invocation, const Answer& answer);

}  // namespace quorate::client::kvcli
