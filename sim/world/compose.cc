#include "sim/world/compose.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <string>
#include <string_view>

namespace quorate::sim {

namespace {

void add_elements(std::string_view text, std::set<std::string_view>& elements) {
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    if (comma != 0) elements.insert(text.substr(0, comma));
    if (comma == std::string_view::npos) return;
    text.remove_prefix(comma + 1);
  }
}

std::int64_t number_in(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

Blob composed(Compose how, const std::vector<Blob>& read, const Blob& own) {
  switch (how) {
    case Compose::kAsGiven:
      return own;
    case Compose::kUnion: {
      std::set<std::string_view> elements;
      for (const Blob& value : read) add_elements(value.view(), elements);
      add_elements(own.view(), elements);
      std::string text;
      for (const std::string_view element : elements) {
        if (!text.empty()) text += ',';
        text += element;
      }
      return Blob(std::move(text));
    }
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
