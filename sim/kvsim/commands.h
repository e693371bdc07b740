// All commands of kvsim, in the order of its help; each function is in the file of its command.
#pragma once

#include <vector>

#include "sim/kvsim/command.h"

namespace quorate::sim {

Command run_command();         // run_command.cc
Command list_command();        // library_commands.cc
Command explain_command();     // library_commands.cc
Command check_command();       // check_command.cc
Command shrink_command();      // shrink_command.cc
Command matrix_command();      // matrix_command.cc
Command pbs_command();         // pbs_command.cc
Command survivors_command();   // survivors_command.cc
Command sweep_command();       // sweep_command.cc
Command topologies_command();  // topologies_command.cc

// A new command joins here.
inline std::vector<Command> all_commands() {
  std::vector<Command> commands;
  commands.push_back(run_command());
  commands.push_back(list_command());
  commands.push_back(explain_command());
  commands.push_back(check_command());
  commands.push_back(matrix_command());
  commands.push_back(pbs_command());
  commands.push_back(survivors_command());
  commands.push_back(sweep_command());
  commands.push_back(shrink_command());
  commands.push_back(topologies_command());
  return commands;
}

}  // namespace quorate::sim
