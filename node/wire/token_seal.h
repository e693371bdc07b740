// Tokens as opaque bytes: authenticated with the cluster's key and bound to cluster, bucket and
// key, so that nobody can invent a context or move one to another key.
//
// Format:     u8 version | u64 key id | u64 timestamp | i64 minted at | canonical context | 16
// bytes
//             of HMAC-SHA256 over all of that and the cluster's name, the bucket and the key (each
//             with its length). papers/formats.md has the table.
// Limits:     kTokenBytesMax; a context that does not fit is refused with a clear error when
// sealed. Shown:      every attack in tests/node/wire/token_seal_test.cc; what trust instead would
// lose in
//             tests/node/wire/forged_context_test.cc. Fuzzed: tests/fuzz/token_fuzz.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "node/base/status.h"
#include "node/causality/token.h"
#include "node/core/messages.h"
#include "node/wire/secret.h"

namespace quorate {

inline constexpr std::size_t kTokenBytesMax = 16384;
inline constexpr std::size_t kTokenMacBytes = 16;

class TokenSeal {
 public:
  // The first secret seals; all of them open (key rotation: two for a while). The key id in a token
  // is derived from its secret.
  TokenSeal(std::string cluster, const std::vector<std::string>& secrets);

  // Errors: kInvalidInput for a context that does not fit into kTokenBytesMax.
  Result<std::string> seal(const Token& token, const Key& key) const;

  // Errors: kUnauthorized for a token that was not sealed for this cluster and this key,
  // kInvalidInput for one that is no token at all. The message tells the next step ("read the key
  // again").
  Result<Token> open(std::string_view sealed, const Key& key) const;

 private:
  struct SealKey {
    std::uint64_t id;
    MacKey key;
  };
  std::string cluster_;
  std::vector<SealKey> keys_;
};

}  // namespace quorate
