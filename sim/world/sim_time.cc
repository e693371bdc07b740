#include "sim/world/sim_time.h"

#include <cstdio>

namespace quorate::sim {

std::string time_to_string(SimTime time) {
  char text[40];
  std::snprintf(text, sizeof text, "%lld.%06lld s", static_cast<long long>(time / kNsPerSecond),
                static_cast<long long>(time % kNsPerSecond / kNsPerUs));
  return text;
}

}  // namespace quorate::sim
