#include "sim/report/verdict.h"

#include <algorithm>
#include <vector>

#include "sim/report/text_layout.h"

namespace quorate::sim {

namespace {

std::string listed(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : "; ") + part;
  return text;
}

bool is_announced(const RunSummary& summary, const Violation& violation) {
  return std::any_of(summary.expectations.begin(), summary.expectations.end(),
                     [&](const Expectation& expectation) {
                       return expectation.text == announced_violation(violation.property);
                     });
}

}  // namespace

std::string announced_violation(const std::string& property) { return "violates: " + property; }

RunVerdict verdict_of(const RunSummary& summary) {
  std::vector<std::string> violated;
  for (const Violation& violation : summary.violations) {
    if (!is_announced(summary, violation)) violated.push_back(violation.property);
  }
  std::vector<std::string> unmet;
  for (const Expectation& expectation : summary.expectations) {
    if (expectation.met) continue;
    unmet.push_back(expectation.text +
                    (expectation.detail.empty() ? "" : " (" + expectation.detail + ")"));
  }
  std::vector<std::string> parts;
  if (!violated.empty()) parts.push_back("VIOLATED: " + listed(violated));
  if (!unmet.empty()) {
    parts.push_back("NOT as expected, " + std::to_string(unmet.size()) + " of " +
                    counted(summary.expectations.size(), "expectation", "expectations") + ": " +
                    listed(unmet));
  }
  if (!parts.empty()) return {false, "verdict: " + listed(parts)};
  std::string text = "verdict: every property held";
  if (!summary.violations.empty()) text += " but those that the scenario breaks on purpose";
  if (summary.expectations.size() == 1) text += ", and the expectation was met";
  if (summary.expectations.size() > 1) {
    text += ", and all " + std::to_string(summary.expectations.size()) + " expectations were met";
  }
  return {true, text};
}

}  // namespace quorate::sim
