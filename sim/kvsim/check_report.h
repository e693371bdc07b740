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

// For a program, one line; papers/kvsim-json.md says what is in it.
std::string check_json(const CheckReport& report);

}  // namespace quorate::sim
