// What kvsim check prints.
#pragma once

#include <string>

#include "sim/kvsim/check_settings.h"
#include "sim/linear/history.h"
#include "sim/linear/judge.h"

namespace quorate::sim {

struct CheckReport {
  const CheckSettings& settings;
  const linear::History& history;
  const linear::Judgement& judgement;
};

// For a person: a table of the keys (those with something to tell first), why those that are not
// linearizable are not, and a last line that says it all.
std::string check_text(const CheckReport& report);

// For a program, one line:
//
//     {"file", "model", "initial", "verdict", "operations", "processes", "events",
//      "keys": [{"key", "verdict", "method", "steps", "ok", "failed", "open", "witness"?}]}
//
// verdict:  "linearizable", "not-linearizable" or "undecided"
// method:   "zones" or "search"
// values:   as EDN, in strings; the key of a history without keys is "nil"
// witness:  {"operation", "is_first", "cause", "possible": [value], "possible_is_complete",
//            "concurrent": [operation], "contradiction"?, "later_write"?}
// cause:    "never-written", "written-later", "two-orders" or "no-order"
// contradiction: {"own", "other": values; "own_ended", "other_began", "other_ended", "own_began":
//            operations, or null for the initial value}
// operation: {"process", "f", "value", "invoked", "ended", "invoked_line", "ended_line"}; the last
//            four are null where there are none; ended is of an ok only
std::string check_json(const CheckReport& report);

}  // namespace quorate::sim
