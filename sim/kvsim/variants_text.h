// The variants of a scenario side by side, for a person.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/scenario/play.h"

namespace quorate::sim {

std::string variants_text(const Scenario& scenario, const std::vector<Performance>& performances,
                          bool colours, unsigned width);

// 16 hexadecimal digits.
std::string trace_hash_text(std::uint64_t hash);

// The text, whatever its line breaks, in lines of at most so many columns, indented.
std::string wrapped(const std::string& text, unsigned width, const std::string& indent);

}  // namespace quorate::sim
