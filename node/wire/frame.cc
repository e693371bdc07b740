#include "node/wire/frame.h"

#include <algorithm>
#include <cstring>

#include "node/base/hash.h"

namespace quorate {
namespace {

constexpr unsigned char kFlagMore = 1;

// A buffer that one large frame has blown up is given back once it is empty.
constexpr std::size_t kBufferKeptBytes = 256u << 10;

void put_u32(char* out, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) out[i] = static_cast<char>((value >> (8 * i)) & 0xff);
}

std::uint32_t get_u32(const char* in) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(in[i])) << (8 * i);
  }
  return value;
}

std::uint32_t checksum(std::string_view payload, unsigned char flags) {
  return static_cast<std::uint32_t>(hash64(payload, flags) & 0xffffffffu);
}

void put_header(char* out, std::string_view payload, unsigned char flags) {
  put_u32(out, static_cast<std::uint32_t>(payload.size()));
  put_u32(out + 4, checksum(payload, flags));
  out[8] = static_cast<char>(flags);
}

}  // namespace

void append_frames(std::string_view payload, std::string& out) {
  do {
    const std::string_view piece = payload.substr(0, kFrameBytesMax);
    payload.remove_prefix(piece.size());
    char header[kFrameHeaderBytes];
    put_header(header, piece, payload.empty() ? 0 : kFlagMore);
    out.append(header, sizeof header);
    out.append(piece);
  } while (!payload.empty());
}

std::size_t begin_frames(std::string& out) {
  const std::size_t start = out.size();
  out.append(kFrameHeaderBytes, '\0');
  return start;
}

void end_frames(std::string& out, std::size_t start) {
  QUORATE_CHECK(out.size() >= start + kFrameHeaderBytes);
  const std::string_view payload = std::string_view(out).substr(start + kFrameHeaderBytes);
  if (payload.size() <= kFrameBytesMax) {
    put_header(out.data() + start, payload, 0);
    return;
  }
  const std::string copy(payload);
  out.resize(start);
  append_frames(copy, out);
}

struct FrameReader::Header {
  std::uint32_t length = 0;
  std::uint32_t checksum = 0;
  unsigned char flags = 0;

  explicit Header(const char* bytes)
      : length(get_u32(bytes)),
        checksum(get_u32(bytes + 4)),
        flags(static_cast<unsigned char>(bytes[8])) {}

  bool more() const { return (flags & kFlagMore) != 0; }
};

char* FrameReader::prepare(std::size_t hint) {
  if (begin_ == end_) {
    begin_ = end_ = 0;
    if (buffer_.size() > std::max(hint, kBufferKeptBytes)) std::string().swap(buffer_);
  }
  if (capacity() < hint && begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (capacity() < hint) buffer_.resize(std::max(end_ + hint, 2 * end_));
  return buffer_.data() + end_;
}

void FrameReader::commit(std::size_t bytes) {
  QUORATE_CHECK(bytes <= capacity());
  end_ += bytes;
}

std::optional<Error> FrameReader::check(const Header& header) const {
  if (header.length > kFrameBytesMax) {
    return invalid_input("a frame announces " + std::to_string(header.length) + " bytes, at most " +
                         std::to_string(kFrameBytesMax) +
                         " are allowed; is the other side speaking Quorate's protocol?");
  }
  if ((header.flags & ~kFlagMore) != 0) {
    return invalid_input("a frame has unknown flags " + std::to_string(header.flags));
  }
  if (header.more() && header.length == 0) {
    return invalid_input("an empty frame announces that its message goes on");
  }
  if (header.length > message_bytes_max_ || chunks_.size() > message_bytes_max_ - header.length) {
    return invalid_input("a message is larger than " + std::to_string(message_bytes_max_) +
                         " bytes");
  }
  return std::nullopt;
}

Result<std::optional<std::string_view>> FrameReader::next() {
  if (chunks_given_) {
    std::string().swap(chunks_);
    chunks_given_ = false;
  }
  while (end_ - begin_ >= kFrameHeaderBytes) {
    const Header header(buffer_.data() + begin_);
    if (auto error = check(header)) return *std::move(error);
    if (end_ - begin_ - kFrameHeaderBytes < header.length) break;

    const std::string_view payload(buffer_.data() + begin_ + kFrameHeaderBytes, header.length);
    if (checksum(payload, header.flags) != header.checksum) {
      return Error{ErrorCode::kCorruption, "a frame of " + std::to_string(header.length) +
                                               " bytes does not match its checksum"};
    }
    begin_ += kFrameHeaderBytes + header.length;
    if (!header.more() && chunks_.empty()) return std::optional<std::string_view>(payload);
    chunks_.append(payload);
    if (!header.more()) {
      chunks_given_ = true;
      return std::optional<std::string_view>(chunks_);
    }
  }
  return std::optional<std::string_view>();
}

}  // namespace quorate
