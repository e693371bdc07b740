// What `--json` prints: a tree of values with its keys in the order in which they were set.
//
// Bytes:      `key`, `field` and `value` are text when they are valid UTF-8; otherwise `key_base64`
//             and so on stand in their place. A reader looks for the one, then for the other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace quorate::client::kvcli {

class Json {
 public:
  Json() : value_(nullptr) {}
  Json(bool value) : value_(value) {}                          // NOLINT: implicit
  Json(int value) : value_(std::int64_t{value}) {}             // NOLINT: implicit
  Json(std::int64_t value) : value_(value) {}                  // NOLINT: implicit
  Json(std::uint64_t value) : value_(value) {}                 // NOLINT: implicit
  Json(std::uint32_t value) : value_(std::uint64_t{value}) {}  // NOLINT: implicit
  // Text that people wrote or read; bytes that are no UTF-8 are escaped.
  Json(std::string_view text);                                     // NOLINT: implicit
  Json(const std::string& text) : Json(std::string_view(text)) {}  // NOLINT: implicit
  Json(const char* text) : Json(std::string_view(text)) {}         // NOLINT: implicit

  static Json object();
  static Json array();

  Json& set(std::string_view name, Json value);  // of an object
  Json& set_bytes(std::string_view name, std::string_view bytes);
  Json& add(Json value);  // of an array

  // On one line, without a newline at the end.
  std::string text() const;

 private:
  using Members = std::vector<std::pair<std::string, Json>>;
  using Elements = std::vector<Json>;
  friend struct JsonWriter;

  std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, std::string, Elements, Members>
      value_;
};

}  // namespace quorate::client::kvcli
