// For hashed containers of keys that are looked up and never walked.
#pragma once

#include <cstddef>

#include "node/base/hash.h"
#include "node/core/messages.h"

namespace quorate::sim {

struct KeyHash {
  // Few buckets have names of one length, and each key one name: the name tells keys apart.
  std::size_t operator()(const Key& key) const { return hash64(key.name, key.bucket.size()); }
};

}  // namespace quorate::sim
