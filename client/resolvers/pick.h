// Resolvers that keep one of the siblings: the largest, smallest, longest or newest.
//
// Each is the maximum of a total order, so the outcome depends neither on the order of the siblings
// nor on which of them met first (tests/client/resolvers/pick_test.cc). The others lose: that is
// what is asked for. A single value is left as it is.
#pragma once

#include <cstddef>
#include <string_view>

#include "client/update.h"

namespace quorate::client {

// Which of two values comes first: numbers before all that is none, by their value; what is equal
// so far, or no number, by its bytes. A number is decimal digits, with a sign and a fraction if
// need be, of any length: "-12.50".
bool is_smaller(std::string_view a, std::string_view b);

// The chosen one's index. REQUIRES: some.
std::size_t largest_of(const std::vector<ReadValue>& siblings);
std::size_t smallest_of(const std::vector<ReadValue>& siblings);
std::size_t longest_of(
    const std::vector<ReadValue>& siblings);                    // of equal length, the larger bytes
std::size_t newest_of(const std::vector<ReadValue>& siblings);  // by timestamp, then dot

Resolver keep_largest();
Resolver keep_smallest();
Resolver keep_longest();
Resolver keep_newest();

}  // namespace quorate::client
