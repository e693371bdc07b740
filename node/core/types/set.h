// A set of byte strings in which an add beats a concurrent remove (the observed-remove set).
//
// An add replaces the siblings of the equal element that its context covers, and leaves one; a
// remove drops them. A remove can drop only adds that its writer's context covers: those that it
// has not heard of stay.
#pragma once

#include "node/core/types/data_type.h"

namespace quorate {

class SetType : public DataType {
 public:
  bool is_partial() const override { return true; }
  std::span<const UpdateShape> updates() const override;
  std::optional<Refusal> apply(Mutation* mutation, Record* record) const override;
  std::size_t concurrent_values(const Record& record, const std::string& field) const override;
  std::vector<ReadValue> view(const Record& record, std::int64_t wall_now_ms) const override;
};

}  // namespace quorate
