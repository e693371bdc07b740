// Siblings as a resolver is shown them: one second apart, each of an event of its own.
#pragma once

#include <string>
#include <vector>

#include "client/update.h"

namespace quorate::client {

inline std::vector<ReadValue> siblings_of(const std::vector<std::string>& values) {
  std::vector<ReadValue> siblings;
  for (const std::string& value : values) {
    ReadValue& one = siblings.emplace_back();
    one.value = Blob(value);
    const auto number = static_cast<std::int64_t>(siblings.size());
    one.timestamp = Timestamp::from_wall_ms(1'000 * number);
    one.dot = Dot{{make_run_id(static_cast<NodeId>(number), 7), 1}, 1};
  }
  return siblings;
}

// What the resolver writes; "(leave)", or "! " and why it refuses.
inline std::string outcome_of(const Resolver& resolver, const std::vector<ReadValue>& siblings) {
  const auto resolution = resolver(siblings);
  if (!resolution) return "! " + resolution.error().message;
  return resolution->kind == Resolution::Kind::kWrite ? resolution->value : "(leave)";
}

}  // namespace quorate::client
