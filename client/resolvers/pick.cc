#include "client/resolvers/pick.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "node/base/check.h"

namespace quorate::client {
namespace {

struct Number {
  bool negative = false;
  std::string_view whole;     // without leading zeros
  std::string_view fraction;  // without trailing zeros

  bool is_zero() const { return whole.empty() && fraction.empty(); }
};

std::string_view digits(std::string_view& text) {
  const auto end =
      std::find_if(text.begin(), text.end(), [](char c) { return c < '0' || c > '9'; });
  const auto count = static_cast<std::size_t>(end - text.begin());
  const std::string_view found = text.substr(0, count);
  text.remove_prefix(count);
  return found;
}

std::optional<Number> number_in(std::string_view text) {
  Number number;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    number.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  number.whole = digits(text);
  if (number.whole.empty()) return std::nullopt;
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    number.fraction = digits(text);
    if (number.fraction.empty()) return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  while (!number.whole.empty() && number.whole.front() == '0') number.whole.remove_prefix(1);
  while (!number.fraction.empty() && number.fraction.back() == '0')
    number.fraction.remove_suffix(1);
  if (number.is_zero()) number.negative = false;
  return number;
}

// Negative, zero or positive, of the digits alone.
int compare_sizes(const Number& a, const Number& b) {
  if (a.whole.size() != b.whole.size()) return a.whole.size() < b.whole.size() ? -1 : 1;
  if (const int whole = a.whole.compare(b.whole); whole != 0) return whole;
  return a.fraction.compare(b.fraction);
}

int compare(const Number& a, const Number& b) {
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  return a.negative ? compare_sizes(b, a) : compare_sizes(a, b);
}

bool is_older(const ReadValue& a, const ReadValue& b) {
  return a.timestamp != b.timestamp ? a.timestamp < b.timestamp : a.dot < b.dot;
}

// Of equal values the newest, so that it does not matter which of them is seen first.
template <typename IsLess>
std::size_t most(const std::vector<ReadValue>& siblings, IsLess is_less) {
  QUORATE_CHECK(!siblings.empty());
  const auto found = std::max_element(siblings.begin(), siblings.end(),
                                      [&](const ReadValue& a, const ReadValue& b) {
                                        if (is_less(a.value.view(), b.value.view())) return true;
                                        if (is_less(b.value.view(), a.value.view())) return false;
                                        return is_older(a, b);
                                      });
  return static_cast<std::size_t>(found - siblings.begin());
}

Resolver keep(std::size_t (*choose)(const std::vector<ReadValue>&)) {
  return [choose](const std::vector<ReadValue>& siblings) -> Result<Resolution> {
    if (siblings.size() < 2) return Resolution::leave();
    return Resolution::keep(siblings[choose(siblings)]);
  };
}

}  // namespace

bool is_smaller(std::string_view a, std::string_view b) {
  const std::optional<Number> left = number_in(a);
  const std::optional<Number> right = number_in(b);
  if (left.has_value() != right.has_value()) return left.has_value();
  if (left) {
    if (const int order = compare(*left, *right); order != 0) return order < 0;
  }
  return a < b;
}

std::size_t largest_of(const std::vector<ReadValue>& siblings) {
  return most(siblings, is_smaller);
}

std::size_t smallest_of(const std::vector<ReadValue>& siblings) {
  return most(siblings, [](std::string_view a, std::string_view b) { return is_smaller(b, a); });
}

std::size_t longest_of(const std::vector<ReadValue>& siblings) {
  return most(siblings, [](std::string_view a, std::string_view b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
}

std::size_t newest_of(const std::vector<ReadValue>& siblings) {
  return most(siblings, [](std::string_view, std::string_view) { return false; });
}

Resolver keep_largest() { return keep(largest_of); }
Resolver keep_smallest() { return keep(smallest_of); }
Resolver keep_longest() { return keep(longest_of); }
Resolver keep_newest() { return keep(newest_of); }

}  // namespace quorate::client
