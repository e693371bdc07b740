#include "client/resolvers/text_merge.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "client/resolvers/diff3.h"

namespace quorate::client {
namespace {

bool is_this(const Ancestor& ancestor, const ReadValue& sibling) {
  return ancestor.dot && *ancestor.dot == sibling.dot;
}

// The timestamp of a write exceeds that of everything its writer had seen.
std::optional<std::string> why_not_of_all(const Ancestor& ancestor,
                                          const std::vector<ReadValue>& siblings) {
  if (!ancestor.dot) return std::nullopt;
  for (std::size_t i = 0; i < siblings.size(); ++i) {
    if (is_this(ancestor, siblings[i])) {
      return "the ancestor is itself sibling " + std::to_string(i + 1) +
             ": the others were written without knowing it";
    }
    if (siblings[i].timestamp < ancestor.timestamp) {
      return "sibling " + std::to_string(i + 1) +
             " is older than the ancestor: it was written without knowing it";
    }
  }
  return std::nullopt;
}

// Sorted, so that it makes no difference who is merged first.
Result<std::string> merge_all(const std::string& ancestor, std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  std::string merged = texts.front();
  for (std::size_t i = 1; i < texts.size(); ++i) {
    auto next = merge_texts(ancestor, merged, texts[i]);
    if (!next) return next.error();
    merged = std::move(*next);
  }
  return merged;
}

std::vector<std::string> texts_of(const std::vector<ReadValue>& siblings) {
  std::vector<std::string> texts;
  for (const ReadValue& one : siblings) texts.emplace_back(one.value.view());
  return texts;
}

Result<Resolution> merged(const std::string& ancestor, std::vector<std::string> texts) {
  auto text = merge_all(ancestor, std::move(texts));
  if (!text) return text.error();
  return Resolution::write(std::move(*text));
}

}  // namespace

Ancestor ancestor_of(const ReadValue& value) {
  return {std::string(value.value.view()), value.dot, value.timestamp};
}

Resolver merge_siblings(Ancestor ancestor) {
  return [ancestor =
              std::move(ancestor)](const std::vector<ReadValue>& siblings) -> Result<Resolution> {
    if (siblings.size() < 2) return Resolution::leave();
    if (const auto why = why_not_of_all(ancestor, siblings)) return invalid_input(*why);
    return merged(ancestor.value, texts_of(siblings));
  };
}

Resolver merge_own(Ancestor ancestor, std::string own) {
  return [ancestor = std::move(ancestor),
          own = std::move(own)](const std::vector<ReadValue>& siblings) -> Result<Resolution> {
    if (siblings.empty()) {
      return invalid_input("the key was deleted since it was read: there is nothing to merge with");
    }
    if (siblings.size() == 1 && is_this(ancestor, siblings[0])) return Resolution::write(own);
    if (const auto why = why_not_of_all(ancestor, siblings)) return invalid_input(*why);
    std::vector<std::string> texts = texts_of(siblings);
    texts.push_back(own);
    return merged(ancestor.value, std::move(texts));
  };
}

}  // namespace quorate::client
