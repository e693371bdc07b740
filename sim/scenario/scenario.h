// A scenario: a run that somebody wrote down, with what it teaches and what is expected of it; in
// several variants, which differ in what the lesson is about and share the rest.
//
// Place:      read from TOML (papers/scenarios.md has the vocabulary); kvsim runs, lists and
//             explains it. Any plan, a drawn one too, can be written as a scenario that does the
//             same: replaying and shrinking rest on that.
// Invariants: (1) what write_plan wrote is read as a plan of the same trace hash: shown for drawn
//             plans in tests/sim/scenario/round_trip_test.cc; (2) reading never aborts, whatever
//             the text: every problem is told with line and column.
// Not here:   the library that comes with kvsim: library.h. What is expected, and whether it was
//             met: expectations.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/base/status.h"
#include "sim/run/plan.h"
#include "sim/scenario/expectations.h"

namespace quorate::sim {

inline constexpr std::size_t kScenarioBytesMax = 16u << 20;

struct Variant {
  std::string name;  // empty when the scenario has no variants
  RunPlan plan;
  std::vector<Expected> expected;
  std::vector<std::string> violated;  // properties that it breaks on purpose, by name
};

struct Scenario {
  std::string name;
  std::string title;
  std::string lesson;
  std::string look_for;
  std::string given_up;           // in one sentence, for the end of the report
  std::vector<Variant> variants;  // at least one
};

// `name`: of the file, for messages and, without directory and extension, for the scenario. `seed`
// takes the place of the file's own. Errors: kInvalidInput, one "name:line:column: what" a line.
Result<Scenario> read_scenario(std::string_view text, const std::string& name,
                               std::optional<std::uint64_t> seed = std::nullopt);

// The plan as a scenario of one variant, everything in it written out.
std::string write_plan(const RunPlan& plan);

}  // namespace quorate::sim
