#include "node/causality/record.h"

#include <algorithm>
#include <cstdio>

namespace quorate {

namespace {

// What a sibling and an entry of a context cost beside the bytes of field and value: their fixed
// parts.
constexpr std::size_t kSiblingOverheadBytes = 48;
constexpr std::size_t kContextItemBytes = 24;
constexpr std::size_t kAppliedBytes = 48;

}  // namespace

std::string to_string(const RequestId& id) {
  char text[33];
  std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(id.high),
                static_cast<unsigned long long>(id.low));
  return text;
}

Timestamp Record::latest() const {
  Timestamp latest = applied.newest();
  for (const Sibling& sibling : siblings) latest = std::max(latest, sibling.timestamp);
  return latest;
}

bool Record::lives(const Dot& dot) const {
  return std::any_of(siblings.begin(), siblings.end(),
                     [&dot](const Sibling& sibling) { return sibling.dot == dot; });
}

std::size_t Record::size_bytes() const {
  std::size_t bytes = kContextItemBytes * (context.entries().size() + context.lone_dots().size()) +
                      kAppliedBytes * applied.entries().size();
  for (const Sibling& sibling : siblings) {
    bytes += kSiblingOverheadBytes + sibling.field.size() + sibling.value.size();
  }
  return bytes;
}

Record sync(const Record& a, const Record& b, std::int64_t retry_window_ms) {
  Record merged;
  merged.applied = a.applied;
  merged.applied.join(b.applied, retry_window_ms);
  if (a.context == b.context) {
    merged.context = a.context;
    merged.siblings = a.siblings;
    return merged;
  }
  merged.siblings.reserve(a.siblings.size() + b.siblings.size());
  auto left = a.siblings.begin();
  auto right = b.siblings.begin();
  while (left != a.siblings.end() || right != b.siblings.end()) {
    if (right == b.siblings.end() || (left != a.siblings.end() && left->dot < right->dot)) {
      if (!b.context.contains(left->dot)) merged.siblings.push_back(*left);
      ++left;
    } else if (left == a.siblings.end() || right->dot < left->dot) {
      if (!a.context.contains(right->dot)) merged.siblings.push_back(*right);
      ++right;
    } else {
      merged.siblings.push_back(*left);
      ++left;
      ++right;
    }
  }
  merged.context = a.context;
  merged.context.join(b.context);
  return merged;
}

bool same_state(const Record& a, const Record& b) {
  return a.context == b.context && a.siblings == b.siblings;
}

bool consistent(const Record& a, const Record& b) {
  return a.context != b.context || a.siblings == b.siblings;
}

}  // namespace quorate
