// What kvsim check was asked; the command itself is in commands.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/linear/model.h"

namespace quorate::sim {

struct CheckSettings {
  std::string file;  // "-" is standard input
  linear::Model model = linear::Model::kRegister;
  std::optional<std::string> initial;  // an EDN value
  std::uint64_t steps_max = 0;         // of the search, for each key
  bool json = false;
  bool colours = false;
};

}  // namespace quorate::sim
