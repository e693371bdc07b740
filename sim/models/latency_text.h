// A latency as latency_toml.h reads it, exact to the nanosecond.
#pragma once

#include <string>

#include "sim/world/latency.h"

namespace quorate::sim {

// "{ pareto_ms = 1.05, alpha = 1.51 }"
std::string latency_text(const Latency& latency);

// "1.05": nanoseconds as milliseconds.
std::string ms_text(SimTime time);

}  // namespace quorate::sim
