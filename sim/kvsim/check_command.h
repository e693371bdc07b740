// kvsim check: judges somebody else's history.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/kvsim/exit_code.h"
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

// Prints the verdict to stdout, what is wrong with the input to stderr.
ExitCode run_check(const CheckSettings& settings);

}  // namespace quorate::sim
