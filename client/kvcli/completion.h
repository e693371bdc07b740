// Completion scripts for shells, made from the table of commands.
#pragma once

#include <string>
#include <vector>

#include "client/kvcli/command_table.h"

namespace quorate::client::kvcli {

std::string bash_completion(const std::vector<CommandInfo>& commands);
std::string zsh_completion(const std::vector<CommandInfo>& commands);
std::string fish_completion(const std::vector<CommandInfo>& commands);

}  // namespace quorate::client::kvcli
