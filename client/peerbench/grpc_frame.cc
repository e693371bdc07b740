#include "client/peerbench/grpc_frame.h"

#include <cstdint>

namespace quorate::client::peerbench {
namespace {

constexpr std::size_t kHeadBytes = 5;

}  // namespace

std::string grpc_frame(std::string_view message) {
  std::string frame;
  frame.reserve(kHeadBytes + message.size());
  frame.push_back(0);
  const auto size = static_cast<std::uint32_t>(message.size());
  for (int shift = 24; shift >= 0; shift -= 8) frame.push_back(static_cast<char>(size >> shift));
  frame.append(message);
  return frame;
}

Result<std::string_view> grpc_message(std::string_view body) {
  if (body.size() < kHeadBytes) {
    return Error{ErrorCode::kIncompatible, "an answer without a message"};
  }
  if (body[0] != 0) return Error{ErrorCode::kIncompatible, "an answer is compressed"};
  std::size_t size = 0;
  for (std::size_t i = 1; i < kHeadBytes; ++i) {
    size = size << 8 | static_cast<unsigned char>(body[i]);
  }
  if (body.size() - kHeadBytes != size) {
    return Error{ErrorCode::kIncompatible,
                 "an answer of " + std::to_string(body.size() - kHeadBytes) +
                     " bytes that was said to have " + std::to_string(size)};
  }
  return body.substr(kHeadBytes);
}

}  // namespace quorate::client::peerbench
