// A register that keeps concurrent values as siblings (Dynamo 4.4): the bucket type by default.
//
// A put or a delete drops the siblings that its context covers, joins that context and adds its
// dot; a put leaves its value under that dot. Two siblings of one request id, from a write that two
// coordinators took, are one value: they show as one, a put that covers the one replaces the other
// too, and the older one is no more to be seen once something has replaced the younger (decision
// 0006).
#pragma once

#include "node/core/types/data_type.h"

namespace quorate {

class RegisterType : public DataType {
 public:
  bool is_partial() const override { return false; }
  std::optional<Refusal> apply(Mutation* mutation, Record* record) const override;
  std::size_t concurrent_values(const Record& record, const std::string& field) const override;
  std::vector<ReadValue> view(const Record& record, std::int64_t wall_now_ms) const override;
  // A twin that is not shown goes too, if its actor has nothing else.
  Record reaped(const Record& record) const override;
};

}  // namespace quorate
