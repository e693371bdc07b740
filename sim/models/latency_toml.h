// A latency as it is written in TOML: a table with one shape.
//
//   { constant_ms = 3 }
//   { uniform_ms = [0.2, 1] }                     both ends included
//   { exponential_ms = 5 }                        by its mean, or
//   { exponential_per_ms = 1.66 }                 by its rate
//   { pareto_ms = 1.05, alpha = 1.51 }            at least so much
//   { mixture = [ { percent = 38, SHAPE }, { percent = 62, SHAPE } ] }
//
// and, with any of them, plus_ms = 75.
//
// Place:      for the sources that read a TOML file (model_file.cc, scenario/), which alone know
//             the library. Who only writes one includes latency_text.h.
// Invariants: decimals become integers here and only here; what latency_text() writes is read back
//             as it was. Shown in tests/sim/models/model_file_test.cc.
#pragma once

#include <optional>
#include <string>

#include "node/base/toml_section.h"
#include "sim/world/latency.h"

namespace quorate::sim {

// Of the key `name` of a section; nothing when it is not there or not a latency, which is a
// problem.
std::optional<Latency> read_latency(toml_file::Section& section, const std::string& name,
                                    toml_file::Problems& problems);

// A number of milliseconds from 0 to kLatencyMax.
std::optional<SimTime> read_ms(toml_file::Section& section, const std::string& name);

}  // namespace quorate::sim
