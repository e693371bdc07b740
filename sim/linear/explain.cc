#include "sim/linear/explain.h"

#include <algorithm>

#include "node/base/check.h"

namespace quorate::sim::linear {
namespace {

constexpr std::size_t kValueWidth = 40;
constexpr std::size_t kLastChanges = 3;

class Explainer {
 public:
  Explainer(const History& history, const KeyVerdict& verdict, const ExplainOptions& options)
      : history_(history), verdict_(verdict), witness_(*verdict.witness), options_(options) {}

  std::string text();

 private:
  void say_what();
  void say_possible();
  void say_why();
  void say_contradiction(const Contradiction& contradiction);
  void say_order(OperationId ended, const std::string& value, OperationId began,
                 const std::string& then);
  void say_concurrent();
  void draw();
  std::string name(OperationId id) const;
  std::vector<OperationId> chosen_concurrent() const;
  std::vector<OperationId> last_changes() const;
  const Operation& at_fault() const { return history_.operations[witness_.operation]; }
  bool is_cas() const { return at_fault().call == Call::kCas; }

  const History& history_;
  const KeyVerdict& verdict_;
  const Witness& witness_;
  const ExplainOptions& options_;
  std::string text_;
};

std::string Explainer::name(OperationId id) const {
  return "process " + std::to_string(history_.operations[id].process) + "'s " +
         operation_text(history_, id) + " (" + place_text(history_, id) + ")";
}

void Explainer::say_what() {
  const ValueId key = history_.keys[verdict_.key];
  text_ += witness_.is_first ? "The first operation that cannot be placed"
                             : "An operation that cannot be placed (perhaps not the first one)";
  if (key != kNilValue) text_ += ", of key " + short_value(history_.values.to_edn(key));
  text_ += ":\n\n  " + name(witness_.operation) + "\n\n";
  if (!witness_.is_first) return;
  const Time before = at_fault().ended - 1;
  text_ += "There is an order of all that ended before it did";
  // With several keys that would be a claim about all of them.
  if (history_.keys.size() == 1) {
    text_ += before == 1 ? " (the first event is linearizable)"
                         : " (the first " + std::to_string(before) + " events are linearizable)";
  }
  text_ += ", and none with it.\n";
}

void Explainer::say_possible() {
  if (witness_.possible.empty()) return;
  const std::size_t shown = std::min(options_.possible_max, witness_.possible.size());
  const std::size_t more = witness_.possible.size() - shown;
  const bool only = witness_.possible_is_complete && more == 0;
  text_ += is_cas() ? "It expected " + short_value(history_.values.to_edn(at_fault().value)) +
                          "; the register could "
                    : "The register could ";
  text_ += only ? "then only hold " : "then hold, among others, ";
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) text_ += i + 1 == shown && only ? " or " : ", ";
    text_ += short_value(witness_.possible[i]);
  }
  text_ += ".\n";
}

// `value` was in use by the one before the other began to use the other value.
void Explainer::say_order(OperationId ended, const std::string& value, OperationId began,
                          const std::string& then) {
  const bool initial = ended == kNoOperation;
  text_ += "  " +
           (initial ? short_value(value) + " was there before all" : name(ended) + " ended") +
           ", then " + name(began) + " began: " + short_value(value) + " before " +
           short_value(then) + "\n";
}

void Explainer::say_contradiction(const Contradiction& c) {
  text_ += "Why: " + short_value(c.own) + " would have to come both before and after " +
           short_value(c.other) + ":\n\n";
  say_order(c.own_ended, c.own, c.other_began, c.other);
  say_order(c.other_ended, c.other, c.own_began, c.own);
}

void Explainer::say_why() {
  const std::string value = short_value(history_.values.to_edn(at_fault().value));
  switch (witness_.cause) {
    case Cause::kNeverWritten:
      text_ += "Why: nobody ever wrote " + value + ".\n";
      break;
    case Cause::kWrittenLater:
      text_ +=
          "Why: " + value + " was only written later, by " + name(witness_.later_write) + ".\n";
      break;
    case Cause::kTwoOrders:
      if (witness_.contradiction) say_contradiction(*witness_.contradiction);
      break;
    case Cause::kNoOrder:
      text_ += "Why: every order was tried.\n";
      break;
  }
}

