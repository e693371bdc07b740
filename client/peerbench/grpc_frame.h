// How gRPC wraps a message in the body of an HTTP/2 stream: a byte that says whether it is
// compressed, its length in four bytes, the largest first, and the message.
//
// Shown in:   tests/client/peerbench/grpc_frame_test.cc.
#pragma once

#include <string>
#include <string_view>

#include "node/base/status.h"

namespace quorate::client::peerbench {

std::string grpc_frame(std::string_view message);

// The one message of an answer's body. Errors: kIncompatible for a body that is cut short, holds
// more than one message, or is compressed.
Result<std::string_view> grpc_message(std::string_view body);

}  // namespace quorate::client::peerbench
