// A short hash under a secret key (SipHash-2-4): who does not know the key cannot make two inputs
// meet.
//
// Place:      the hash trees of anti-entropy, whose leaves are sums of these.
// Invariants: the same on every machine; test vectors in tests/node/base/keyed_hash_test.cc.
// Not here:   authentication of messages and tokens (wire/secret.h).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace quorate {

using HashKey = std::array<unsigned char, 16>;

std::uint64_t keyed_hash64(const HashKey& key, std::string_view bytes);

}  // namespace quorate
