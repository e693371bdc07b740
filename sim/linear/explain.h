// Tells a person why a key is not linearizable: which operation, what it could have seen, and what
// stands against it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sim/linear/verdict.h"

namespace quorate::sim::linear {

// "read 1", "cas 1 -> 2", "append \"x\"", with what it answered; long values are cut in the middle.
std::string operation_text(const History& history, OperationId id);

// "lines 3-7", "line 3, never ended"; events, counted from 1, where no file is known.
std::string place_text(const History& history, OperationId id);

// A value as EDN, cut in the middle if it is long.
std::string short_value(std::string_view edn);

// The operations below one another, by their begins, with what lies between begin and end:
//
//     process 0  write 1    |--|
//     process 1  write 2       |-----|
//     process 2  read 1              |--|  <- cannot be placed
//
// Columns are events, not time. `marked` gets the arrow.
std::string timeline(const History& history, std::vector<OperationId> operations,
                     OperationId marked);

struct ExplainOptions {
  std::size_t concurrent_max = 8;  // operations
  std::size_t possible_max = 8;    // values
};

// Several lines. REQUIRES: verdict.witness.
std::string explain(const History& history, const KeyVerdict& verdict,
                    const ExplainOptions& options = {});

}  // namespace quorate::sim::linear
