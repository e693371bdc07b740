#include <vector>

#include "sim/linear/edn.h"

namespace quorate::sim::linear {
namespace {

const char* end_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk:
      return ":ok";
    case Outcome::kFail:
      return ":fail";
    case Outcome::kOpen:
      return ":info";
  }
  return "?";
}

void write_event(const History& history, const Operation& operation, bool invocation,
                 std::string& text) {
  text += "{:process " + std::to_string(operation.process) + ", :type ";
  text += invocation ? ":invoke" : end_name(operation.outcome);
  text += std::string(", :f :") + call_name(history.model, operation.call);
  if (const ValueId key = history.keys[operation.key]; key != kNilValue) {
    text += ", :key " + history.values.to_edn(key);
  }
  text += ", :value ";
  if (operation.call == Call::kCas) {
    text += "[" + history.values.to_edn(operation.value) + " " +
            history.values.to_edn(operation.target) + "]";
  } else if (operation.call == Call::kRead && (invocation || operation.outcome != Outcome::kOk)) {
    text += "nil";
  } else {
    text += history.values.to_edn(operation.value);
  }
  text += "}\n";
}

}  // namespace

std::string write_edn(const History& history) {
  constexpr OperationId kNone = kNoOperation;
  std::vector<OperationId> by_time(std::size_t{history.events} + 1, kNone);
  for (OperationId id = 0; id < history.operations.size(); ++id) {
    const Operation& operation = history.operations[id];
    by_time[operation.invoked] = id;
    if (operation.ended != kNever) by_time[operation.ended] = id;
  }
  std::string text;
  for (Time time = 1; time < by_time.size(); ++time) {
    if (by_time[time] == kNone) continue;
    const Operation& operation = history.operations[by_time[time]];
    write_event(history, operation, operation.invoked == time, text);
  }
  return text;
}

}  // namespace quorate::sim::linear
