#include "node/base/keyed_hash.h"

#include <sodium/crypto_shorthash.h>

namespace quorate {

static_assert(crypto_shorthash_KEYBYTES == sizeof(HashKey));

std::uint64_t keyed_hash64(const HashKey& key, std::string_view bytes) {
  std::array<unsigned char, crypto_shorthash_BYTES> out{};
  crypto_shorthash(out.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                   key.data());
  std::uint64_t value = 0;
  for (std::size_t i = out.size(); i-- > 0;) value = value << 8 | out[i];
  return value;
}

}  // namespace quorate
