#include "sim/shrink/ddmin.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

namespace quorate::sim {

namespace {

using Predicate = std::function<bool(const Items& kept)>;

Items without(const Items& items, std::size_t begin, std::size_t end) {
  Items rest(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(begin));
  rest.insert(rest.end(), items.begin() + static_cast<std::ptrdiff_t>(end), items.end());
  return rest;
}

// One of `parts` parts, or of their complements, that still fails.
std::optional<Items> smaller(const Items& items, std::size_t parts, const Predicate& fails) {
  for (std::size_t part = 0; part < parts; ++part) {
    // The end first: what comes last is what most often is not needed.
    const std::size_t index = parts - 1 - part;
    Items rest = without(items, index * items.size() / parts, (index + 1) * items.size() / parts);
    if (fails(rest)) return rest;
  }
  return std::nullopt;
}

}  // namespace

Items ddmin(std::size_t count, const Predicate& fails) {
  Items items(count);
  std::iota(items.begin(), items.end(), std::size_t{0});
  if (count > 0 && fails({})) return {};
  std::size_t parts = 2;
  while (items.size() >= 2) {
    if (std::optional<Items> rest = smaller(items, parts, fails)) {
      items = std::move(*rest);
      parts = std::max<std::size_t>(parts - 1, 2);
    } else if (parts >= items.size()) {
      break;
    } else {
      parts = std::min(2 * parts, items.size());
    }
  }
  return items;
}

}  // namespace quorate::sim
