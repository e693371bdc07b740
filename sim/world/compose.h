// The value of a put that is made from what its client read before: how applications merge siblings
// and change what they have read.
//
// Not here:   when it is read and when it is written, which are two steps of a client:
//             sim_client.h.
#pragma once

#include <cstdint>
#include <vector>

#include "node/base/blob.h"

namespace quorate::sim {

enum class Compose : std::uint8_t {
  kAsGiven,  // the step's own value
  kUnion,    // the elements, between commas, of all that was read, and of the step's value
  kSum,      // the largest number that was read, and the step's added to it
};

// `read`: the values of the client's last answered read of the key; none when there was none. What
// is no number counts as 0.
Blob composed(Compose how, const std::vector<Blob>& read, const Blob& own);

}  // namespace quorate::sim
