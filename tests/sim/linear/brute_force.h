// Linearizability as its definition says it: try every order. For histories of a few operations.
//
// Shares nothing with the checkers but the history: registers hold texts, and all keys are ordered
// together.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/linear/history.h"

namespace quorate::sim::linear::reference {

class BruteForce {
 public:
  explicit BruteForce(const History& history) : history_(history) {}

  // Whether there is an order, if what happened after `until` is as if it had not.
  bool linearizable(Time until = kNever - 1) {
    until_ = until;
    std::vector<OperationId> rest;
    for (OperationId id = 0; id < history_.operations.size(); ++id) {
      const Operation& operation = history_.operations[id];
      if (operation.outcome != Outcome::kFail && operation.invoked <= until) rest.push_back(id);
    }
    return try_all(rest, {});
  }

  // The operation with whose end the history stops being linearizable; kNoOperation for none.
  OperationId first_misplaced() {
    std::vector<std::pair<Time, OperationId>> ends;
    for (OperationId id = 0; id < history_.operations.size(); ++id) {
      if (history_.operations[id].completed() != kNever) {
        ends.emplace_back(history_.operations[id].ended, id);
      }
    }
    std::sort(ends.begin(), ends.end());
    for (const auto& [time, id] : ends) {
      if (!linearizable(time)) return id;
    }
    return kNoOperation;
  }

  // Everything that the operation could have seen, were it the last one that ended.
  std::set<std::string> possible(OperationId id) {
    wildcard_ = id;
    saw_.clear();
    linearizable(history_.operations[id].ended);
    wildcard_ = kNoOperation;
    return saw_;
  }

 private:
  using State = std::map<KeyId, std::string>;

  std::string text(ValueId value) const {
    if (history_.values.kind(value) == ValueKind::kString) {
      return std::string(history_.values.text(value));
    }
    return history_.values.to_edn(value);
  }

  bool must_be_placed(OperationId id) const {
    return history_.operations[id].completed() <= until_;
  }

  bool may_come_first(OperationId id, const std::vector<OperationId>& rest) const {
    return std::none_of(rest.begin(), rest.end(), [&](OperationId other) {
      return must_be_placed(other) &&
             history_.operations[other].ended < history_.operations[id].invoked;
    });
  }

  // False: not allowed in this state.
  bool apply(OperationId id, State& state, std::string& wildcard_saw) const {
    const Operation& operation = history_.operations[id];
    const auto found = state.try_emplace(operation.key, text(history_.initial)).first;
    std::string& held = found->second;
    if (id == wildcard_) {
      wildcard_saw = held;
      if (operation.call == Call::kCas) held = text(operation.target);
      return true;
    }
    switch (operation.call) {
      case Call::kRead:
        return !must_be_placed(id) || held == text(operation.value);
      case Call::kWrite:
        held = text(operation.value);
        return true;
      case Call::kCas:
        if (held != text(operation.value)) return false;
        held = text(operation.target);
        return true;
      case Call::kAppend:
        held += text(operation.value);
        return true;
    }
    return false;
  }

  bool try_all(const std::vector<OperationId>& rest, const State& state,
               const std::string& wildcard_saw = "") {
    if (std::none_of(rest.begin(), rest.end(),
                     [&](OperationId id) { return must_be_placed(id); })) {
      if (wildcard_ == kNoOperation) return true;
      saw_.insert(wildcard_saw);  // and go on: for all that it could see
      return false;
    }
    for (const OperationId id : rest) {
      if (!may_come_first(id, rest)) continue;
      State after = state;
      std::string saw = wildcard_saw;
      if (!apply(id, after, saw)) continue;
      std::vector<OperationId> others;
      for (const OperationId other : rest) {
        if (other != id) others.push_back(other);
      }
      if (try_all(others, after, saw)) return true;
    }
    return false;
  }

  const History& history_;
  Time until_ = kNever - 1;
  OperationId wildcard_ = kNoOperation;
  std::set<std::string> saw_;
};

// Whether this order of operations explains all that ended ok.
inline bool explains(const History& history, const std::vector<OperationId>& order) {
  std::map<ValueId, std::string> texts;
  const auto text = [&](ValueId value) {
    return history.values.kind(value) == ValueKind::kString
               ? std::string(history.values.text(value))
               : history.values.to_edn(value);
  };
  std::string held = text(history.initial);
  std::set<OperationId> placed;
  Time latest_begin = kBeforeAll;
  for (const OperationId id : order) {
    const Operation& operation = history.operations[id];
    if (!placed.insert(id).second || operation.outcome == Outcome::kFail) return false;
    if (operation.completed() < latest_begin)
      return false;  // one placed before began after its end
    latest_begin = std::max(latest_begin, operation.invoked);
    switch (operation.call) {
      case Call::kRead:
        if (held != text(operation.value)) return false;
        break;
      case Call::kWrite:
        held = text(operation.value);
        break;
      case Call::kCas:
        if (held != text(operation.value)) return false;
        held = text(operation.target);
        break;
      case Call::kAppend:
        held += text(operation.value);
        break;
    }
  }
  for (OperationId id = 0; id < history.operations.size(); ++id) {
    if (history.operations[id].outcome == Outcome::kOk && placed.count(id) == 0) return false;
  }
  return true;
}

}  // namespace quorate::sim::linear::reference
