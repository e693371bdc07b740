#include "node/core/types/set.h"

#include <algorithm>

namespace quorate {

std::span<const UpdateShape> SetType::updates() const {
  static constexpr UpdateShape kShapes[] = {
      {.update = Update::kSetAdd, .name = "set add", .has_field = true, .may_expire = true},
      {.update = Update::kSetRemove, .name = "set remove", .removes = true, .has_field = true}};
  return kShapes;
}

std::optional<Refusal> SetType::apply(Mutation* mutation, Record* record) const {
  apply_to_field(mutation, mutation->update == Update::kSetAdd, record);
  return std::nullopt;
}

std::size_t SetType::concurrent_values(const Record& record, const std::string& field) const {
  return siblings_of(record, field);
}

// Each element once, as its newest add left it.
std::vector<ReadValue> SetType::view(const Record& record, std::int64_t wall_now_ms) const {
  std::vector<ReadValue> values = values_by_field(record, wall_now_ms);
  const auto end =
      std::unique(values.begin(), values.end(),
                  [](const ReadValue& a, const ReadValue& b) { return a.field == b.field; });
  values.erase(end, values.end());
  return values;
}

}  // namespace quorate
