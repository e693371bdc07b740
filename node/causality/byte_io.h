// The letters that canonical encodings are written in: little-endian varints (LEB128) in their
// shortest form, fixed 64-bit integers, byte strings with a length.
//
// Place:      codec.cc; whoever puts one of our encodings into a larger one.
// Invariants: (1) for each value there is one encoding that the reader takes, the one that the
//             writer makes; (2) the reader never reads past its bytes, and after a fault returns
//             zeros and empty views until it is asked for the fault. Shown in
//             tests/node/causality/byte_io_test.cc.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "node/base/status.h"

namespace quorate {

inline void append_byte(std::uint8_t value, std::string& out) {
  out.push_back(static_cast<char>(value));
}

inline void append_varint(std::uint64_t value, std::string& out) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>((value & 0x7f) | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

inline void append_fixed64(std::uint64_t value, std::string& out) {
  char bytes[8];
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(bytes, &value, sizeof value);
  } else {
    for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>((value >> (8 * i)) & 0xff);
  }
  out.append(bytes, sizeof bytes);
}

inline void append_bytes(std::string_view value, std::string& out) {
  append_varint(value.size(), out);
  out.append(value);
}

class ByteReader {
 public:
  // `what` names the thing that is read, for messages: "row". Both arguments outlive the reader.
  ByteReader(std::string_view bytes, const char* what) : bytes_(bytes), what_(what) {}

  std::uint8_t byte();
  std::uint64_t varint();
  std::uint64_t fixed64();
  std::string_view bytes();  // a view into what is read

  // A number of things that take at least `item_bytes_min` each: never more than there are bytes
  // left for.
  std::size_t count(std::size_t item_bytes_min);

  bool ok() const { return fault_ == nullptr; }
  std::size_t left() const { return bytes_.size() - at_; }

  // Makes the reader fail here, unless it has failed before. `fault` is a literal.
  void fail(const char* fault);

  // kCorruption: "row: <fault> at byte 17". REQUIRES: !ok().
  Error error() const;

  // Nothing may be left.
  void expect_end();

 private:
  std::string_view bytes_;
  const char* what_;
  std::size_t at_ = 0;
  const char* fault_ = nullptr;
  std::size_t fault_at_ = 0;
};

}  // namespace quorate
