// What a scenario expects of its run, and whether it was so.
//
// Place:      read from [expect] (papers/scenarios.md); judged after the run, before it is
//             reported.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/report/run_summary.h"

namespace quorate::sim {

// A number in bounds, both included: "3", "1..", "..3", "2..5".
struct Bounds {
  std::int64_t low = 0;
  std::int64_t high = INT64_MAX;

  bool admits(std::int64_t number) const { return number >= low && number <= high; }
};
std::string to_string(const Bounds& bounds);

struct Expected {
  std::string text;  // "stale reads: 1.."

  // What was found; met or not.
  std::function<Expectation(const Run&, const RunSummary&)> judge;
};

// Expectations of one kind each.
Expected expect_count(std::string what, Bounds bounds,
                      std::function<std::int64_t(const RunSummary&)> count);
// The values that a key ends with, in any order.
Expected expect_values(Key key, std::vector<std::string> values);
// Of one step of a client, counted from 1.
struct ExpectedStep {
  std::size_t client = 0;
  std::string client_name;
  std::size_t step = 1;
};
Expected expect_told(const ExpectedStep& step, std::string told);
Expected expect_read(const ExpectedStep& step, std::vector<std::string> values);
Expected expect_time(const ExpectedStep& step, SimTime low, SimTime high);
// The strongest level of the ladder that held.
Expected expect_level(std::string level);

// "ok", "not-found", "refused", "unknown", "invalid": what a client was told.
const std::vector<std::string>& told_words();

}  // namespace quorate::sim
