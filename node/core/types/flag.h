// A flag, on or off, in which on beats a concurrent off (enable wins).
//
// Enabling replaces the siblings that its context covers and leaves one; disabling drops them. The
// flag is on while one lives.
#pragma once

#include "node/core/types/data_type.h"

namespace quorate {

class FlagType : public DataType {
 public:
  bool is_partial() const override { return true; }
  std::span<const UpdateShape> updates() const override;
  std::optional<Refusal> apply(Mutation* mutation, Record* record) const override;
  std::size_t concurrent_values(const Record& record, const std::string& field) const override;
  // One value, "on", or none.
  std::vector<ReadValue> view(const Record& record, std::int64_t wall_now_ms) const override;
};

}  // namespace quorate
