// Union of JSON arrays: what any of the siblings has (the shopping cart of Dynamo 4.4 and 6.1).
//
// Invariants: commutative, associative, idempotent; no element of any sibling is missing.
//             tests/client/resolvers/json_union_test.cc.
// As Dynamo says of its cart: "add to cart" is never lost, and deleted items can come back, for a
// union cannot tell a removed element from one that was never there. A bucket of the type `set`
// can.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/update.h"

namespace quorate::client {

// Each element once, sorted by its text: an array that does not depend on the order of the others.
// Elements are equal when their text is, but for the white space between tokens: numbers keep every
// digit. Errors: kInvalidInput naming the one that is no JSON array, and why.
Result<std::string> union_of_arrays(const std::vector<std::string_view>& arrays);

// A single value is left as it is.
Resolver union_arrays();

}  // namespace quorate::client
