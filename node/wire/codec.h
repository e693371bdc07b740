// The core's messages as Protobuf bytes and back. What comes out of a decode_* function is within all bounds:
// past here nothing validates again.
//
// Errors:     kInvalidInput with the field that is wrong; kCorruption for a record that does not decode;
//             kUnauthorized for a bad token.
// Limits:     keys, bucket names, entry counts and nesting are bounded after parsing, unknown fields are
//             dropped; a message of empty sub-messages takes at most 32 times its bytes (codec_test.cc).
// Fuzzed:     tests/fuzz/peer_message_fuzz.cc, client_message_fuzz.cc.
#pragma once

#include <string>
#include <string_view>

#include "node/base/status.h"
#include "node/core/messages.h"
#include "node/wire/token_seal.h"

namespace quorate::wire {
class ClientRequest;  // quorate.pb.h
class ClientReply;
}  // namespace quorate::wire

namespace quorate {

// Peer messages. Appends to `out`, without a frame.
void encode_message(const Message& message, std::string& out);
Result<Message> decode_message(std::string_view bytes);

// A client's request, as the node and the client library see it. The two sides differ: a node opens and seals
// tokens, a client carries them as bytes (client/client.h works on the generated classes).
Result<ClientRequest> from_wire(const wire::ClientRequest& request, const TokenSeal& seal);
void to_wire(const ClientReply& reply, const Key& key, const TokenSeal& seal, wire::ClientReply* out);

}  // namespace quorate
