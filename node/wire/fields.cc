#include "node/wire/fields.h"

namespace quorate {

bool FieldReader::next() {
  if (rest_.empty() || malformed_) return false;
  std::uint64_t key = 0;
  if (!read_varint(key)) return fail();
  // Field numbers have 29 bits and begin at 1.
  if (key > UINT32_MAX || (key >> 3) == 0) return fail();
  tag_ = static_cast<std::uint32_t>(key);
  switch (key & 7) {
    case 0:
      return read_varint(number_) || fail();
    case 1:
      return read_fixed(8) || fail();
    case 2: {
      std::uint64_t length = 0;
      if (!read_varint(length) || length > rest_.size()) return fail();
      bytes_ = rest_.substr(0, static_cast<std::size_t>(length));
      rest_.remove_prefix(bytes_.size());
      return true;
    }
    case 5:
      return read_fixed(4) || fail();
    default:
      return fail();
  }
}

bool FieldReader::read_varint(std::uint64_t& value) {
  value = 0;
  for (std::size_t i = 0; i < rest_.size() && i < 10; ++i) {
    const auto byte = static_cast<unsigned char>(rest_[i]);
    if (i == 9 && byte > 1) return false;  // past 64 bits
    value |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      rest_.remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

bool FieldReader::read_fixed(std::size_t width) {
  if (rest_.size() < width) return false;
  number_ = 0;
  for (std::size_t i = width; i-- > 0;) {
    number_ = (number_ << 8) | static_cast<unsigned char>(rest_[i]);
  }
  rest_.remove_prefix(width);
  return true;
}

std::size_t varint_size(std::uint64_t value) {
  std::size_t size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}

}  // namespace quorate
