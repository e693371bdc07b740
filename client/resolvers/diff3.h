// Three-way merge of texts by lines.
//
// Implements: diff3 as Khanna, Kunal and Pierce 2007 ("A Formal Investigation of Diff3") state it,
//             over the shortest edit scripts of Myers 1986. No Debian library fits: libgit2 is a
//             whole version control system, libxdiff is not packaged.
// Invariants: merge(b, x, y) == merge(b, y, x); merge(b, x, x) == x; merge(b, b, x) == x. A merge
// is
//             clean only if no line was changed on both sides, in different ways, nor next to one
//             another. Shown in tests/client/resolvers/diff3_test.cc. It is not associative: which
//             lines match hangs on what is compared.
// Limits:     kEditsMax lines that differ between the ancestor and a side.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "node/base/status.h"

namespace quorate::client {

inline constexpr std::size_t kEditsMax = 2'000;

// Errors: kInvalidInput naming the first lines that both sides changed, or that they differ too
// much. Never markers in the text.
Result<std::string> merge_texts(std::string_view ancestor, std::string_view left,
                                std::string_view right);

}  // namespace quorate::client
