// Text from outside, fit to be printed in a message.
#pragma once

#include <string>
#include <string_view>

namespace quorate {

// In double quotes, control bytes escaped, cut after 100 bytes.
std::string in_quotes(std::string_view text);

}  // namespace quorate
