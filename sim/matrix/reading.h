// What a block of the matrix says, in a sentence that its own numbers make.
#pragma once

#include <string>

#include "sim/matrix/matrix.h"

namespace quorate::sim {

// Answered at every group: no more than this many requests in a thousand went without an answer.
// Some always do: a cut catches what is under way.
inline constexpr std::uint64_t kMissedPerMille = 50;

bool nearly_all(const Share& share);

// What this configuration gave up: "minority's writes, minority's reads"; "freshness"; "nothing".
std::string given_up(const MatrixBlock& block, const MatrixCell& cell);

// Of the whole block: who stayed fresh, who answered everywhere, and whether anybody did both.
std::string reading(const MatrixBlock& block);

}  // namespace quorate::sim
