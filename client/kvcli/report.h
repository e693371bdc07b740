// What an Answer or an Error means to a person, to a program that reads JSON, and as an exit code.
#pragma once

#include <string>
#include <string_view>

#include "client/answer.h"
#include "client/kvcli/console.h"
#include "client/kvcli/invocation.h"
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
