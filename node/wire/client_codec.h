// Makes the core's values of clients' requests and replies, without their tokens: the part that is
// the same on the client port, where tokens are sealed, and in a forwarded request, where they are
// plain.
#pragma once

#include "node/base/status.h"
#include "node/core/messages.h"

namespace quorate::wire {
class ClientRequest;  // quorate.pb.h
class ClientReply;
}  // namespace quorate::wire

namespace quorate {

// Errors: kInvalidInput with the field that is wrong. Names and values are moved out of the
// argument.
Result<ClientRequest> request_from_wire(wire::ClientRequest&& in);
Result<ClientReply> reply_from_wire(wire::ClientReply&& in);

}  // namespace quorate
