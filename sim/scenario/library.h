// The scenarios that come with kvsim, compiled in: they run from anywhere.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/scenario.h"

namespace quorate::sim {

// In the order of their names.
const std::vector<std::string>& library_names();

// By name in the library, or else the path of a file; "-" is standard input. Errors: kInvalidInput,
// kIoError.
Result<Scenario> load_scenario(const std::string& name_or_file,
                               std::optional<std::uint64_t> seed = std::nullopt);

}  // namespace quorate::sim
