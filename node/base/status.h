// A fault of the world as a value: Result<T> holds a T or an Error, with the member names of
// std::expected (which the supported compilers do not have yet).
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "node/base/check.h"

namespace quorate {

enum class ErrorCode {
  kInvalidInput,  // malformed or out of bounds; the sender must change it
  kCorruption,    // stored bytes fail their checksum or do not decode; never "not found"
  kIoError,       // the operating system or the store refused, and may do so again
  kNoSpace,       // the disk is full; goes away when there is room
  kInUse,         // another process holds it
  kIncompatible,  // another version, another cluster, or another configuration
  kUnauthorized,  // a proof is missing or wrong
  kUnreachable,   // nobody answers there
  kTimeout,       // the deadline passed
  kNotSupported,  // well-formed, but this build or bucket does not do it
};

// The code's name in lower case, for messages: "corruption".
const char* error_code_name(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::kInvalidInput;
  std::string message;  // says what was wrong, where, and what would be right

  // "corruption: <message>"
  std::string to_string() const;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & {
    QUORATE_CHECK(has_value());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    QUORATE_CHECK(has_value());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    QUORATE_CHECK(has_value());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const {
    QUORATE_CHECK(!has_value());
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : failed_(true), error_(std::move(error)) {}  // NOLINT: implicit

  bool has_value() const { return !failed_; }
  explicit operator bool() const { return has_value(); }
  void value() const { QUORATE_CHECK(has_value()); }

  const Error& error() const {
    QUORATE_CHECK(failed_);
    return error_;
  }

 private:
  bool failed_ = false;
  Error error_;
};

using Status = Result<void>;

inline Error invalid_input(std::string message) {
  return Error{ErrorCode::kInvalidInput, std::move(message)};
}

}  // namespace quorate
