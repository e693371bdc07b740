// The commands of the data types: counter, set, map and flag, each with its actions.
//
// Place:      one table for the parser, for help and for completion. The buckets of a type are
//             named after it, unless -b names another.
// Not here:   what a type does: node/core/types/.
#pragma once

#include <string>
#include <vector>

#include "client/answer.h"
#include "client/kvcli/command_table.h"

namespace quorate::client::kvcli {

struct TypedAction {
  const char* command;             // "set"
  const char* name;                // "add"
  Update update = Update::kNone;   // none: it reads
  const char* done = "";           // what is said before the key; % is the field, or the value
  const char* field = nullptr;     // the name of its operand; nullptr: it has none
  const char* value = nullptr;     // as well
  const char* value_if_none = "";  // not empty: the value may be left out
};

const std::vector<TypedAction>& typed_actions();
// nullptr: there is none.
const TypedAction* find_action(const std::string& command, const std::string& name);
bool is_typed(const std::string& command);

std::vector<CommandInfo> typed_commands();

}  // namespace quorate::client::kvcli
