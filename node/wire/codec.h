// The core's messages as Protobuf bytes and back. What comes out of a decode_* function is within
// all bounds: past here nothing validates again.
//
// Place:      encode.cc writes, decode.cc reads, client_codec.cc reads what clients ask.
// Errors:     kInvalidInput with the field that is wrong; kCorruption for a record that does not
//             decode; kUnauthorized for a bad token.
// Invariants: a message that decodes is encoded to bytes that decode to an equal one; bytes of
//             protocol version 1 are read for ever (tests/node/wire/golden/).
// Limits:     keys, bucket names, entry counts and nesting are bounded, unknown fields are dropped;
//             a message of empty sub-messages takes at most 32 times its bytes
//             (tests/node/wire/memory_test.cc). Key and value limits of a bucket are the core's to
//             judge.
// Fuzzed:     tests/fuzz/peer_message_fuzz.cc, client_message_fuzz.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "node/base/status.h"
#include "node/core/messages.h"
#include "node/wire/token_seal.h"

namespace quorate::wire {
class ClientRequest;  // quorate.pb.h
}

namespace quorate {

inline constexpr std::size_t kWireKeyBytesMax = 64u << 10;
inline constexpr std::size_t kDetailBytesMax = 4096;
inline constexpr std::int64_t kWireExpiryMsMax = (std::int64_t{1} << 48) - 1;

// Longer deadlines and ages are cut to these.
inline constexpr std::int64_t kWireDeadlineNsMax = 24LL * 3600 * 1'000'000'000;
inline constexpr std::int64_t kWireAgeNsMax = 365LL * 24 * 3600 * 1'000'000'000;

// Peer messages. Appends to `out`, without a frame.
void encode_message(const Message& message, std::string& out);
Result<Message> decode_message(std::string_view bytes);

// Encodes like encode_message, but remembers the bytes of the last record: a write goes out to
// several peers, and they all get the same one. Keeps that record alive until the next.
class PeerEncoder {
 public:
  void encode(const Message& message, std::string& out);

 private:
  RecordPtr last_;
  std::string last_bytes_;
};

// A client's request, as a node sees it. The two sides of the client port differ: a node opens and
// seals tokens, a client carries them as bytes (client/ works on the generated classes). The value
// and the names are moved out of the argument. Errors: also kUnauthorized, for a token that is not
// ours or not this key's.
Result<ClientRequest> from_wire(wire::ClientRequest request, const TokenSeal& seal);

// The answer as a whole wire::ToClient, without a frame. A token that does not fit into its bytes
// is left out, and the reply's detail says so.
void encode_client_reply(std::uint64_t tag, const ClientReply& reply, const Key& key,
                         const TokenSeal& seal, std::string& out);

}  // namespace quorate
