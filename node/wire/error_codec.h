// What ends a connection, as a whole message of either port, without a frame.
#pragma once

#include <string>

#include "node/base/status.h"

namespace quorate::wire {
class Error;  // quorate.pb.h
}

namespace quorate {

std::string encode_client_error(const Error& error);  // a wire::ToClient
std::string encode_peer_error(const Error& error);    // a wire::PeerHandshake

// Text and code as they may be sent, and as they were. A code of a later version is kIoError.
void to_wire(const Error& error, wire::Error& out);
Error error_from_wire(const wire::Error& in);

}  // namespace quorate
