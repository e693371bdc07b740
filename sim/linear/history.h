// What clients asked of registers, and what they were told: the evidence of a verdict.
//
// Place:      read from a file (edn.h) or recorded event by event (Recorder); then it does not
//             change.
// Invariants: (1) operations are in the order of their invocations; (2) every event has a time of
//             its own, counted from 1, so that two operations are either ordered or concurrent and
//             never tied; (3) a process has one operation in flight at most: its next begins after
//             the last one ended, or was given up as open (tests/sim/linear/history_test.cc).
// Limits:     kEventsMax events.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/linear/model.h"
#include "sim/linear/values.h"

namespace quorate::sim::linear {

using Time = std::uint32_t;                  // the position of an event, from 1
inline constexpr Time kBeforeAll = 0;        // when a register got its initial value
inline constexpr Time kNever = 0xffff'ffff;  // after every event
inline constexpr Time kEventsMax = 0xffff'fff0;

using OperationId = std::uint32_t;  // an index into History::operations
inline constexpr OperationId kNoOperation = 0xffff'ffff;

using KeyId = std::uint32_t;  // an index into History::keys

enum class Outcome : std::uint8_t {
  kOk,    // it took effect between its two events
  kFail,  // it did not happen
  kOpen,  // nobody knows: it may take effect at any later moment, or never
};

struct Operation {
  std::int64_t process = 0;
  Time invoked = 0;
  // of the event that ended it, also one that left it open; kNever without one
  Time ended = kNever;
  KeyId key = 0;
  // written, appended, expected by a cas, or read (nil until a read is ok)
  ValueId value = kNilValue;
  ValueId target = kNilValue;  // a cas only: what it writes
  Call call = Call::kRead;
  Outcome outcome = Outcome::kOpen;

  // When it must have taken effect.
  Time completed() const { return outcome == Outcome::kOk ? ended : kNever; }
};

struct History {
  Model model = Model::kRegister;
  Values values;
  ValueId initial = kNilValue;  // of every key
  std::vector<ValueId> keys;    // their names; nil is the register of a history without keys
  std::vector<Operation> operations;
  Time events = 0;  // the time of the last one
  std::uint32_t processes = 0;
  std::vector<std::uint32_t> lines;  // of the file, by time; empty when it came from none

  // The line of an event; 0 when there is none.
  std::uint32_t line(Time event) const { return event < lines.size() ? lines[event] : 0; }
};

// The value that a key of this model holds before anybody wrote, unless it is told otherwise.
ValueId default_initial(Model model, Values& values);

// Builds a history from its events, in their order, and holds them against invariant 3.
class Recorder {
 public:
  enum class [[nodiscard]] Problem{
      kNone,
      kStillInFlight,    // the process invokes, but its last operation has not ended
      kNothingInFlight,  // an operation ends that the process did not invoke
      kTooManyEvents,
  };

  struct Invocation {
    std::int64_t process = 0;
    ValueId key = kNilValue;
    Call call = Call::kRead;
    ValueId value = kNilValue;
    ValueId target = kNilValue;
    std::uint32_t line = 0;
  };
  struct End {
    std::int64_t process = 0;
    Outcome outcome = Outcome::kOk;
    ValueId value = kNilValue;  // what a read answered
    std::uint32_t line = 0;
  };

  explicit Recorder(Model model);

  Values& values() { return history_.values; }
  void set_initial(ValueId initial) { history_.initial = initial; }
  void reserve(std::size_t operations);

  Problem invoke(const Invocation& invocation);
  Problem end(const End& end);

  // What this process has in flight; null for nothing. Good until the next event.
  const Operation* in_flight(std::int64_t process) const;
  ValueId key_name(const Operation& operation) const { return history_.keys[operation.key]; }

  std::uint32_t line(Time event) const { return history_.line(event); }

  // What nobody ended stays open.
  History finish() &&;

 private:
  OperationId* slot_of(std::int64_t process);
  const OperationId* slot_of(std::int64_t process) const;
  KeyId key_of(ValueId name);
  Time tick(std::uint32_t line);

  History history_;
  std::vector<OperationId> few_processes_;  // what they have in flight
  boost::unordered_flat_map<std::int64_t, OperationId> other_processes_;
  std::vector<KeyId> keys_;  // by the id of the name
};

}  // namespace quorate::sim::linear
