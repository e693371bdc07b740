// The messages of both ports that are read through parse_message: what a node takes from clients
// and from peers that have not yet proved who they are, and what a client takes from nodes.
//
// Input: one byte that chooses the kind, then the message.
#include <memory>
#include <string>

#include "client/engine/reply_mapping.h"
#include "node/wire/codec.h"
#include "node/wire/parse.h"
#include "node/wire/quorate.pb.h"
#include "tests/fuzz/input.h"
#include "tests/node/wire/random_messages.h"
#include "tests/node/wire/sample_messages.h"

namespace quorate {
namespace {

// Parsed, it serialises to bytes that parse to the same.
void parse_and_keep(std::string_view bytes, google::protobuf::Message& message) {
  const Status status = parse_message(bytes, message);
  if (!status) {
    QUORATE_CHECK(!status.error().message.empty());
    message.Clear();
    return;
  }
  const std::string serialised = message.SerializeAsString();
  QUORATE_CHECK(serialised.size() <= bytes.size() + 16);
  const std::unique_ptr<google::protobuf::Message> again(message.New());
  QUORATE_CHECK(parse_message(serialised, *again));
  QUORATE_CHECK(again->SerializeAsString() == serialised);
}

// What the node makes of a request survives being forwarded.
void take_request(wire::ClientRequest&& in) {
  static const TokenSeal seal = testing_support::sample_seal();
  auto request = from_wire(std::move(in), seal);
  if (!request) {
    QUORATE_CHECK(!request.error().message.empty());
    return;
  }
  const Message forward = ForwardRequest{1, std::move(*request)};
  std::string bytes;
  encode_message(forward, bytes);
  const auto decoded = decode_message(bytes);
  QUORATE_CHECK(decoded && testing_support::same(forward, *decoded));
}

// What the client makes of an answer, whatever it asked for.
void take_answer(wire::ToClient&& message) {
  if (message.has_error()) [[maybe_unused]]
    const Error error = client::error_from_wire(message.error());
  if (!message.has_reply()) return;
  wire::ClientRequest asked;
  asked.set_id_high(message.reply().id_high());
  asked.set_id_low(message.reply().id_low());
  const auto answer = client::answer_from_wire(std::move(*message.mutable_reply()), asked);
  QUORATE_CHECK(answer || !answer.error().message.empty());
}

template <typename Generated>
void parse_only(std::string_view bytes) {
  Generated message;
  parse_and_keep(bytes, message);
}

}  // namespace
}  // namespace quorate

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace quorate;
  testing_support::FuzzInput input(data, size);
  const std::uint8_t kind = input.byte();
  const std::string_view bytes = input.rest();
  switch (kind % 4) {
    case 0: {
      wire::ToNode message;
      parse_and_keep(bytes, message);
      if (message.has_request()) take_request(std::move(*message.mutable_request()));
      break;
    }
    case 1: {
      wire::ToClient message;
      parse_and_keep(bytes, message);
      take_answer(std::move(message));
      break;
    }
    case 2:
      parse_only<wire::Hello>(bytes);
      break;
    case 3:
      parse_only<wire::PeerHandshake>(bytes);
      break;
  }
  return 0;
}
