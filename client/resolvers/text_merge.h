// Three-way merge of siblings that are texts, where a common ancestor is known.
//
// Which ancestor? A record does not remember it: of each sibling it knows the event, not what its
// writer had seen. So whoever asks must know it: the value that everybody began from, most often
// what this session read last, before the key had siblings. What can be seen to be wrong is
// refused: an ancestor that still stands among the siblings, or that is younger than one of them,
// was not known to all of their writers.
//
// Invariants: the order of the siblings makes no difference; conflicts are refused, never marked in
//             the value. tests/client/resolvers/text_merge_test.cc.
#pragma once

#include <optional>
#include <string>

#include "client/update.h"

namespace quorate::client {

struct Ancestor {
  std::string value;
  // Of the event that wrote it, where that is known.
  std::optional<Dot> dot{};
  Timestamp timestamp{};
};
Ancestor ancestor_of(const ReadValue& value);

// A single value is left as it is. Errors: kInvalidInput naming the place in the ancestor that
// several siblings changed in different ways.
Resolver merge_siblings(Ancestor ancestor);

// The other way round: somebody read `ancestor`, made `own` of it, and wants that saved. Where the
// ancestor still stands alone, `own` takes its place; else it is merged with what stands.
Resolver merge_own(Ancestor ancestor, std::string own);

}  // namespace quorate::client
