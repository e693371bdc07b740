#include "client/resolvers/json_union.h"

#include <boost/json.hpp>
#include <optional>
#include <set>

namespace quorate::client {
namespace {

// Why it is no JSON array; nothing when it is one.
std::optional<std::string> misfit(std::string_view text) {
  boost::json::error_code error;
  const boost::json::value value = boost::json::parse(text, error);
  if (error) return "it is not JSON: " + error.message();
  if (!value.is_array()) return "it is JSON, but no array";
  return std::nullopt;
}

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// The texts of an array's elements, without the white space between tokens. They are taken as they
// are written, because a number that went through a double would no longer be the same.
// REQUIRES: it is a JSON array.
void split_array(std::string_view array, std::set<std::string>& elements) {
  std::string element;
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < array.size(); ++i) {
    const char c = array[i];
    if (in_string) {
      element += c;
      if (c == '\\') element += array[++i];
      if (c == '"') in_string = false;
      continue;
    }
    if (is_white(c)) continue;
    const bool opens = c == '[' || c == '{';
    const bool closes = c == ']' || c == '}';
    if (closes) --depth;
    if ((depth == 1 && c == ',') || (depth == 0 && closes)) {
      if (!element.empty()) elements.insert(std::move(element));
      element.clear();
    } else if (depth > 0) {
      element += c;
      in_string = c == '"';
    }
    if (opens) ++depth;
  }
}

}  // namespace

Result<std::string> union_of_arrays(const std::vector<std::string_view>& arrays) {
  std::set<std::string> elements;
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    if (const auto why = misfit(arrays[i])) {
      return invalid_input("sibling " + std::to_string(i + 1) +
                           " is no JSON array, so there is no "
                           "union: " +
                           *why);
    }
    split_array(arrays[i], elements);
  }
  std::string text = "[";
  for (const std::string& element : elements) text += (text.size() > 1 ? "," : "") + element;
  return text + "]";
}

Resolver union_arrays() {
  return [](const std::vector<ReadValue>& siblings) -> Result<Resolution> {
    if (siblings.size() < 2) return Resolution::leave();
    std::vector<std::string_view> arrays;
    for (const ReadValue& one : siblings) arrays.push_back(one.value.view());
    auto all = union_of_arrays(arrays);
    if (!all) return all.error();
    return Resolution::write(std::move(*all));
  };
}

}  // namespace quorate::client
