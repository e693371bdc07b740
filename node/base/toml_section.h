// A TOML file as typed tables that note every problem with its line and column.
//
// Place:      each file format has one source that includes this (io/config.cc, sim/scenario/): no
//             other knows the library behind it.
// Invariants: a problem never ends the reading: what can be read is read, and all is told at once.
#pragma once

// The library is compiled apart.
#define TOML_HEADER_ONLY 0
#include <toml++/toml.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "node/base/in_quotes.h"
#include "node/base/nearest_name.h"
#include "node/base/status.h"

namespace quorate::toml_file {

// All that is wrong with one file.
class Problems {
 public:
  explicit Problems(std::string path) : path_(std::move(path)) {}

  // The same problem is told once, however often it is met.
  void add(const toml::source_position& at, std::string what) {
    Problem problem{at.line, at.column, std::move(what)};
    if (std::find(found_.begin(), found_.end(), problem) == found_.end()) {
      found_.push_back(std::move(problem));
    }
  }
  void add(const toml::source_region& at, std::string what) { add(at.begin, std::move(what)); }

  bool empty() const { return found_.empty(); }

  Error to_error() {
    std::stable_sort(found_.begin(), found_.end(), [](const Problem& a, const Problem& b) {
      return std::tie(a.line, a.column) < std::tie(b.line, b.column);
    });
    std::string text;
    for (const Problem& problem : found_) {
      if (!text.empty()) text += '\n';
      text += path_ + ":" + std::to_string(problem.line) + ":" + std::to_string(problem.column) +
              ": " + problem.what;
    }
    return invalid_input(std::move(text));
  }

 private:
  struct Problem {
    std::uint32_t line, column;
    std::string what;

    friend bool operator==(const Problem&, const Problem&) = default;
  };
  std::string path_;
  std::vector<Problem> found_;
};

inline const char* kind_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::none:
      return "nothing";
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::floating_point:
      return "a decimal";
    case toml::node_type::boolean:
      return "a boolean";
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time:
      return "a date or time";
  }
  return "something else";
}

// One table of the file, or several laid over one another: gives typed members, notes every
// problem, and knows which keys nobody asked for.
class Section {
 public:
  using Layers = std::vector<const toml::table*>;

  Section(const toml::table& table, std::string title, Problems& problems)
      : Section(Layers{&table}, std::move(title), problems) {}

  // Several tables as one: a key is that of the first table that has it. REQUIRES: at least one.
  Section(Layers layers, std::string title, Problems& problems)
      : layers_(std::move(layers)), title_(std::move(title)), problems_(problems) {}

  const Layers& layers() const { return layers_; }

  const toml::source_region& source() const { return layers_.front()->source(); }

  // Where this key's value stands, or the table when it is not there.
  const toml::source_region& source_of(std::string_view key) const {
    const toml::node* node = get(key);
    return node ? node->source() : source();
  }

  // Null: the key is not there.
  const toml::node* find(std::string_view key) {
    known_.emplace_back(key);
    return get(key);
  }

  // The tables of this name, of all layers; empty: there is none.
  Layers tables(std::string_view key) {
    known_.emplace_back(key);
    Layers found;
    for (const toml::table* layer : layers_) {
      const toml::node* node = layer->get(key);
      if (!node) continue;
      if (node->is_table()) {
        found.push_back(node->as_table());
      } else {
        problem(*node, key, "must be written as [" + std::string(key) + "]");
      }
    }
    return found;
  }

  std::optional<std::int64_t> integer(std::string_view key, std::int64_t low, std::int64_t high) {
    const toml::node* node = find(key);
    if (!node) return std::nullopt;
    if (!node->is_integer()) return wrong_kind(*node, key, "an integer");
    const std::int64_t value = node->as_integer()->get();
    if (value < low || value > high) {
      problem(*node, key,
              "= " + std::to_string(value) + " must be from " + std::to_string(low) + " to " +
                  std::to_string(high));
      return std::nullopt;
    }
    return value;
  }

  std::optional<bool> boolean(std::string_view key) {
    const toml::node* node = find(key);
    if (!node) return std::nullopt;
    if (!node->is_boolean()) return wrong_kind(*node, key, "true or false");
    return node->as_boolean()->get();
  }

  std::optional<std::string> string(std::string_view key) {
    const toml::node* node = find(key);
    if (!node) return std::nullopt;
    if (!node->is_string()) return wrong_kind(*node, key, "a string");
    return node->as_string()->get();
  }

  // The index of the value among `words`.
  std::optional<std::size_t> word(std::string_view key, const std::vector<std::string>& words) {
    const std::optional<std::string> value = string(key);
    if (!value) return std::nullopt;
    const auto found = std::find(words.begin(), words.end(), *value);
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    std::string choice;
    for (const std::string& candidate : words) choice += (choice.empty() ? "" : ", ") + candidate;
    const std::string nearest = nearest_name(*value, words);
    problem(*get(key), key,
            "= " + in_quotes(*value) + " must be one of: " + choice +
                (nearest.empty() ? "" : "; did you mean " + in_quotes(nearest) + "?"));
    return std::nullopt;
  }

  void problem(const toml::node& at, std::string_view key, const std::string& what) {
    problems_.add(at.source(), "[" + title_ + "] " + std::string(key) + " " + what);
  }

  // Call last: whatever is here and was never asked for is a mistake.
  void refuse_unknown_keys() {
    for (const toml::table* layer : layers_) {
      for (const auto& [key, node] : *layer) {
        if (std::find(known_.begin(), known_.end(), key.str()) != known_.end()) continue;
        problems_.add(key.source(), "[" + title_ + "] has no key " + in_quotes(key.str()) +
                                        suggestion(key.str()));
      }
    }
  }

 private:
  const toml::node* get(std::string_view key) const {
    for (const toml::table* layer : layers_) {
      if (const toml::node* node = layer->get(key)) return node;
    }
    return nullptr;
  }

  std::nullopt_t wrong_kind(const toml::node& node, std::string_view key, const char* right) {
    problem(node, key, std::string("must be ") + right + ", not " + kind_name(node));
    return std::nullopt;
  }

  std::string suggestion(std::string_view key) const {
    const std::string nearest = nearest_name(key, known_);
    if (!nearest.empty()) return "; did you mean " + in_quotes(nearest) + "?";
    std::string all;
    for (const std::string& known : known_) all += (all.empty() ? "" : ", ") + known;
    return "; it has: " + all;
  }

  Layers layers_;
  std::string title_;
  Problems& problems_;
  std::vector<std::string> known_;
};

// The elements of [[name]], each a table.
inline std::vector<const toml::table*> tables_of(Section& root, std::string_view name) {
  std::vector<const toml::table*> tables;
  const toml::node* node = root.find(name);
  if (!node) return tables;
  const toml::array* array = node->as_array();
  if (!array || !array->is_homogeneous(toml::node_type::table)) {
    root.problem(*node, name, "must be written as [[" + std::string(name) + "]]");
    return tables;
  }
  for (const toml::node& element : *array) tables.push_back(element.as_table());
  return tables;
}

inline const toml::table* table_of(Section& root, std::string_view name) {
  const toml::node* node = root.find(name);
  if (!node) return nullptr;
  if (!node->is_table()) {
    root.problem(*node, name, "must be written as [" + std::string(name) + "]");
  }
  return node->as_table();
}

}  // namespace quorate::toml_file
