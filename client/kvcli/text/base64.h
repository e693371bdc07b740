// Bytes as base64 (RFC 4648): the usual alphabet in JSON, the one that is safe in URLs and shells
// for tokens.
#pragma once

#include <string>
#include <string_view>

#include "node/base/status.h"

namespace quorate::client::kvcli {

std::string base64(std::string_view bytes);     // with padding
std::string base64url(std::string_view bytes);  // without

// Errors: kInvalidInput for anything that base64url does not give.
Result<std::string> from_base64url(std::string_view text);

}  // namespace quorate::client::kvcli
