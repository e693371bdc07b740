// The texts of sim/scenarios/*.toml; CMake writes the source.
#pragma once

#include <vector>

#include "sim/models/embedded_text.h"

namespace quorate::sim {

const std::vector<EmbeddedText>& shipped_scenarios();

}  // namespace quorate::sim
