// A message between nodes: refused with a reason, or it encodes to bytes that decode to the same
// message.
#include <string>

#include "node/wire/codec.h"
#include "tests/node/wire/random_messages.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace quorate;
  const auto message = decode_message({reinterpret_cast<const char*>(data), size});
  if (!message) {
    QUORATE_CHECK(!message.error().message.empty());
    return 0;
  }
  std::string bytes;
  encode_message(*message, bytes);
  const auto again = decode_message(bytes);
  QUORATE_CHECK(again);
  QUORATE_CHECK(testing_support::same(*message, *again));
  std::string bytes_again;
  encode_message(*again, bytes_again);
  QUORATE_CHECK(bytes == bytes_again);
  return 0;
}
