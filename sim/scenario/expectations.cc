#include "sim/scenario/expectations.h"

#include <algorithm>
#include <utility>

#include "node/core/types/data_type.h"
#include "sim/scenario/words.h"

namespace quorate::sim {

namespace {

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text.empty() ? "nothing" : text;
}

std::string title(const ExpectedStep& step) {
  return step.client_name + "'s step " + std::to_string(step.step);
}

// Null: the client never got so far.
const Operation* find_step(const Run& run, const ExpectedStep& step) {
  std::size_t seen = 0;
  for (const Operation& operation : run.history().operations()) {
    if (operation.index >= run.operations_of_clients()) break;
    if (operation.client != kFirstClientHost + step.client) continue;
    if (++seen == step.step) return operation.done() ? &operation : nullptr;
  }
  return nullptr;
}

Expectation never_came(std::string text) {
  return {std::move(text), false, "the step did not come to its end before everything healed"};
}

// "value"; of a set "element", of a map "field=value".
std::string text_of(const ReadValue& value) {
  const std::string text(value.value.view());
  if (value.field.empty()) return text;
  return text.empty() ? value.field : value.field + "=" + text;
}

std::vector<std::string> values_of(const Operation& operation) {
  std::vector<std::string> values;
  for (const ReadValue& value : operation.reply.values) values.push_back(text_of(value));
  std::sort(values.begin(), values.end());
  return values;
}

// What a reader of all primaries together would see.
std::vector<std::string> values_at_end(const Run& run, const Key& key) {
  std::vector<std::string> values;
  const Evidence evidence = run.evidence();
  const auto found = evidence.merged.find(key);
  if (found == evidence.merged.end()) return values;
  const Cluster& cluster = run.cluster();
  const std::int64_t wall_ms = WallClock::kStartMs + cluster.now() / kNsPerMs;
  for (const ReadValue& value : data_type(cluster.bucket(key).type).view(found->second, wall_ms)) {
    values.push_back(text_of(value));
  }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

}  // namespace

std::string to_string(const Bounds& bounds) {
  if (bounds.low == bounds.high) return std::to_string(bounds.low);
  const std::string high = bounds.high == INT64_MAX ? "" : std::to_string(bounds.high);
  return (bounds.low == 0 && !high.empty() ? "" : std::to_string(bounds.low)) + ".." + high;
}

const std::vector<std::string>& told_words() {
  static const std::vector<std::string> kWords = {"ok", "not-found", "refused", "unknown",
                                                  "invalid"};
  return kWords;
}

Expected expect_count(std::string what, Bounds bounds,
                      std::function<std::int64_t(const RunSummary&)> count) {
  const std::string text = what + ": " + to_string(bounds);
  return {text, [=](const Run&, const RunSummary& summary) {
            const std::int64_t found = count(summary);
            return Expectation{text, bounds.admits(found), "there were " + std::to_string(found)};
          }};
}

Expected expect_values(Key key, std::vector<std::string> values) {
  std::sort(values.begin(), values.end());
  const std::string text = key_text(key) + " ends as " + listed(values);
  return {text, [=](const Run& run, const RunSummary&) {
            const std::vector<std::string> found = values_at_end(run, key);
            return Expectation{text, found == values, "it ends as " + listed(found)};
          }};
}

Expected expect_told(const ExpectedStep& step, std::string told) {
  const std::string text = title(step) + " is told: " + told;
  return {text, [=](const Run& run, const RunSummary&) {
            const Operation* operation = find_step(run, step);
            if (operation == nullptr) return never_came(text);
            const std::string& found = told_words()[static_cast<std::size_t>(operation->outcome)];
            return Expectation{text, found == told, "it was told: " + found};
          }};
}

Expected expect_read(const ExpectedStep& step, std::vector<std::string> values) {
  std::sort(values.begin(), values.end());
  const std::string text = title(step) + " reads " + listed(values);
  return {text, [=](const Run& run, const RunSummary&) {
            const Operation* operation = find_step(run, step);
            if (operation == nullptr) return never_came(text);
            const std::vector<std::string> found = values_of(*operation);
            return Expectation{text, operation->answered_read() && found == values,
                               operation->answered_read() ? "it read " + listed(found)
                                                          : std::string("it read nothing at all")};
          }};
}

Expected expect_time(const ExpectedStep& step, SimTime low, SimTime high) {
  const std::string text = title(step) + " takes from " + time_text(low) + " to " + time_text(high);
  return {text, [=](const Run& run, const RunSummary&) {
            const Operation* operation = find_step(run, step);
            if (operation == nullptr) return never_came(text);
            const SimTime took = operation->finished - operation->invoked;
            return Expectation{text, took >= low && took <= high, "it took " + time_text(took)};
          }};
}

Expected expect_level(std::string level) {
  const std::string text = "strongest level that held: " + level;
  return {text, [=](const Run&, const RunSummary& summary) {
            const auto& strongest = summary.ladder.strongest;
            const std::string found = strongest ? rung_name(*strongest) : "none";
            return Expectation{text, found == level, "it was: " + found};
          }};
}

}  // namespace quorate::sim
