// Stable hashes (XXH3): the same on every machine and in every version of the store.
//
// The ring, checksums of frames and rows, and trace hashes stand on them; test vectors are in
// tests/node/base/hash_test.cc. Not cryptographic: what must resist an attacker is in
// wire/secret.h.
#pragma once

#include <cstdint>
#include <string_view>

namespace quorate {

std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0);

}  // namespace quorate
