#include "client/kvcli/typed_commands.h"

#include <algorithm>

#include "client/kvcli/command_parts.h"

namespace quorate::client::kvcli {
namespace {

OperandInfo action_operand(const std::string& command) {
  OperandInfo operand{"ACTION", true, &RawOptions::action};
  for (const TypedAction& action : typed_actions()) {
    if (command == action.command) operand.choices.emplace_back(action.name);
  }
  return operand;
}

Options typed_options(const char* bucket_description) {
  return escaped() + bucket(kConsistency, bucket_description) + reading() + writing() +
         sloppiness() +
         option({"--context"}, "TOKEN", kConsistency,
                "Read or change a state that covers this token", &RawOptions::context) +
         quiet() + show_context();
}

CommandInfo counter_command() {
  return {"counter",
          "Add to a counter, or read it",
          {action_operand("counter"), key_operand(), {"AMOUNT", false, &RawOptions::value}},
          typed_options("Bucket of the key [counter]"),
          "ACTION is add (AMOUNT, else 1; it may be negative) or get. Additions on two sides of a\n"
          "partition both count. A retry never counts twice: where nobody can tell whether an "
          "earlier\n"
          "attempt was applied, the outcome is unknown (exit 4).\n"
          "Examples:\n"
          "  kvcli counter add visits\n"
          "  kvcli counter add stock:7 -3\n"
          "  kvcli counter get visits\n"
          "  kvcli del visits -b counter        subtracts what a read with -r finds\n"};
}

CommandInfo set_command() {
  return {
      "set",
      "Add to a set, remove from it, list it",
      {action_operand("set"), key_operand(), {"ELEMENT", false, &RawOptions::field}},
      typed_options("Bucket of the key [set]"),
      "ACTION is add, remove or has (with ELEMENT), or list. An add beats a concurrent remove.\n"
      "Without --context a remove removes what a read with -r finds. has: exit 0 yes, 1 no.\n"
      "Examples:\n"
      "  kvcli set add cart:42 milk\n"
      "  kvcli set remove cart:42 milk\n"
      "  kvcli set list cart:42\n"
      "  kvcli set has cart:42 milk -q      in scripts: only the exit code\n"};
}

CommandInfo map_command() {
  return {"map",
          "Write, read and remove fields of a map",
          {action_operand("map"),
           key_operand(),
           {"FIELD", false, &RawOptions::field},
           {"VALUE", false, &RawOptions::value}},
          typed_options("Bucket of the key [map]"),
          "ACTION is put (FIELD VALUE), get or remove (FIELD), or list. Each field is a register:\n"
          "writes of two fields never touch one another, concurrent writes of one are siblings.\n"
          "Examples:\n"
          "  kvcli map put user:7 name 'Ada Lovelace'\n"
          "  kvcli map get user:7 name\n"
          "  kvcli map list user:7              field<TAB>value, escaped as load reads them\n"
          "  kvcli map remove user:7 name\n"};
}

CommandInfo flag_command() {
  return {
      "flag",
      "Switch a flag on or off, or read it",
      {action_operand("flag"), key_operand()},
      typed_options("Bucket of the key [flag]"),
      "ACTION is on, off or get. On beats a concurrent off. A flag that nobody switched is off.\n"
      "Examples:\n"
      "  kvcli flag on dark-mode:7\n"
      "  kvcli flag get dark-mode:7         prints on or off\n"};
}

}  // namespace

const std::vector<TypedAction>& typed_actions() {
  static const std::vector<TypedAction> kActions = {
      {"counter", "add", Update::kCounterAdd, "added % to", nullptr, "AMOUNT", "1"},
      {"counter", "get"},
      {"set", "add", Update::kSetAdd, "added % to", "ELEMENT"},
      {"set", "remove", Update::kSetRemove, "removed % from", "ELEMENT"},
      {"set", "list"},
      {"set", "has", Update::kNone, "", "ELEMENT"},
      {"map", "put", Update::kMapPut, "stored % in", "FIELD", "VALUE"},
      {"map", "get", Update::kNone, "", "FIELD"},
      {"map", "remove", Update::kMapRemove, "removed % from", "FIELD"},
      {"map", "list"},
      {"flag", "on", Update::kFlagEnable, "switched on"},
      {"flag", "off", Update::kFlagDisable, "switched off"},
      {"flag", "get"},
  };
  return kActions;
}

const TypedAction* find_action(const std::string& command, const std::string& name) {
  for (const TypedAction& action : typed_actions()) {
    if (command == action.command && name == action.name) return &action;
  }
  return nullptr;
}

bool is_typed(const std::string& command) {
  return std::any_of(typed_actions().begin(), typed_actions().end(),
                     [&](const TypedAction& action) { return command == action.command; });
}

std::vector<CommandInfo> typed_commands() {
  return {counter_command(), set_command(), map_command(), flag_command()};
}

}  // namespace quorate::client::kvcli
