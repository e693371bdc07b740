#include "sim/linear/history.h"

#include <algorithm>
#include <utility>

namespace quorate::sim::linear {
namespace {

// Processes are mostly small numbers, each of them busy all the time; a crashed one comes back
// under a new number. Below this bound a table beats hashing.
constexpr std::int64_t kFewProcesses = 1 << 20;

constexpr KeyId kNoKey = 0xffff'ffff;

// In place of an operation in flight, of a process that was not seen yet.
constexpr OperationId kUnknownProcess = kNoOperation - 1;

bool is_idle(OperationId slot) { return slot >= kUnknownProcess; }

}  // namespace

ValueId default_initial(Model model, Values& values) {
  return model == Model::kKeyValue ? values.string("") : kNilValue;
}

Recorder::Recorder(Model model) {
  history_.model = model;
  history_.initial = default_initial(model, history_.values);
  history_.lines.push_back(0);
}

void Recorder::reserve(std::size_t operations) {
  history_.operations.reserve(operations);
  history_.lines.reserve(2 * operations + 1);
}

const OperationId* Recorder::slot_of(std::int64_t process) const {
  if (process >= 0 && process < kFewProcesses) {
    const std::size_t index = static_cast<std::size_t>(process);
    return index < few_processes_.size() ? &few_processes_[index] : nullptr;
  }
  const auto found = other_processes_.find(process);
  return found == other_processes_.end() ? nullptr : &found->second;
}

OperationId* Recorder::slot_of(std::int64_t process) {
  if (process >= 0 && process < kFewProcesses) {
    const std::size_t index = static_cast<std::size_t>(process);
    if (index >= few_processes_.size()) {
      few_processes_.resize(std::max(index + 1, few_processes_.size() * 2), kUnknownProcess);
    }
    return &few_processes_[index];
  }
  return &other_processes_.try_emplace(process, kUnknownProcess).first->second;
}

KeyId Recorder::key_of(ValueId name) {
  if (name >= keys_.size()) {
    keys_.resize(std::max<std::size_t>(name + std::size_t{1}, keys_.size() * 2), kNoKey);
  }
  KeyId& key = keys_[name];
  if (key == kNoKey) {
    key = static_cast<KeyId>(history_.keys.size());
    history_.keys.push_back(name);
  }
  return key;
}

Time Recorder::tick(std::uint32_t line) {
  history_.lines.push_back(line);
  return ++history_.events;
}

const Operation* Recorder::in_flight(std::int64_t process) const {
  const OperationId* slot = slot_of(process);
  return slot == nullptr || is_idle(*slot) ? nullptr : &history_.operations[*slot];
}

Recorder::Problem Recorder::invoke(const Invocation& invocation) {
  if (history_.events >= kEventsMax) return Problem::kTooManyEvents;
  OperationId& slot = *slot_of(invocation.process);
  if (!is_idle(slot)) return Problem::kStillInFlight;
  if (slot == kUnknownProcess) ++history_.processes;
  slot = static_cast<OperationId>(history_.operations.size());
  history_.operations.push_back({.process = invocation.process,
                                 .invoked = tick(invocation.line),
                                 .key = key_of(invocation.key),
                                 .value = invocation.value,
                                 .target = invocation.target,
                                 .call = invocation.call});
  return Problem::kNone;
}

Recorder::Problem Recorder::end(const End& end) {
  if (history_.events >= kEventsMax) return Problem::kTooManyEvents;
  OperationId& slot = *slot_of(end.process);
  if (is_idle(slot)) return Problem::kNothingInFlight;
  Operation& operation = history_.operations[slot];
  slot = kNoOperation;
  operation.ended = tick(end.line);
  operation.outcome = end.outcome;
  if (operation.call == Call::kRead && end.outcome == Outcome::kOk) operation.value = end.value;
  return Problem::kNone;
}

History Recorder::finish() && {
  if (std::all_of(history_.lines.begin(), history_.lines.end(),
                  [](std::uint32_t line) { return line == 0; })) {
    history_.lines.clear();
  }
  return std::move(history_);
}

}  // namespace quorate::sim::linear
