#include "node/core/types/register.h"

#include <algorithm>

namespace quorate {

void RegisterType::apply(Mutation* mutation, Record* record) const {
  drop_covered(mutation->context, record);
  record->context.join(mutation->context);
  record->context.add(mutation->dot);
  if (mutation->verb == Verb::kDelete) return;
  Sibling sibling;
  sibling.dot = mutation->dot;
  sibling.timestamp = mutation->timestamp;
  sibling.expiry_ms = mutation->expiry_ms;
  sibling.value = mutation->value;
  const auto place = std::lower_bound(record->siblings.begin(), record->siblings.end(), sibling.dot,
                                      [](const Sibling& a, const Dot& dot) { return a.dot < dot; });
  record->siblings.insert(place, std::move(sibling));
}

std::size_t RegisterType::concurrent_values(const Record& record) const {
  return record.siblings.size();
}

std::vector<ReadValue> RegisterType::view(const Record& record, std::int64_t wall_now_ms) const {
  std::vector<const Sibling*> shown;
  for (const Sibling& sibling : record.siblings) {
    if (sibling.expiry_ms == 0 || sibling.expiry_ms > wall_now_ms) shown.push_back(&sibling);
  }
  std::sort(shown.begin(), shown.end(), [](const Sibling* a, const Sibling* b) {
    return a->timestamp != b->timestamp ? a->timestamp > b->timestamp : a->dot > b->dot;
  });
  std::vector<ReadValue> values;
  std::vector<RequestId> seen;
  for (const Sibling* sibling : shown) {
    const RequestId* request = record.applied.request_of(sibling->dot);
    if (request != nullptr) {
      if (std::find(seen.begin(), seen.end(), *request) != seen.end()) continue;
      seen.push_back(*request);
    }
    values.push_back(to_read_value(*sibling));
  }
  return values;
}

}  // namespace quorate
