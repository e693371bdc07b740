// Logarithm and power of two in integers alone, for what the simulated world draws by chance:
// `log2` and `pow` of the standard libraries differ in their last bits between compilers, and one
// such bit is another run.
//
// Implements: DESIGN 3.3. Both take the table entry next to their argument and a polynomial for the
//             rest; the tables are computed by the compiler, from squares and square roots.
// Invariants: the relative error is below 1e-12, and every compiler gives the same bits. Shown in
//             tests/sim/world/fixed_point_test.cc against libm and against golden vectors.
#pragma once

#include <cstdint>

namespace quorate::sim {

// GCC and clang both have it on every 64-bit machine, in strict standard modes too.
using Wide = unsigned __int128;

// How many of a fixed-point number's bits stand behind the point.
inline constexpr int kFixedBits = 56;
inline constexpr std::uint64_t kFixedOne = std::uint64_t{1} << kFixedBits;

// log2 of an integer, with kFixedBits bits behind the point: at most 64 in front of it.
// REQUIRES: value > 0.
std::uint64_t fixed_log2(std::uint64_t value);

// `factor` times two to the power of `exponent`, which has kFixedBits bits behind the point,
// rounded down; UINT64_MAX when it is larger than that.
std::uint64_t scaled_exp2(std::uint64_t factor, Wide exponent);

}  // namespace quorate::sim
