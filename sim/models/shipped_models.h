// The texts of sim/models/*.toml; CMake writes the source.
#pragma once

#include <vector>

#include "sim/models/embedded_text.h"

namespace quorate::sim {

const std::vector<EmbeddedText>& shipped_models();

}  // namespace quorate::sim
