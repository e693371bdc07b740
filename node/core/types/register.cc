#include "node/core/types/register.h"

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <optional>

namespace quorate {

namespace {

// A write that two coordinators took has become two events with one value. Who has seen the one has
// seen what the other says.
bool twin_is_covered(const Record& record, const Dot& dot, const Context& by) {
  const std::vector<AppliedRequest> twins = record.applied.twins_of(dot);
  return std::any_of(twins.begin(), twins.end(),
                     [&by](const AppliedRequest& twin) { return by.contains(twin.dot); });
}

// The mutation replaces also the twins of what its context covers. What a twin had replaced itself
// is not remembered; but all that is dead in the record, and the twins, are together a closed set
// that erases nobody else. Where that set is not small they stay, until a read shows the way.
void cover_twins(const Record& record, Context* covered) {
  bool some = false;
  std::vector<Dot> others;
  for (const Sibling& sibling : record.siblings) {
    if (covered->contains(sibling.dot)) continue;
    if (twin_is_covered(record, sibling.dot, *covered)) {
      some = true;
    } else {
      others.push_back(sibling.dot);
    }
  }
  if (!some) return;
  if (const std::optional<Context> closed = record.context.without(others)) covered->join(*closed);
}

// Its twin was younger, and something has replaced that. Only the younger one decides: whatever
// replaced it is younger still, so no two values can ever hide one another.
bool replaced_through_its_twin(const Record& record, const Sibling& sibling) {
  const std::vector<AppliedRequest> twins = record.applied.twins_of(sibling.dot);
  return std::any_of(twins.begin(), twins.end(), [&](const AppliedRequest& twin) {
    return twin.timestamp > sibling.timestamp && record.context.contains(twin.dot) &&
           !record.lives(twin.dot);
  });
}

}  // namespace

std::optional<Refusal> RegisterType::apply(Mutation* mutation, Record* record) const {
  cover_twins(*record, &mutation->context);
  drop_covered(mutation->context, record);
  record->context.join(mutation->context);
  record->context.add(mutation->dot);
  if (mutation->verb != Verb::kDelete) insert_sibling(*mutation, record);
  return std::nullopt;
}

Record RegisterType::reaped(const Record& record) const {
  const auto is_hidden = [&record](const Sibling& sibling) {
    return replaced_through_its_twin(record, sibling);
  };
  Record left = without_remains(record, is_hidden);
  // One that stays is hidden by what the record knows of its twin.
  return std::any_of(left.siblings.begin(), left.siblings.end(), is_hidden) ? record : left;
}

std::size_t RegisterType::concurrent_values(const Record& record, const std::string&) const {
  return record.siblings.size();
}

std::vector<ReadValue> RegisterType::view(const Record& record, std::int64_t wall_now_ms) const {
  boost::container::small_vector<const Sibling*, 4> shown;
  for (const Sibling& sibling : record.siblings) {
    if (sibling.expiry_ms != 0 && sibling.expiry_ms <= wall_now_ms) continue;
    if (!replaced_through_its_twin(record, sibling)) shown.push_back(&sibling);
  }
  std::sort(shown.begin(), shown.end(), [](const Sibling* a, const Sibling* b) {
    return a->timestamp != b->timestamp ? a->timestamp > b->timestamp : a->dot > b->dot;
  });
  std::vector<ReadValue> values;
  boost::container::small_vector<RequestId, 4> seen;
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
