// What one seed gave, and how a worker tells it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/sweep/tally.h"

namespace quorate::sim {

struct SeedResult {
  std::uint64_t seed = 0;
  SweepTally tally;
  std::vector<Violation> violations;
};

// A longer witness is cut off.
inline constexpr std::size_t kWitnessBytesMax = 64 * 1024;

// For another process of this very program: layout and byte order are its own.
std::string pack(const SeedResult& result);

// Takes one result off the front of `bytes`; nothing while it is not whole yet.
std::optional<SeedResult> unpack(std::string_view& bytes);

}  // namespace quorate::sim
