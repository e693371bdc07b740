// Frames: length-bounded, checksummed pieces of a byte stream.
//
// Format:     u32 length of the payload | u32 low half of hash64(payload, flags) | u8 flags |
//             payload; little-endian. Flag bit 0: the message goes on in the next frame (a message
//             larger than kFrameBytesMax is sent in chunks and absorbed when complete). All other
//             bits must be 0.
// Invariants: what next() gives back is byte for byte what was framed, whatever pieces the stream
//             came in; a changed byte ends the stream (tests/node/wire/frame_test.cc).
// Limits:     kFrameBytesMax a frame, checked before anything is allocated; a message at most the
//             reader's message_bytes_max. The buffer follows what has really come, not what a
//             header promises.
// Fuzzed:     tests/fuzz/frame_fuzz.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "node/base/status.h"

namespace quorate {

inline constexpr std::uint32_t kProtocolVersion = 1;
inline constexpr std::size_t kFrameHeaderBytes = 9;
inline constexpr std::size_t kFrameBytesMax = 4u << 20;
// a request: one value and room for key and token
inline constexpr std::size_t kClientMessageBytesMax = 2u << 20;
inline constexpr std::size_t kReplyMessageBytesMax = 72u << 20;  // siblings of one record
inline constexpr std::size_t kPeerMessageBytesMax = 72u
                                                    << 20;  // a record and what was merged into it

// Appends the payload as one frame, or as several if it is too large for one.
void append_frames(std::string_view payload, std::string& out);

// The same without a copy of the payload: append it to `out` between the two calls.
//     const std::size_t start = begin_frames(out);
//     encode_message(message, out);
//     end_frames(out, start);
std::size_t begin_frames(std::string& out);
void end_frames(std::string& out, std::size_t start);

// Collects bytes as they come and gives back whole messages.
class FrameReader {
 public:
  explicit FrameReader(std::size_t message_bytes_max) : message_bytes_max_(message_bytes_max) {}

  // Where to read the next bytes to: at least `hint` bytes of room; then say how many came.
  char* prepare(std::size_t hint);
  std::size_t capacity() const { return buffer_.size() - end_; }  // room at prepare()'s pointer
  void commit(std::size_t bytes);

  // The next whole message, or nothing yet. The view is valid until the next call of prepare() or
  // next(). Errors: kCorruption or kInvalidInput; the stream is of no more use after one.
  Result<std::optional<std::string_view>> next();

  // True in the middle of a frame or of a chunked message: the peer owes bytes.
  bool partial() const { return begin_ != end_ || (!chunks_.empty() && !chunks_given_); }

 private:
  struct Header;

  std::optional<Error> check(const Header& header) const;

  std::size_t message_bytes_max_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::string chunks_;
  bool chunks_given_ = false;
};

}  // namespace quorate
