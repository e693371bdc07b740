// What came of a write, said to a person or a program.
#pragma once

#include <string>

#include "client/answer.h"
#include "client/kvcli/commands.h"

namespace quorate::client::kvcli {

// --show-context: the answer's token, on stderr.
void show_context(Console& console, const Invocation& invocation, const Answer& answer);

// `done`: the words before the key when it was done: "stored".
ExitCode finish_write(Context& context, const Invocation& invocation, const std::string& done,
                      const Result<Answer>& answer);

}  // namespace quorate::client::kvcli
