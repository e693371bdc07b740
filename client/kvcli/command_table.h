// Every command with its operands, options and examples, as one table: the parser, help, the
// completion scripts and the shell's completion all read it.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "client/kvcli/raw_options.h"

namespace quorate::client::kvcli {

struct OperandInfo {
  std::string name;  // "KEY"
  bool required = true;
  std::optional<std::string> RawOptions::*target = nullptr;
  std::vector<std::string> choices{};  // what it may be, where that is a short list
};

struct OptionInfo {
  std::vector<std::string> names;  // "-b", "--bucket"
  std::string value_name;          // "NAME"; empty: a flag
  std::string group;               // under which help shows it
  std::string description;
  std::variant<bool RawOptions::*, std::optional<std::string> RawOptions::*> target;
  std::vector<std::string> choices{};

  bool takes_value() const { return !value_name.empty(); }
  bool takes_file() const { return value_name == "FILE"; }
};

struct CommandInfo {
  std::string name;
  std::string description;
  std::vector<OperandInfo> operands;
  std::vector<OptionInfo> options;
  std::string notes;  // examples, and what else is to be said at the end

  bool takes(const std::string& operand) const;
};

const std::vector<CommandInfo>& all_commands();
const CommandInfo* find_command(const std::string& name);

// What may stand before any command, and with each of them.
const std::vector<OptionInfo>& common_options();

// Help of the program and of one command. `in_shell`: without the words that only a command line
// has.
std::string program_help(bool in_shell);
std::string command_help(const CommandInfo& command, bool in_shell);

}  // namespace quorate::client::kvcli
