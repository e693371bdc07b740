// The value of a put that is made from what its client read before: how applications merge siblings
// and change what they have read.
//
// Not here:   when it is read and when it is written, which are two steps of a client:
//             sim_client.h.
#pragma once

#include <cstdint>
#include <set>
#include <string_view>
#include <vector>

#include "node/base/blob.h"

namespace quorate::sim {

enum class Compose : std::uint8_t {
  kAsGiven,  // the step's own value
  kUnion,    // the elements, between commas, of all that was read, and of the step's value
  kSum,      // the largest number that was read, and the step's added to it
  kWithout,  // the elements of all that was read, but for those of the step's value
  kField,    // the elements of all that was read; of those "name=..." only the step's "name=value"
};

// `read`: the values of the client's last answered read of the key; none when there was none. What
// is no number counts as 0.
Blob composed(Compose how, const std::vector<Blob>& read, const Blob& own);

// What a value is made of: the elements between its commas.
void add_elements(std::string_view text, std::set<std::string_view>& elements);

// "name" of "name=value"; all of an element without "=".
std::string_view field_of(std::string_view element);

// What is no number counts as 0.
std::int64_t number_in(std::string_view text);

}  // namespace quorate::sim
