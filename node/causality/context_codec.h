// Dots and contexts inside larger encodings; context_codec.cc has the whole contexts of codec.h
// too.
//
// Place:      codec.cc.
#pragma once

#include <cstddef>
#include <string>

#include "node/causality/byte_io.h"
#include "node/causality/context.h"
#include "node/causality/dot.h"

namespace quorate {

// The fewest bytes that a dot takes, to hold announced numbers against what is left.
inline constexpr std::size_t kDotBytesMin = 8 + 1 + 1;

// REQUIRES: an epoch of at least 1, a counter from 1 to kCounterMax.
void append_dot(const Dot& dot, std::string& out);

// What they return is of no use once the reader has failed.
Dot read_dot(ByteReader& in);
Context read_context(ByteReader& in);

}  // namespace quorate
