// Values and siblings as people see them, and values that come from files.
#pragma once

#include <string>
#include <vector>

#include "client/answer.h"
#include "client/kvcli/console.h"
#include "client/kvcli/invocation.h"
#include "node/base/status.h"

namespace quorate::client::kvcli {

// A value on a terminal, escaped; elsewhere its bytes. With a newline behind it.
void print_value(Console& console, const ReadValue& value);

// The siblings side by side, numbered from 1, oldest first: value, when, which node coordinated it,
// dot, and when it ends if some does. `among`: those among which they have their numbers.
void print_siblings(Console& console, const std::vector<ReadValue>& values,
                    const std::vector<ReadValue>* among = nullptr);

// All bytes of a file or of stdin. Errors: kInvalidInput naming the file, also when it is larger
// than any request can be.
Result<std::string> read_file(const std::string& path);
Result<std::string> read_stdin();

}  // namespace quorate::client::kvcli
