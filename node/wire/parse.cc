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

// What the generated classes take: an object of a repeated sub-message with the pointer to it, a
// string, and an unknown field, which may hold a string. One-of and single sub-messages exist once,
// whatever the bytes say.
constexpr std::size_t kObjectBytes = 112;
constexpr std::size_t kStringBytes = 48;
constexpr std::size_t kUnknownBytes = 80;
constexpr std::size_t kNumberBytes = 16;  // up to 8, in an array that doubles

bool is_delimited(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_MESSAGE ||
         field.type() == FieldDescriptor::TYPE_BYTES;
}

struct Estimate {
  std::size_t memory = 0;
  bool unknown_fields = false;
};

// Adds what the message would take. False: malformed.
bool estimate(const Descriptor& message, std::string_view bytes, Estimate& out) {
  FieldReader fields(bytes);
  while (fields.next()) {
    const FieldDescriptor* field = message.FindFieldByNumber(static_cast<int>(fields.tag() >> 3));
    const bool delimited = (fields.tag() & 7) == 2;
    const bool known = field != nullptr && (delimited || !is_delimited(*field));
    if (!known || (delimited && !is_delimited(*field) && !field->is_repeated())) {
      out.unknown_fields = true;
      out.memory += kUnknownBytes + (delimited ? fields.bytes().size() : 0);
    } else if (!delimited) {
      out.memory += kNumberBytes;
    } else if (field->type() == FieldDescriptor::TYPE_MESSAGE) {
      if (field->is_repeated()) out.memory += kObjectBytes;
      if (!estimate(*field->message_type(), fields.bytes(), out)) return false;
    } else if (is_delimited(*field)) {
      out.memory += kStringBytes + fields.bytes().size();
    } else {
      out.memory += kNumberBytes * (fields.bytes().size() + 1);
    }
  }
  return !fields.malformed();
}

}  // namespace

Status parse_message(std::string_view bytes, google::protobuf::Message& out) {
  const auto fault = [&out](const std::string& what) {
    return invalid_input(out.GetDescriptor()->name() + ": " + what);
  };
  if (bytes.size() > INT_MAX) return fault("larger than 2 GiB");
  Estimate expected;
  if (!estimate(*out.GetDescriptor(), bytes, expected)) return fault("malformed message");
  if (expected.memory > kMemoryFree + kMemoryPerByteMax * bytes.size()) {
    return fault(std::to_string(bytes.size()) + " bytes hold more fields than any honest message");
  }
  if (!out.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return fault("malformed message");
  }
  if (expected.unknown_fields) out.DiscardUnknownFields();
  return {};
}

}  // namespace quorate
