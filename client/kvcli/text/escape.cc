#include "client/kvcli/text/escape.h"

#include <wchar.h>

#include <algorithm>
#include <cstdint>

namespace quorate::client::kvcli {
namespace {

struct Char {
  std::uint32_t code = 0;
  std::size_t bytes = 0;  // 0: no valid UTF-8 starts here
};

// The first character, strictly: no surrogates, nothing overlong, nothing past U+10FFFF.
Char first_char(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return {};
  std::uint32_t code = lead & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3fu);
  }
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kSmallest[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return {};
  return {code, length};
}

// Controls, and what turns the direction of text: neither is to be let loose on a terminal.
bool is_unsafe(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code <= 0x9f) || (code >= 0x202a && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069) || code == 0x200e || code == 0x200f || code == 0x2028 ||
         code == 0x2029 || code == 0xfeff;
}

void append_hex(unsigned char byte, std::string& out) {
  constexpr char kDigits[] = "0123456789abcdef";
  out += "\\x";
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::size_t columns_of(std::uint32_t code) {
  const int width = ::wcwidth(static_cast<wchar_t>(code));
  return width < 0 ? 1 : static_cast<std::size_t>(width);
}

}  // namespace

std::string escape(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const Char c = first_char(bytes);
    const std::size_t taken = std::max<std::size_t>(c.bytes, 1);
    if (c.bytes == 0 || is_unsafe(c.code) || c.code == '\\') {
      if (c.code == '\t' && c.bytes == 1) {
        out += "\\t";
      } else if (c.code == '\n') {
        out += "\\n";
      } else if (c.code == '\\') {
        out += "\\\\";
      } else {
        for (std::size_t i = 0; i < taken; ++i)
          append_hex(static_cast<unsigned char>(bytes[i]), out);
      }
    } else {
      out.append(bytes.substr(0, taken));
    }
    bytes.remove_prefix(taken);
  }
  return out;
}

Result<std::string> unescape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    const char kind = i + 1 < text.size() ? text[i + 1] : '\0';
    if (kind == 't') {
      out += '\t';
    } else if (kind == 'n') {
      out += '\n';
    } else if (kind == '\\') {
      out += '\\';
    } else if (kind == 'x' && i + 3 < text.size() && hex_value(text[i + 2]) >= 0 &&
               hex_value(text[i + 3]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 2]) * 16 + hex_value(text[i + 3]));
      i += 2;
    } else {
      // A backslash as it was typed, everything else made safe to show.
      const std::string shown = "\\" + escape(text.substr(i + 1, 3));
      return invalid_input("\"" + shown + "\" at byte " + std::to_string(i + 1) +
                           " is no escape; there are \\t, \\n, \\\\ and \\xNN");
    }
    ++i;
  }
  return out;
}

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const Char c = first_char(bytes);
    if (c.bytes == 0) return false;
    bytes.remove_prefix(c.bytes);
  }
  return true;
}

std::size_t columns(std::string_view text) {
  std::size_t total = 0;
  while (!text.empty()) {
    const Char c = first_char(text);
    total += c.bytes == 0 ? 1 : columns_of(c.code);
    text.remove_prefix(std::max<std::size_t>(c.bytes, 1));
  }
  return total;
}

std::string shortened(std::string_view text, std::size_t max) {
  if (columns(text) <= max) return std::string(text);
  std::string out;
  std::size_t used = 0;
  while (!text.empty()) {
    const Char c = first_char(text);
    const std::size_t width = c.bytes == 0 ? 1 : columns_of(c.code);
    if (used + width > max - 1) break;
    used += width;
    const std::size_t taken = std::max<std::size_t>(c.bytes, 1);
    out.append(text.substr(0, taken));
    text.remove_prefix(taken);
  }
  return out + "…";
}

}  // namespace quorate::client::kvcli
