// The objects that a history can be held against: what can be called, how a file names it, and what
// a key holds before anybody wrote.
//
// All three are one register whose calls differ; so the checkers know calls, not models.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quorate::sim::linear {

enum class Model : std::uint8_t {
  kRegister,     // :read, :write
  kCasRegister,  // and :cas [from to]
  kKeyValue,     // :get, :put and :append of strings; an absent key reads as ""
};

enum class Call : std::uint8_t {
  kRead,    // answers what the register holds
  kWrite,   // replaces it
  kCas,     // replaces it, if it holds what is expected; that it did not is a failure
  kAppend,  // adds to the end of the string that it holds
};

inline constexpr Model kModels[] = {Model::kRegister, Model::kCasRegister, Model::kKeyValue};

// As the command line names it: "cas-register".
const char* model_name(Model model);
std::optional<Model> model_named(std::string_view name);

// As a file names it, without the colon: "read", or "get". REQUIRES: the model has that call.
const char* call_name(Model model, Call call);
std::optional<Call> call_named(Model model, std::string_view name);

// The model's calls as a message lists them: ":read, :write or :cas".
std::string calls_of(Model model);

}  // namespace quorate::sim::linear