// What changes the register says more than what reads it.
std::vector<OperationId> Explainer::chosen_concurrent() const {
  std::vector<OperationId> chosen;
  for (const bool reads : {false, true}) {
    for (const OperationId id : witness_.concurrent) {
      const Operation& operation = history_.operations[id];
      const bool is_read = operation.call == Call::kRead;
      if (is_read != reads || chosen.size() >= options_.concurrent_max) continue;
      // What an open read would have answered nobody knows.
      if (!is_read || operation.outcome == Outcome::kOk) chosen.push_back(id);
    }
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

void Explainer::say_concurrent() {
  const std::vector<OperationId> chosen = chosen_concurrent();
  if (witness_.concurrent.empty()) {
    text_ += "Nothing else was in flight.\n";
    return;
  }
  text_ += "In flight at the same time:\n\n";
  for (const OperationId id : chosen) text_ += "  " + name(id) + "\n";
  if (const std::size_t more = witness_.concurrent.size() - chosen.size(); more > 0) {
    text_ += "  and " + std::to_string(more) + " more\n";
  }
}

// The last that ended before the one at fault began, and changed what it saw.
std::vector<OperationId> Explainer::last_changes() const {
  std::vector<OperationId> changes;
  for (OperationId id = witness_.operation; id-- > 0 && changes.size() < kLastChanges;) {
    const Operation& operation = history_.operations[id];
    if (operation.key == at_fault().key && operation.call != Call::kRead &&
        operation.completed() < at_fault().invoked) {
      changes.push_back(id);
    }
  }
  return changes;
}

void Explainer::draw() {
  std::vector<OperationId> shown = chosen_concurrent();
  shown.push_back(witness_.operation);
  if (witness_.later_write != kNoOperation) shown.push_back(witness_.later_write);
  if (const auto& c = witness_.contradiction) {
    for (const OperationId id : {c->own_ended, c->other_began, c->other_ended, c->own_began}) {
      if (id != kNoOperation) shown.push_back(id);
    }
  } else {
    for (const OperationId id : last_changes()) shown.push_back(id);
  }
  text_ += timeline(history_, std::move(shown), witness_.operation);
}

std::string Explainer::text() {
  say_what();
  say_possible();
  text_ += '\n';
  say_why();
  text_ += '\n';
  say_concurrent();
  text_ += '\n';
  draw();
  return std::move(text_);
}

}  // namespace

std::string short_value(std::string_view edn) {
  if (edn.size() <= kValueWidth) return std::string(edn);
  // Not within a character of UTF-8.
  const auto is_inside = [&](std::size_t at) { return (edn[at] & 0xc0) == 0x80; };
  std::size_t left = (kValueWidth - 3) / 2;
  std::size_t right = edn.size() - left;
  while (left > 0 && is_inside(left)) --left;
  while (right < edn.size() && is_inside(right)) ++right;
  return std::string(edn.substr(0, left)) + "..." + std::string(edn.substr(right));
}

std::string operation_text(const History& history, OperationId id) {
  const Operation& operation = history.operations[id];
  std::string text = call_name(history.model, operation.call);
  if (operation.call == Call::kRead && operation.outcome != Outcome::kOk) return text + " ?";
  text += " " + short_value(history.values.to_edn(operation.value));
  if (operation.call == Call::kCas) {
    text += " -> " + short_value(history.values.to_edn(operation.target));
  }
  return text;
}

std::string place_text(const History& history, OperationId id) {
  const Operation& operation = history.operations[id];
  const bool ended = operation.completed() != kNever;
  const auto number = [&](Time event) {
    return std::to_string(history.lines.empty() ? event : history.line(event));
  };
  const std::string unit = history.lines.empty() ? "event" : "line";
  if (!ended) return unit + " " + number(operation.invoked) + ", never ended";
  return unit + "s " + number(operation.invoked) + "-" + number(operation.ended);
}

std::string explain(const History& history, const KeyVerdict& verdict,
                    const ExplainOptions& options) {
  QUORATE_CHECK(verdict.witness);
  return Explainer(history, verdict, options).text();
}

}  // namespace quorate::sim::linear
