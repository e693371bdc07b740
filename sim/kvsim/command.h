// A command of kvsim as its own file describes it: its words, what may be wrong with them, and what
// it does.
//
// Place:      each command has a file with one function that returns its Command (commands.h);
//             command_line.cc turns them into a parser, and alone knows the library that parses.
// Invariants: the words point into settings that `problems` and `run` own together.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/kvsim/exit_code.h"

namespace quorate::sim {

// One option, flag or positional word. Values are taken as text: a command judges all of them
// together, so that every problem is told at once.
struct CommandWord {
  std::string name;  // "--seed", or "FILE" for a positional word
  std::string help;
  std::variant<bool*, std::string*, std::optional<std::string>*> to;
  std::string type;       // what the help calls the value
  bool required = false;  // of positional words
};

struct Command {
  std::string name;
  std::string summary;  // one line, in the list of commands
  std::string footer;   // after the options: examples, exit codes
  std::vector<CommandWord> words;

  // What is wrong with the words, one line each; empty: nothing. Called once, before run.
  std::function<std::vector<std::string>()> problems;

  // `colours`: what goes to a terminal may be coloured.
  std::function<ExitCode(bool colours)> run;

  // A string shows as its default what it holds when it is declared; an optional has none.
  void flag(std::string word, bool& to, std::string help) {
    words.push_back({std::move(word), std::move(help), &to, {}, false});
  }
  void option(std::string word, std::string type, std::string& to, std::string help) {
    words.push_back({std::move(word), std::move(help), &to, std::move(type), false});
  }
  void option(std::string word, std::string type, std::optional<std::string>& to,
              std::string help) {
    words.push_back({std::move(word), std::move(help), &to, std::move(type), false});
  }
  void positional(std::string word, std::string& to, std::string help) {
    words.push_back({std::move(word), std::move(help), &to, {}, true});
  }
  void positional(std::string word, std::optional<std::string>& to, std::string help) {
    words.push_back({std::move(word), std::move(help), &to, {}, false});
  }
};

// A whole number without sign; nothing when the text is anything else.
std::optional<std::uint64_t> whole_number(const std::string& text);

// Prints "kvsim check: <problem>" to stderr, one line a problem.
ExitCode refuse(const std::string& command, const std::vector<std::string>& problems);

// The same of a message with a problem on each line.
ExitCode refuse_lines(const std::string& command, const std::string& problems);

}  // namespace quorate::sim
