#include "node/base/in_quotes.h"

#include <cstddef>

namespace quorate {

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kBytesMax = 100;
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text.substr(0, kBytesMax)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte >= 0x7f) {
      out += "\\x";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    } else {
      out += c;
    }
  }
  if (text.size() > kBytesMax) out += "...";
  return out + "\"";
}

}  // namespace quorate
