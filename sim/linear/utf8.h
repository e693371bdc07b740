// JSON is UTF-8, and the strings of a history are any bytes.
#pragma once

#include <string>
#include <string_view>

namespace quorate::sim::linear {

// The text with U+FFFD in place of each byte that belongs to no well-formed character (Unicode 15,
// table 3-7).
std::string as_utf8(std::string_view text);

}  // namespace quorate::sim::linear
