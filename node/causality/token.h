// A context as a client carries it between a read and a write.
//
// The core sees tokens as this plain struct; outside it they are opaque bytes, authenticated with
// the cluster's key and bound to bucket and key (wire/token_seal.h).
#pragma once

#include <cstdint>

#include "node/causality/context.h"
#include "node/causality/hybrid_clock.h"

namespace quorate {

struct Token {
  Context context;
  Timestamp timestamp;            // the largest that its holder has seen
  std::int64_t minted_at_ms = 0;  // wall time of the node that made it, ms since 1970

  friend bool operator==(const Token&, const Token&) = default;
};

}  // namespace quorate
