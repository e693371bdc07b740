#include "client/kvcli/text/base64.h"

#include <cstdint>

namespace quorate::client::kvcli {
namespace {

constexpr std::string_view kUsual =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(std::string_view bytes, std::string_view alphabet, bool padded) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      if (i + j <= bytes.size()) {
        out += alphabet[group >> (18 - 6 * j) & 63];
      } else if (padded) {
        out += '=';
      }
    }
  }
  return out;
}

}  // namespace

std::string base64(std::string_view bytes) { return encode(bytes, kUsual, true); }
std::string base64url(std::string_view bytes) { return encode(bytes, kUrl, false); }

Result<std::string> from_base64url(std::string_view text) {
  std::string out;
  std::uint32_t group = 0;
  int bits = 0;
  for (const char c : text) {
    const auto value = kUrl.find(c);
    if (value == std::string_view::npos) {
      return invalid_input(
          "it has characters that are not of base64url (letters, digits, - and _)");
    }
    group = group << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>(group >> bits & 0xff);
    }
  }
  if (text.size() % 4 == 1 || (group & ((1u << bits) - 1)) != 0) {
    return invalid_input("it is cut short");
  }
  return out;
}

}  // namespace quorate::client::kvcli
