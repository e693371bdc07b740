// What the checkers say about a history, key by key, with evidence that a person can follow.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/linear/history.h"

namespace quorate::sim::linear {

enum class Verdict : std::uint8_t {
  kLinearizable,
  kNotLinearizable,
  kUndecided,  // the search used up its steps
};

// Why an operation cannot be placed.
enum class Cause : std::uint8_t {
  kNeverWritten,  // it read what nobody ever began to write
  kWrittenLater,  // it ended before the write of what it read began
  kTwoOrders,     // its value would have to be both before and after another one: Contradiction
  kNoOrder,       // every order of the operations was tried
};

// Two values, each of which would have to be in the register both before and after the other. Each
// pair of operations is one that ended before the other one began. kNoOperation stands for whoever
// put the initial value there.
struct Contradiction {
  std::string own;                         // as EDN: what the operation at fault saw or left
  std::string other;                       // what that contradicts
  OperationId own_ended = kNoOperation;    // used the own value, and ended...
  OperationId other_began = kNoOperation;  // ...before this, which used the other one, began;
  OperationId other_ended = kNoOperation;  // this used the other one, and ended...
  OperationId own_began = kNoOperation;    // ...before this, which used the own value, began.
};

// The first operation that cannot be placed: all that ended before it did can be ordered, but not
// with it.
struct Witness {
  OperationId operation = kNoOperation;
  // False: the steps ran out before it was known that none ends earlier that cannot be placed.
  bool is_first = true;
  Cause cause = Cause::kNoOrder;
  OperationId later_write = kNoOperation;      // kWrittenLater
  std::optional<Contradiction> contradiction;  // kTwoOrders

  // What the register could hold when the operation took effect, as EDN: with one of these in place
  // of what it read (or, a cas, expected) it could be placed.
  std::vector<std::string> possible;
  bool possible_is_complete = true;

  // Those that overlap with it, in the order of their invocations.
  std::vector<OperationId> concurrent;
};

enum class Method : std::uint8_t { kZones, kSearch };

struct KeyVerdict {
  KeyId key = 0;
  Verdict verdict = Verdict::kLinearizable;
  Method method = Method::kZones;
  std::uint64_t steps = 0;  // of the search
  std::uint32_t ok = 0;
  std::uint32_t failed = 0;
  std::uint32_t open = 0;
  std::optional<Witness> witness;  // kNotLinearizable

  std::uint32_t operations() const { return ok + failed + open; }
};

// "linearizable", "not linearizable", "undecided".
const char* verdict_name(Verdict verdict);
const char* method_name(Method method);

}  // namespace quorate::sim::linear
