// What kvsim tells the shell.
#pragma once

namespace quorate::sim {

enum class ExitCode : int {
  kHeld = 0,           // every property held; the history is linearizable
  kViolated = 1,       // a property was violated; the history is not linearizable
  kUsage = 2,          // bad usage, scenario or history
  kNotConverged = 3,   // replicas did not become equal after all faults had ended
  kUndecided = 4,      // the budget of steps was used up
  kInterrupted = 130,  // from the terminal, as shells count it
};

}  // namespace quorate::sim
