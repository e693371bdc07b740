// What a mutation changed in a record, without the rest.
//
// Place:      a coordinator sends it to replicas that know the rest (core/writes.h).
// Implements: delta-state CRDTs (Almeida et al. 2018): a small record that syncs as the whole does.
// Invariants: whoever knows all that is in `since` comes to the same state by a sync with `change`
//             as by one with the whole record: tests/node/causality/delta_test.cc, and for
//             every data type tests/node/core/types/type_laws_test.cc.
#pragma once

#include <optional>

#include "node/causality/record.h"

namespace quorate {

struct Delta {
  Record change;
  Context since;  // of the record before
};

// What one event made of `before`. Nothing if `after` knows of more events than this one and those
// that it replaced: a token brought them.
std::optional<Delta> delta_of(const Record& before, const Record& after, const Dot& event);

}  // namespace quorate
