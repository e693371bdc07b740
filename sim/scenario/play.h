// Plays a variant of a scenario, and holds the run against what was expected of it.
//
// Place:      kvsim run, and the test of the library.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/report/run_summary.h"
#include "sim/scenario/scenario.h"

namespace quorate::sim {

struct Performance {
  std::unique_ptr<Run> run;  // of the variant's plan
  RunSummary summary;        // its expectations are judged
  // Violations that the scenario did not announce.
  std::vector<Violation> unexpected;

  bool met() const;   // every expectation
  bool safe() const;  // nothing unexpected but what is about healing
};

// `scenario`, `variant` and the watchers outlive what is returned. `make_disk`: what the disks keep
// their rows in; nothing of the run depends on it.
Performance play(const Scenario& scenario, const Variant& variant, const std::string& replay = {},
                 const std::vector<WorldObserver*>& watchers = {},
                 const MakeDisk& make_disk = nullptr);

}  // namespace quorate::sim
