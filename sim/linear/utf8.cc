#include "sim/linear/utf8.h"

#include <cstddef>

namespace quorate::sim::linear {
namespace {

// The length of the character at the front, which is no ASCII; 0 when it is not well-formed.
std::size_t character(const unsigned char* at, std::size_t left) {
  const unsigned char first = at[0];
  const std::size_t length = first < 0xc2   ? 0
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                             : first < 0xf5 ? 4
                                            : 0;
  if (length == 0 || length > left) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((at[i] & 0xc0) != 0x80) return 0;
  }
  // Not the longer spellings of shorter ones, not the halves of pairs, nothing past U+10FFFF.
  const bool wrong = (first == 0xe0 && at[1] < 0xa0) || (first == 0xed && at[1] > 0x9f) ||
                     (first == 0xf0 && at[1] < 0x90) || (first == 0xf4 && at[1] > 0x8f);
  return wrong ? 0 : length;
}

}  // namespace

std::string as_utf8(std::string_view text) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = bytes[at] < 0x80 ? 1 : character(bytes + at, text.size() - at);
    if (length == 0) {
      result += "\xef\xbf\xbd";
      ++at;
      continue;
    }
    result += text.substr(at, length);
    at += length;
  }
  return result;
}

}  // namespace quorate::sim::linear
