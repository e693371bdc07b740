#include "node/core/types/lww.h"

#include <algorithm>
#include <utility>

#include "node/base/check.h"

namespace quorate {

namespace {

std::vector<Sibling>::const_iterator winner_of(const Record& record) {
  return std::max_element(
      record.siblings.begin(), record.siblings.end(), [](const Sibling& a, const Sibling& b) {
        return a.timestamp != b.timestamp ? a.timestamp < b.timestamp : a.dot < b.dot;
      });
}

}  // namespace

std::optional<Refusal> LwwType::apply(Mutation* mutation, Record* record) const {
  // Whatever this replica knows is older than the new write, with or without a client's context.
  QUORATE_CHECK(mutation->timestamp > record->latest());
  mutation->context.join(record->context);
  record->siblings.clear();
  record->context = mutation->context;
  record->context.add(mutation->dot);
  insert_sibling(*mutation, record);
  if (mutation->verb == Verb::kDelete) record->siblings.back().kind = SiblingKind::kDeleted;
  return std::nullopt;
}

Record LwwType::reaped(const Record& record) const {
  const auto winner = winner_of(record);
  return without_remains(record, [&](const Sibling& sibling) {
    return sibling.kind == SiblingKind::kDeleted || !(sibling.dot == winner->dot);
  });
}

std::size_t LwwType::concurrent_values(const Record&, const std::string&) const { return 1; }

std::vector<ReadValue> LwwType::view(const Record& record, std::int64_t wall_now_ms) const {
  const auto winner = winner_of(record);
  if (winner == record.siblings.end() || winner->kind == SiblingKind::kDeleted) return {};
  // Expiry is judged after the winner is chosen: an expired winner hides what it had beaten.
  if (winner->expiry_ms != 0 && winner->expiry_ms <= wall_now_ms) return {};
  return {to_read_value(*winner)};
}

}  // namespace quorate
