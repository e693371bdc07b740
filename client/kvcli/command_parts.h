// What the descriptions of commands are put together from: options that several commands have.
//
// Place:      command_table.cc and typed_commands.cc, and nobody else.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/kvcli/command_table.h"

namespace quorate::client::kvcli {

using Options = std::vector<OptionInfo>;
Options operator+(Options left, const Options& right);

// The groups under which help shows options.
inline constexpr const char* kOperands = "Operands";
inline constexpr const char* kConsistency = "Consistency";
inline constexpr const char* kOutput = "Output";
inline constexpr const char* kContact = "Whom to ask";

Options flag(std::vector<std::string> names, const char* group, const char* description,
             bool RawOptions::*target);
Options option(std::vector<std::string> names, const char* value_name, const char* group,
               const char* description, std::optional<std::string> RawOptions::*target,
               std::vector<std::string> choices = {});

Options bucket(const char* group = kConsistency,
               const char* description = "Bucket of the key [default]");
Options sloppiness();
Options reading();
Options writing();
Options reading_context();
Options writing_context();
Options time_to_live();
Options show_context();
Options quiet();
Options escaped();
Options value_file(const char* description);

OperandInfo key_operand();

}  // namespace quorate::client::kvcli
