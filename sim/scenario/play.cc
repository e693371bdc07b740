#include "sim/scenario/play.h"

#include <algorithm>
#include <utility>

#include "sim/report/verdict.h"

namespace quorate::sim {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// A property that the scenario breaks on purpose must be broken.
Expectation announced(const std::string& property, const std::vector<Violation>& violations) {
  const bool broken =
      std::any_of(violations.begin(), violations.end(),
                  [&](const Violation& violation) { return violation.property == property; });
  return {announced_violation(property), broken, "it held"};
}

}  // namespace

bool Performance::met() const {
  return std::all_of(summary.expectations.begin(), summary.expectations.end(),
                     [](const Expectation& expectation) { return expectation.met; });
}

bool Performance::safe() const {
  return std::all_of(unexpected.begin(), unexpected.end(), is_about_healing);
}

Performance play(const Scenario& scenario, const Variant& variant, const std::string& replay,
                 const std::vector<WorldObserver*>& watchers, const MakeDisk& make_disk) {
  Timeline timeline;
  std::vector<WorldObserver*> all = watchers;
  all.push_back(&timeline);
  Performance performance;
  performance.run = std::make_unique<Run>(variant.plan, all, make_disk);
  timeline.watch(*performance.run);
  performance.run->play();
  performance.summary = summarize(*performance.run, timeline,
                                  RunLabels{.name = scenario.name,
                                            .variant = variant.name,
                                            .lesson = scenario.lesson,
                                            .given_up = scenario.given_up,
                                            .replay = replay});
  RunSummary& summary = performance.summary;
  for (const Expected& expected : variant.expected) {
    summary.expectations.push_back(expected.judge(*performance.run, summary));
  }
  for (const std::string& property : variant.violated) {
    summary.expectations.push_back(announced(property, summary.violations));
  }
  for (const Violation& violation : summary.violations) {
    if (!contains(variant.violated, violation.property))
      performance.unexpected.push_back(violation);
  }
  return performance;
}

}  // namespace quorate::sim
