#include "node/wire/parse.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <climits>

#include "node/wire/fields.h"

namespace quorate {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr std::size_t kMemoryPerByteMax = 32;
constexpr std::size_t kMemoryFree = 4096;

// What the generated classes take: an object of a repeated sub-message with the pointer to it, a string, and an
// unknown field, which may hold a string. One-of and single sub-messages exist once, whatever the bytes say.
constexpr std::size_t kObjectBytes = 112;
constexpr std::size_t kStringBytes = 48;
constexpr std::size_t kUnknownBytes = 80;
constexpr std::size_t kPackedBytesPerByte = 16;  // a varint of one byte becomes up to 8, in an array that doubles

// Adds what the message would take to `memory`. False: malformed.
bool estimate(const Descriptor& message, std::string_view bytes, std::size_t& memory) {
  FieldReader fields(bytes);
  while (fields.next()) {
    const FieldDescriptor* field = message.FindFieldByNumber(static_cast<int>(fields.tag() >> 3));
    const bool delimited = (fields.tag() & 7) == 2;
    if (field == nullptr) {
      memory += kUnknownBytes + (delimited ? fields.bytes().size() : 0);
    } else if (!delimited) {
      memory += kPackedBytesPerByte;
    } else if (field->type() == FieldDescriptor::TYPE_MESSAGE) {
      if (field->is_repeated()) memory += kObjectBytes;
      if (!estimate(*field->message_type(), fields.bytes(), memory)) return false;
    } else if (field->type() == FieldDescriptor::TYPE_BYTES) {
      memory += kStringBytes + fields.bytes().size();
    } else {
      memory += kPackedBytesPerByte * (fields.bytes().size() + 1);
    }
  }
  return !fields.malformed();
}

}  // namespace

Status parse_message(std::string_view bytes, google::protobuf::Message& out) {
  const std::string name = out.GetDescriptor()->name();
  if (bytes.size() > INT_MAX) return invalid_input(name + ": larger than 2 GiB");
  std::size_t memory = 0;
  if (!estimate(*out.GetDescriptor(), bytes, memory)) {
    return invalid_input(name + ": malformed message");
  }
  if (memory > kMemoryFree + kMemoryPerByteMax * bytes.size()) {
    return invalid_input(name + ": " + std::to_string(bytes.size()) +
                         " bytes hold more fields than any honest message");
  }
  if (!out.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return invalid_input(name + ": malformed message");
  }
  out.DiscardUnknownFields();
  return {};
}

}  // namespace quorate
