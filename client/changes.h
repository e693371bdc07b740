// The changes that the data types take, by name, and what is read of them.
//
// Which type takes which, and what it does: node/core/types/. A node refuses what does not fit the
// bucket (kInvalid, kWrongType).
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

#include "client/answer.h"
#include "node/base/status.h"

namespace quorate::client {

inline Change counter_add(std::int64_t amount) {
  return {Update::kCounterAdd, "", std::to_string(amount)};
}
inline Change set_add(std::string element) { return {Update::kSetAdd, std::move(element), ""}; }
inline Change set_remove(std::string element) {
  return {Update::kSetRemove, std::move(element), ""};
}
inline Change map_put(std::string field, std::string value) {
  return {Update::kMapPut, std::move(field), std::move(value)};
}
inline Change map_remove(std::string field) { return {Update::kMapRemove, std::move(field), ""}; }
inline Change flag_enable() { return {Update::kFlagEnable, "", ""}; }
inline Change flag_disable() { return {Update::kFlagDisable, "", ""}; }

// What the answer to a get of a counter says; 0 where nothing was ever added. Errors:
// kInvalidInput, when it is of another type.
inline Result<std::int64_t> counter_value(const Answer& answer) {
  if (answer.values.empty()) return std::int64_t{0};
  const std::string_view text = answer.values.front().value.view();
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (answer.values.size() == 1 && error == std::errc{} && end == text.data() + text.size()) {
    return value;
  }
  return invalid_input("this key holds no counter");
}

}  // namespace quorate::client
