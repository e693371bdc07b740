// Parses a message of quorate.proto from bytes of a stranger, within a bounded memory.
//
// Place:      io/ and client/, for all that is not a PeerMessage: handshakes, ToNode, ToClient.
// Limits:     what parsing would take is estimated first, field by field, against the schema: more
//             than 32 bytes a byte of input, and a little for a start, is refused (a message of
//             empty sub-messages or of unknown fields would take more). Groups are refused. Unknown
//             fields are dropped. Shown in tests/node/wire/memory_test.cc.
// Fuzzed:     tests/fuzz/client_message_fuzz.cc.
#pragma once

#include <string_view>

#include "node/base/status.h"

namespace google::protobuf {
class Message;
}

namespace quorate {

// Errors: kInvalidInput.
Status parse_message(std::string_view bytes, google::protobuf::Message& out);

}  // namespace quorate
