// A sealed token: it opens only if the cluster gave out just these bytes for just this key.
//
// Input: one byte that chooses how, then the token or what becomes one.
#include <string>

#include "node/causality/codec.h"
#include "node/wire/token_seal.h"
#include "tests/fuzz/input.h"
#include "tests/node/wire/sample_messages.h"

namespace quorate {
namespace {

using testing_support::kSampleKey;

const TokenSeal& seal() {
  static const TokenSeal seal = testing_support::sample_seal();
  return seal;
}

// Bytes as a client sends them.
void open_as_it_is(std::string_view bytes) {
  const auto token = seal().open(bytes, kSampleKey);
  if (!token) {
    QUORATE_CHECK(!token.error().message.empty());
    return;
  }
  QUORATE_CHECK(*seal().seal(*token, kSampleKey) == bytes);
}

// The bytes of a token that is real, with one of its bytes changed, cut off or put in.
void open_damaged(testing_support::FuzzInput& input) {
  static const std::string good = *seal().seal(testing_support::sample_token(), kSampleKey);
  std::string bytes = good;
  const std::size_t at = input.byte() % bytes.size();
  const auto value = static_cast<char>(input.byte());
  switch (input.byte() % 4) {
    case 0:
      bytes[at] = value;
      break;
    case 1:
      bytes.resize(at);
      break;
    case 2:
      bytes.insert(at, 1, value);
      break;
    case 3:
      bytes.replace(at, 8, input.rest());
      break;
  }
  QUORATE_CHECK(seal().open(bytes, kSampleKey).has_value() == (bytes == good));
}

// Any context there can be: sealed, it opens to the same, and for no other key.
void seal_and_open(testing_support::FuzzInput& input) {
  Token token;
  token.timestamp = Timestamp{input.byte()};
  token.minted_at_ms = input.byte();
  const auto context = decode_context(input.rest());
  if (!context) return;
  token.context = *context;
  const auto sealed = seal().seal(token, kSampleKey);
  if (!sealed) return;
  const auto opened = seal().open(*sealed, kSampleKey);
  QUORATE_CHECK(opened && *opened == token);
  QUORATE_CHECK(!seal().open(*sealed, Key{kSampleKey.bucket, "another"}));
}

}  // namespace
}  // namespace quorate

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace quorate;
  testing_support::FuzzInput input(data, size);
  switch (input.byte() % 3) {
    case 0:
      open_as_it_is(input.rest());
      break;
    case 1:
      open_damaged(input);
      break;
    case 2:
      seal_and_open(input);
      break;
  }
  return 0;
}
