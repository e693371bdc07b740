// The operations of one key as the search takes them: those that must be placed, those that may be,
// and who sees what whom makes.
//
// Place:      search.cc builds one for each run.
// Invariants: (1) moves and the operations of a group are in the order of their invocations; (2)
//             operations of one group are alike in all that matters but when they began: none of
//             them ends, so that using the earliest one first loses nothing; (3) if `exact`, the
//             register holds what a slot stands for, or something that no slot stands for and
//             nobody sees: what an operation needs and leaves is known before the search.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/linear/history.h"
#include "sim/linear/string_states.h"

namespace quorate::sim::linear {

using MoveId = std::uint32_t;   // an index into Moves::all
using GroupId = std::uint32_t;  // an index into Moves::open
using SlotId = std::uint32_t;   // an index into Moves::slots
inline constexpr std::uint32_t kNone = 0xffff'ffff;

// What an operation needs the register to hold, and what it leaves there.
struct Effect {
  Call call = Call::kRead;
  StateId value = kNilValue;   // read, written, appended, or expected by a cas
  StateId target = kNilValue;  // written by a cas
  SlotId sees = kNone;
  SlotId makes = kNone;
};

// An operation that ended, and so has its place.
struct Move : Effect {
  OperationId operation = kNoOperation;
  Time invoked = 0;
  Time completed = kNever;
};

// Open operations with one effect.
struct OpenGroup : Effect {
  std::vector<OperationId> operations;
  std::vector<Time> invoked;
};

// A value that the register can hold.
struct Slot {
  StateId state = kNilValue;
  std::vector<MoveId> seen_by;   // moves, by their ends
  std::vector<GroupId> made_by;  // groups
  std::uint32_t open_seers = 0;  // open operations that see it
  std::uint32_t makers = 0;      // operations that make it, also open ones
};

struct Moves {
  std::vector<Move> all;
  std::vector<OpenGroup> open;
  std::vector<MoveId> by_end;
  std::vector<Slot> slots;
  SlotId initial = kNone;
  MoveId wildcard = kNone;
  bool exact = true;
  bool foreseen = false;  // of some append it is known what it made only by what was read later
};

struct MovesOptions {
  Time until = kNever - 1;  // what happened after this event is as if it had not
  // A read, or a cas, of which it is not known what it saw; kNoOperation for none.
  OperationId wildcard = kNoOperation;
  bool keep_unwanted = false;  // open operations whose effect nobody could see
};

Moves make_moves(const History& history, std::span<const OperationId> operations,
                 const MovesOptions& options, StringStates& strings);

}  // namespace quorate::sim::linear
