#include "node/core/types/flag.h"

namespace quorate {

std::span<const UpdateShape> FlagType::updates() const {
  static constexpr UpdateShape kShapes[] = {
      {.update = Update::kFlagEnable, .name = "flag on", .may_expire = true},
      {.update = Update::kFlagDisable, .name = "flag off", .removes = true}};
  return kShapes;
}

std::optional<Refusal> FlagType::apply(Mutation* mutation, Record* record) const {
  apply_to_field(mutation, mutation->update == Update::kFlagEnable, record);
  return std::nullopt;
}

std::size_t FlagType::concurrent_values(const Record& record, const std::string&) const {
  return record.siblings.size();
}

std::vector<ReadValue> FlagType::view(const Record& record, std::int64_t wall_now_ms) const {
  std::vector<ReadValue> values = values_by_field(record, wall_now_ms);
  if (values.empty()) return values;
  values.resize(1);
  values.front().value = Blob("on");
  return values;
}

}  // namespace quorate
