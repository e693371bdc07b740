// Last writer wins: of concurrent writes the one with the largest (timestamp, dot) is kept, the
// others are lost.
//
// A put and a delete both add a timestamped sibling; a delete is a marker that competes like a
// value. The winner among a record's siblings is the same in whatever order replicas merged,
// because a write's timestamp exceeds that of everything its context covers: what a context has
// dropped was always smaller than what stayed (tests/node/core/types/lww_test.cc; the schedule
// lww_not_associative).
#pragma once

#include "node/core/types/data_type.h"

namespace quorate {

class LwwType : public DataType {
 public:
  // REQUIRES: mutation->timestamp exceeds every timestamp among the record's siblings.
  bool is_partial() const override { return false; }
  std::optional<Refusal> apply(Mutation* mutation, Record* record) const override;
  std::size_t concurrent_values(const Record& record, const std::string& field) const override;
  std::vector<ReadValue> view(const Record& record, std::int64_t wall_now_ms) const override;
  // A winner that is a delete leaves nothing; what it or a value has beaten goes.
  Record reaped(const Record& record) const override;
  bool replaces_whole_row() const override { return true; }
  bool needs_clock() const override { return true; }
};

}  // namespace quorate
