#include "sim/kvsim/check_report.h"

#include <algorithm>
#include <vector>

#include "sim/linear/explain.h"
#include "sim/report/table.h"

namespace quorate::sim {
namespace {

using linear::KeyVerdict;
using linear::Verdict;

constexpr std::size_t kRowsMax = 20;
constexpr std::size_t kWitnessesMax = 3;

Style style_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kLinearizable:
      return Style::kGood;
    case Verdict::kNotLinearizable:
      return Style::kBad;
    case Verdict::kUndecided:
      return Style::kWarning;
  }
  return Style::kPlain;
}

// Those with something to tell first.
std::vector<const KeyVerdict*> by_interest(const linear::Judgement& judgement) {
  std::vector<const KeyVerdict*> keys;
  for (const Verdict verdict :
       {Verdict::kNotLinearizable, Verdict::kUndecided, Verdict::kLinearizable}) {
    for (const KeyVerdict& key : judgement.keys) {
      if (key.verdict == verdict) keys.push_back(&key);
    }
  }
  return keys;
}

std::string counted(std::size_t count, const char* one, const char* many) {
  return with_commas(count) + " " + (count == 1 ? one : many);
}

std::string headline(const CheckReport& report) {
  return (report.settings.file == "-" ? "standard input" : printable(report.settings.file)) + ": " +
         counted(report.history.operations.size(), "operation", "operations") + " of " +
         counted(report.history.processes, "process", "processes") + " on " +
         counted(report.history.keys.size(), "key", "keys") + ", model " +
         model_name(report.history.model) + "\n";
}

std::string keys_table(const CheckReport& report, const std::vector<const KeyVerdict*>& keys) {
  Table table({{"key"},
               {"operations", true},
               {"ok", true},
               {"failed", true},
               {"open", true},
               {"method"},
               {"steps", true},
               {"verdict"}});
  const std::size_t shown = std::min(keys.size(), kRowsMax);
  for (std::size_t i = 0; i < shown; ++i) {
    const KeyVerdict& key = *keys[i];
    const linear::ValueId name = report.history.keys[key.key];
    const bool searched = key.method == linear::Method::kSearch;
    table.add(
        {{name == linear::kNilValue ? "-"
                                    : linear::short_value(report.history.values.to_edn(name))},
         {with_commas(key.operations())},
         {with_commas(key.ok)},
         {with_commas(key.failed)},
         {with_commas(key.open)},
         {method_name(key.method)},
         {searched ? with_commas(key.steps) : "-"},
         {verdict_name(key.verdict), style_of(key.verdict)}});
  }
  std::string text = table.text(report.settings.colours);
  if (keys.size() > shown) {
    const bool all_well = keys[shown]->verdict == Verdict::kLinearizable;
    text += "  and " + counted(keys.size() - shown, "more key", "more keys") +
            (all_well ? ", linearizable" : "") + "\n";
  }
  return text;
}

std::string conclusion(const CheckReport& report) {
  const auto count = [&](Verdict verdict) {
    return static_cast<std::size_t>(
        std::count_if(report.judgement.keys.begin(), report.judgement.keys.end(),
                      [&](const KeyVerdict& key) { return key.verdict == verdict; }));
  };
  const std::string of_keys = " of " + counted(report.judgement.keys.size(), "key", "keys");
  std::string text = styled(verdict_name(report.judgement.verdict),
                            style_of(report.judgement.verdict), report.settings.colours);
  switch (report.judgement.verdict) {
    case Verdict::kLinearizable:
      if (report.history.operations.empty()) text += ", since there are no operations";
      break;
    case Verdict::kNotLinearizable:
      if (report.judgement.keys.size() > 1) {
        text += ": " + with_commas(count(Verdict::kNotLinearizable)) + of_keys;
      }
      break;
    case Verdict::kUndecided:
      text += ": the search used up its " + with_commas(report.settings.steps_max) + " steps on " +
              with_commas(count(Verdict::kUndecided)) + of_keys + "; more with --budget";
      break;
  }
  return text + "\n";
}

}  // namespace

std::string check_text(const CheckReport& report) {
  const std::vector<const KeyVerdict*> keys = by_interest(report.judgement);
  std::string text = headline(report) + "\n";
  if (!keys.empty()) text += keys_table(report, keys) + "\n";
  std::size_t witnesses = 0;
  for (const KeyVerdict* key : keys) {
    if (!key->witness || witnesses++ == kWitnessesMax) break;
    text += explain(report.history, *key) + "\n";
  }
  return text + conclusion(report);
}

}  // namespace quorate::sim
