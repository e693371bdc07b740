// A map of fields, each a register: concurrent values of one field are siblings, edits of two
// fields never touch one another.
//
// A put replaces the siblings of its field that its context covers; a remove drops them, and a
// concurrent put of the field stays.
#pragma once

#include "node/core/types/data_type.h"

namespace quorate {

class MapType : public DataType {
 public:
  bool is_partial() const override { return true; }
  std::span<const UpdateShape> updates() const override;
  std::optional<Refusal> apply(Mutation* mutation, Record* record) const override;
  std::size_t concurrent_values(const Record& record, const std::string& field) const override;
  std::vector<ReadValue> view(const Record& record, std::int64_t wall_now_ms) const override;
};

}  // namespace quorate
