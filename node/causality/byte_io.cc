#include "node/causality/byte_io.h"

#include "node/base/check.h"

namespace quorate {

std::uint8_t ByteReader::byte() {
  if (!ok()) return 0;
  if (left() < 1) {
    fail("ends too early");
    return 0;
  }
  return static_cast<std::uint8_t>(bytes_[at_++]);
}

std::uint64_t ByteReader::varint() {
  if (!ok()) return 0;
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (left() < 1) {
      fail("ends too early");
      return 0;
    }
    const auto next = static_cast<std::uint8_t>(bytes_[at_]);
    if (shift == 63 && next > 1) break;
    if (next == 0 && shift > 0) {
      fail("has a number that is not in its shortest form");
      return 0;
    }
    ++at_;
    value |= static_cast<std::uint64_t>(next & 0x7f) << shift;
    if (next < 0x80) return value;
  }
  fail("has a number of more than 64 bits");
  return 0;
}

std::uint64_t ByteReader::fixed64() {
  if (!ok()) return 0;
  if (left() < 8) {
    fail("ends too early");
    return 0;
  }
  std::uint64_t value = 0;
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(&value, bytes_.data() + at_, sizeof value);
  } else {
    for (unsigned i = 0; i < 8; ++i) {
      value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes_[at_ + i])) << (8 * i);
    }
  }
  at_ += 8;
  return value;
}

std::string_view ByteReader::bytes() {
  const std::size_t size = count(1);
  if (!ok()) return {};
  const std::string_view view = bytes_.substr(at_, size);
  at_ += size;
  return view;
}

std::size_t ByteReader::count(std::size_t item_bytes_min) {
  const std::size_t began = at_;
  const std::uint64_t number = varint();
  if (!ok()) return 0;
  if (number > left() / item_bytes_min) {
    at_ = began;
    fail("announces more than it holds");
    return 0;
  }
  return static_cast<std::size_t>(number);
}

void ByteReader::fail(const char* fault) {
  if (!ok()) return;
  fault_ = fault;
  fault_at_ = at_;
}

Error ByteReader::error() const {
  QUORATE_CHECK(!ok());
  return Error{ErrorCode::kCorruption,
               std::string(what_) + ": " + fault_ + " at byte " + std::to_string(fault_at_)};
}

void ByteReader::expect_end() {
  if (ok() && left() > 0) fail("goes on after its end");
}

}  // namespace quorate
