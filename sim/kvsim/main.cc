// kvsim: runs partition scenarios on a virtual clock, and judges what clients saw.

#include <unistd.h>

#include <cstdlib>

#include "sim/kvsim/command_line.h"

namespace {

bool wants_colours() {
  const char* no_colour = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) != 0 && (no_colour == nullptr || *no_colour == '\0');
}

}  // namespace

int main(int argc, char** argv) {
  return static_cast<int>(
      quorate::sim::run_command_line(argc, argv, QUORATE_VERSION, wants_colours()));
}
