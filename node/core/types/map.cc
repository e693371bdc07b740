#include "node/core/types/map.h"

namespace quorate {

std::span<const UpdateShape> MapType::updates() const {
  static constexpr UpdateShape kShapes[] = {
      {.update = Update::kMapPut,
       .name = "map put",
       .has_field = true,
       .has_value = true,
       .may_expire = true},
      {.update = Update::kMapRemove, .name = "map remove", .removes = true, .has_field = true}};
  return kShapes;
}

std::optional<Refusal> MapType::apply(Mutation* mutation, Record* record) const {
  apply_to_field(mutation, mutation->update == Update::kMapPut, record);
  return std::nullopt;
}

std::size_t MapType::concurrent_values(const Record& record, const std::string& field) const {
  return siblings_of(record, field);
}

std::vector<ReadValue> MapType::view(const Record& record, std::int64_t wall_now_ms) const {
  return values_by_field(record, wall_now_ms);
}

}  // namespace quorate
