// Bytes as one line of text, and back: what is printed for people, what `load` reads and `dump`
// writes.
//
// Format:     \t tab, \n newline, \\ backslash, \xNN any byte. Valid UTF-8 stands for itself,
//             except control characters; so what is shown cannot move a terminal's cursor.
// Invariants: unescape(escape(bytes)) == bytes, for all bytes (tests/client/text_test.cc).
#pragma once

#include <string>
#include <string_view>

#include "node/base/status.h"

namespace quorate::client::kvcli {

std::string escape(std::string_view bytes);

// Errors: kInvalidInput naming the bad escape and its place.
Result<std::string> unescape(std::string_view text);

bool is_utf8(std::string_view bytes);

// How many columns of a terminal the text takes. REQUIRES: it comes from escape().
std::size_t columns(std::string_view text);

// At most `max` columns of it, with "…" at the end if something was left out. REQUIRES: max >= 1.
std::string shortened(std::string_view text, std::size_t max);

}  // namespace quorate::client::kvcli
