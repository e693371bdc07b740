// The end of a report in one line: did everything hold, and did it come as the scenario expects?
#pragma once

#include <string>

#include "sim/report/run_summary.h"

namespace quorate::sim {

struct RunVerdict {
  bool good = false;
  std::string text;  // "verdict: every property held, and all 5 expectations were met"
};

// A property that the scenario breaks on purpose is one of its expectations.
RunVerdict verdict_of(const RunSummary& summary);

// What the scenario calls the expectation that a property is violated.
std::string announced_violation(const std::string& property);

}  // namespace quorate::sim
