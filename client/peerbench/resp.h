// Redis's protocol, RESP2: commands out, replies in, however they were cut on the way.
//
// Limits:     a reply of kReplyBytesMax with all its elements, arrays in arrays kDepthMax deep.
// Shown in:   tests/client/peerbench/resp_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/base/status.h"

namespace quorate::client::peerbench {

// As an array of bulk strings, which every command may be.
void append_command(std::string& out, std::initializer_list<std::string_view> words);

struct RespReply {
  enum class Kind : std::uint8_t { kText, kError, kNumber, kBulk, kNull, kArray };

  Kind kind = Kind::kNull;
  std::string_view text;            // kText, kError, kBulk
  std::int64_t number = 0;          // kNumber
  std::vector<RespReply> elements;  // kArray
};

class RespReader {
 public:
  static constexpr std::size_t kReplyBytesMax = 16u << 20;
  static constexpr int kDepthMax = 4;

  void add(std::string_view bytes);

  // The next whole reply, if there is one; its text is valid until the next call of add or next.
  // Errors: kIncompatible for what is no RESP2, or is too large; nothing can be read after one.
  Result<std::optional<RespReply>> next();

 private:
  std::string buffer_;
  std::size_t at_ = 0;  // of the first byte that was not given back yet
};

}  // namespace quorate::client::peerbench
