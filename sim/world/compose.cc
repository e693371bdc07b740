#include "sim/world/compose.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

namespace quorate::sim {

namespace {

Blob joined(const std::set<std::string_view>& elements) {
  std::string text;
  for (const std::string_view element : elements) {
    if (!text.empty()) text += ',';
    text += element;
  }
  return Blob(std::move(text));
}

}  // namespace

void add_elements(std::string_view text, std::set<std::string_view>& elements) {
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    if (comma != 0) elements.insert(text.substr(0, comma));
    if (comma == std::string_view::npos) return;
    text.remove_prefix(comma + 1);
  }
}

std::string_view field_of(std::string_view element) { return element.substr(0, element.find('=')); }

std::int64_t number_in(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Blob composed(Compose how, const std::vector<Blob>& read, const Blob& own) {
  std::set<std::string_view> elements;
  for (const Blob& value : read) add_elements(value.view(), elements);
  switch (how) {
    case Compose::kAsGiven:
      return own;
    case Compose::kUnion:
      add_elements(own.view(), elements);
      return joined(elements);
    case Compose::kWithout: {
      std::set<std::string_view> gone;
      add_elements(own.view(), gone);
      for (const std::string_view element : gone) elements.erase(element);
      return joined(elements);
    }
    case Compose::kField:
      std::erase_if(elements, [&](std::string_view element) {
        return field_of(element) == field_of(own.view());
      });
      elements.insert(own.view());
      return joined(elements);
    case Compose::kSum: {
      std::int64_t largest = 0;
      for (const Blob& value : read) largest = std::max(largest, number_in(value.view()));
      // Wraps rather than overflows: a scenario may count from anywhere.
      const auto sum =
          static_cast<std::uint64_t>(largest) + static_cast<std::uint64_t>(number_in(own.view()));
      return Blob(std::to_string(static_cast<std::int64_t>(sum)));
    }
  }
  return own;
}

}  // namespace quorate::sim
