// The lines of load and dump: key, tab, value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "node/base/status.h"

namespace quorate::client::kvcli {

// One line, without its newline, as key and value; nothing for an empty line. The key ends at the
// first tab. Unless `plain`: escapes are read (text/escape.h) and a carriage return at the end is
// dropped. Errors: kInvalidInput, in words that follow "line 7: ".
Result<std::optional<std::pair<std::string, std::string>>> parse_record_line(std::string_view line,
                                                                             bool plain);

// The line that parse_record_line reads back as the same bytes, with a newline.
std::string record_line(std::string_view key, std::string_view value);

}  // namespace quorate::client::kvcli
