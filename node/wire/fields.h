// Protobuf's wire format field by field: what messages between nodes are written and read with.
//
// Place:      encode.cc, decode.cc and parse.cc. The schema is quorate.proto, like everywhere;
//             tests/node/wire/codec_test.cc holds both sides against the generated classes.
// Why:        the generated classes would copy each record twice more, allocate for each field, and
//             take up to 30 times a hostile message's bytes before anything could be checked. Here
//             a record goes from the frame straight into decode_record, and the first wrong field
//             ends the work.
// Not here:   reading of the client port's messages, which are the generated classes: parse.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "node/causality/byte_io.h"

namespace quorate {

// The key of a field: its number and how its value is written.
constexpr std::uint32_t varint_tag(std::uint32_t number) { return number << 3 | 0; }
constexpr std::uint32_t fixed64_tag(std::uint32_t number) { return number << 3 | 1; }
constexpr std::uint32_t bytes_tag(std::uint32_t number) { return number << 3 | 2; }

// Walks over the fields of one message. Deprecated groups are refused; every other field can be
// passed over.
class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) : rest_(bytes) {}

  // To the next field; false at the end of the message, and where it is malformed.
  bool next();
  bool malformed() const { return malformed_; }

  std::uint32_t tag() const { return tag_; }
  std::uint64_t number() const { return number_; }   // of a varint or fixed field
  std::string_view bytes() const { return bytes_; }  // of a length-delimited field

 private:
  bool read_varint(std::uint64_t& value);
  bool read_fixed(std::size_t width);
  bool fail() {
    malformed_ = true;
    return false;
  }

  std::string_view rest_;
  std::uint32_t tag_ = 0;
  std::uint64_t number_ = 0;
  std::string_view bytes_;
  bool malformed_ = false;
};

std::size_t varint_size(std::uint64_t value);

// The two passes over a message's fields: its size is needed before its bytes. As proto3 has it, a
// field with its default value is left out.
class FieldSizer {
 public:
  void varint(std::uint32_t number, std::uint64_t value) {
    if (value != 0) size_ += varint_size(varint_tag(number)) + varint_size(value);
  }
  void fixed64(std::uint32_t number, std::uint64_t value) {
    if (value != 0) size_ += varint_size(fixed64_tag(number)) + 8;
  }
  void bytes(std::uint32_t number, std::string_view value) {
    if (!value.empty()) add(number, value.size());
  }
  // A sub-message, there even when it is empty. `put` tells its fields to a FieldSizer or
  // FieldWriter.
  template <typename Put>
  void message(std::uint32_t number, const Put& put) {
    FieldSizer inner;
    put(inner);
    add(number, inner.size());
  }
  // Fields that are written already, key and all.
  void written(std::string_view fields) { size_ += fields.size(); }

  std::size_t size() const { return size_; }

 private:
  void add(std::uint32_t number, std::size_t size) {
    size_ += varint_size(bytes_tag(number)) + varint_size(size) + size;
  }

  std::size_t size_ = 0;
};

class FieldWriter {
 public:
  explicit FieldWriter(std::string& out) : out_(out) {}

  void varint(std::uint32_t number, std::uint64_t value) {
    if (value == 0) return;
    append_varint(varint_tag(number), out_);
    append_varint(value, out_);
  }
  void fixed64(std::uint32_t number, std::uint64_t value) {
    if (value == 0) return;
    append_varint(fixed64_tag(number), out_);
    append_fixed64(value, out_);
  }
  void bytes(std::uint32_t number, std::string_view value) {
    if (value.empty()) return;
    append_varint(bytes_tag(number), out_);
    append_bytes(value, out_);
  }
  template <typename Put>
  void message(std::uint32_t number, const Put& put) {
    FieldSizer sizer;
    put(sizer);
    append_varint(bytes_tag(number), out_);
    append_varint(sizer.size(), out_);
    put(*this);
  }
  void written(std::string_view fields) { out_.append(fields); }

 private:
  std::string& out_;
};

}  // namespace quorate
