// The known name that somebody who mistyped one probably meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace quorate {

// The candidate with the fewest single-character edits to `name`; empty when none is close (more
// than half of the name would have to change).
std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace quorate
