// Requests and answers of programs as messages of quorate.proto and back.
//
// Errors:     kInvalidInput for an answer that does not fit its request or is out of bounds: the
//             node's fault.
#pragma once

#include <string>

#include "client/answer.h"
#include "node/base/status.h"

namespace quorate::wire {
class ClientReply;
class ClientRequest;
class Error;
class ToNode;
}  // namespace quorate::wire

namespace quorate::client {

// Attempt, age and deadline are left to the call.
void request_into_wire(Verb verb, RequestId id, std::string key, Change change,
                       RequestOptions options, wire::ToNode& out);

Result<Answer> answer_from_wire(wire::ClientReply&& reply, const wire::ClientRequest& request);

Error error_from_wire(const wire::Error& error);

}  // namespace quorate::client
