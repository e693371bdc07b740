// Escapes in the strings of EDN.
#include "sim/linear/edn_scanner.h"

namespace quorate::sim::linear {
namespace {

// The value of four hexadecimal digits, or -1.
int hex4(const char* at, const char* end) {
  if (end - at < 4) return -1;
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = at[i];
    int digit = 0;
    if (c >= '0' && c <= '9') {
      digit = c - '0';
    } else if (c >= 'a' && c <= 'f') {
      digit = c - 'a' + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = c - 'A' + 10;
    } else {
      return -1;
    }
    value = value * 16 + digit;
  }
  return value;
}

void append_utf8(std::string& bytes, unsigned code) {
  const auto put = [&bytes](unsigned byte) { bytes += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | (code >> 6));
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3f));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  }
}

// At the four digits of \uXXXX; moves past them, and past the second half of a surrogate pair.
bool read_unicode(const char*& at, const char* end, unsigned& code) {
  const int first = hex4(at, end);
  if (first < 0) return false;
  at += 4;
  code = static_cast<unsigned>(first);
  if (code < 0xd800 || code > 0xdfff) return true;
  if (code > 0xdbff || end - at < 6 || at[0] != '\\' || at[1] != 'u') return false;
  const int second = hex4(at + 2, end);
  if (second < 0xdc00 || second > 0xdfff) return false;
  at += 6;
  code = 0x10000 + ((code - 0xd800) << 10) + (static_cast<unsigned>(second) - 0xdc00);
  return true;
}

}  // namespace

bool EdnScanner::unescape(const EdnForm& form, std::string& bytes) {
  bytes.clear();
  const char* at = form.text.data();
  const char* const end = at + form.text.size();
  while (at != end) {
    if (*at != '\\') {
      bytes += *at++;
      continue;
    }
    const char* const escape = at++;
    unsigned code = 0;
    switch (*at++) {  // a string never ends in the middle of an escape
      case 't':
        code = '\t';
        break;
      case 'n':
        code = '\n';
        break;
      case 'r':
        code = '\r';
        break;
      case 'b':
        code = '\b';
        break;
      case 'f':
        code = '\f';
        break;
      case '\\':
        code = '\\';
        break;
      case '"':
        code = '"';
        break;
      case 'u':
        if (!read_unicode(at, end, code)) {
          return fail(escape, "\\u wants four hexadecimal digits that make a character");
        }
        break;
      default:
        return fail(escape, "a string has no escape \\" + std::string(1, escape[1]));
    }
    append_utf8(bytes, code);
  }
  return true;
}

}  // namespace quorate::sim::linear
