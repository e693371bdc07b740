// A line of the shell as words: spaces separate, quotes and backslashes keep together.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "node/base/status.h"

namespace quorate::client::kvcli {

// 'single quotes' keep everything, "double quotes" know \" and \\, outside of both a backslash
// keeps the next character; # at the start of a word begins a comment. Errors: kInvalidInput for a
// quote that is not closed.
Result<std::vector<std::string>> split_words(std::string_view line);

// The word with just enough quotes to come back as itself.
std::string quoted_word(std::string_view word);

}  // namespace quorate::client::kvcli
