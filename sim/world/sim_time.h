// Virtual time: nanoseconds since the simulated world began, as plain integers.
#pragma once

#include <cstdint>
#include <string>

#include "node/core/options.h"

namespace quorate::sim {

using SimTime = std::int64_t;  // ns since the start of the world

inline constexpr SimTime kNsPerUs = 1'000;

constexpr SimTime from_us(std::int64_t us) { return us * kNsPerUs; }
constexpr SimTime from_ms(std::int64_t ms) { return ms * kNsPerMs; }
constexpr SimTime from_seconds(std::int64_t seconds) { return seconds * kNsPerSecond; }

// "12.345678 s", for witnesses and timelines.
std::string time_to_string(SimTime time);

}  // namespace quorate::sim
