// A whole file, or standard input, in memory.
//
// Limits:     kInputBytesMax; a larger one is refused.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "node/base/status.h"

namespace quorate::sim {

inline constexpr std::size_t kInputBytesMax = std::size_t{16} << 30;

class Input {
 public:
  // `file`: "-" is standard input. Errors: kIoError, kInvalidInput, with the name in the message.
  static Result<Input> read(const std::string& file);

  std::string_view text() const { return {bytes_.get(), size_}; }
  // For messages.
  const std::string& name() const { return name_; }

 private:
  Input(std::string name, std::unique_ptr<char[]> bytes, std::size_t size)
      : name_(std::move(name)), bytes_(std::move(bytes)), size_(size) {}

  std::string name_;
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

}  // namespace quorate::sim
