#include "node/core/types/data_type.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "node/base/check.h"
#include "node/causality/context_part.h"
#include "node/core/types/counter.h"
#include "node/core/types/flag.h"
#include "node/core/types/lww.h"
#include "node/core/types/map.h"
#include "node/core/types/register.h"
#include "node/core/types/set.h"

namespace quorate {

namespace {

struct Entry {
  const char* name;
  const DataType* type;
};

// In the order of BucketType.
const std::array<Entry, 6>& types() {
  static const RegisterType register_type;
  static const LwwType lww_type;
  static const CounterType counter_type;
  static const SetType set_type;
  static const MapType map_type;
  static const FlagType flag_type;
  static const std::array<Entry, 6> all{{{"register", &register_type},
                                         {"lww", &lww_type},
                                         {"counter", &counter_type},
                                         {"set", &set_type},
                                         {"map", &map_type},
                                         {"flag", &flag_type}}};
  return all;
}

const Entry& entry_of(BucketType type) {
  const auto at = static_cast<std::size_t>(type);
  QUORATE_CHECK_MSG(at < types().size(), "a bucket type without an implementation");
  return types()[at];
}

}  // namespace

const DataType& data_type(BucketType type) { return *entry_of(type).type; }

const char* bucket_type_name(BucketType type) { return entry_of(type).name; }

std::span<const char* const> bucket_type_names() {
  static const std::vector<const char*> names = [] {
    std::vector<const char*> all;
    for (const Entry& entry : types()) all.push_back(entry.name);
    return all;
  }();
  return names;
}

const char* update_name(Update update) {
  for (const Entry& entry : types()) {
    for (const UpdateShape& shape : entry.type->updates()) {
      if (shape.update == update) return shape.name;
    }
  }
  return "no update";
}

const UpdateShape* shape_of(const DataType& type, Update update) {
  for (const UpdateShape& shape : type.updates()) {
    if (shape.update == update) return &shape;
  }
  return nullptr;
}

bool only_removes(const DataType& type, const ClientRequest& request) {
  if (request.verb == Verb::kDelete) return true;
  const UpdateShape* shape =
      request.verb == Verb::kUpdate ? shape_of(type, request.update) : nullptr;
  return shape != nullptr && shape->removes;
}

Record DataType::reaped(const Record& record) const {
  return without_remains(record, [](const Sibling&) { return false; });
}

Record without_remains(const Record& record, const IsDead& is_dead) {
  const auto stays = [&](const Actor& actor) {
    return std::any_of(record.siblings.begin(), record.siblings.end(), [&](const Sibling& sibling) {
      return sibling.dot.actor == actor && !is_dead(sibling);
    });
  };
  Record left;
  left.context = part_of(record.context, stays);
  left.applied = record.applied;
  for (const Sibling& sibling : record.siblings) {
    if (stays(sibling.dot.actor)) left.siblings.push_back(sibling);
  }
  return left;
}

void drop_covered(const Context& context, Record* record) {
  std::erase_if(record->siblings,
                [&](const Sibling& sibling) { return context.contains(sibling.dot); });
}

void insert_sibling(const Mutation& mutation, Record* record) {
  Sibling sibling;
  sibling.dot = mutation.dot;
  sibling.field = mutation.field;
  sibling.timestamp = mutation.timestamp;
  sibling.expiry_ms = mutation.expiry_ms;
  sibling.value = mutation.value;
  const auto place = std::lower_bound(record->siblings.begin(), record->siblings.end(), sibling.dot,
                                      [](const Sibling& a, const Dot& dot) { return a.dot < dot; });
  record->siblings.insert(place, std::move(sibling));
}

ReadValue to_read_value(const Sibling& sibling) {
  return ReadValue{sibling.value, sibling.dot, sibling.timestamp, sibling.expiry_ms, sibling.field};
}

void apply_to_field(Mutation* mutation, bool leaves_value, Record* record) {
  const bool all_fields = mutation->verb == Verb::kDelete;
  std::vector<Dot> dropped;
  std::erase_if(record->siblings, [&](const Sibling& sibling) {
    if (!all_fields && sibling.field != mutation->field) return false;
    if (!mutation->context.contains(sibling.dot)) return false;
    dropped.push_back(sibling.dot);
    return true;
  });
  record->context.add(mutation->dot);
  if (leaves_value && !all_fields) insert_sibling(*mutation, record);
  mutation->context = std::move(mutation->brought);
  mutation->context.join(Context::from_parts({}, std::move(dropped)));
}

std::size_t siblings_of(const Record& record, const std::string& field) {
  return static_cast<std::size_t>(
      std::count_if(record.siblings.begin(), record.siblings.end(),
                    [&](const Sibling& sibling) { return sibling.field == field; }));
}

std::vector<ReadValue> values_by_field(const Record& record, std::int64_t wall_now_ms) {
  std::vector<const Sibling*> shown;
  for (const Sibling& sibling : record.siblings) {
    if (sibling.expiry_ms == 0 || sibling.expiry_ms > wall_now_ms) shown.push_back(&sibling);
  }
  std::sort(shown.begin(), shown.end(), [](const Sibling* a, const Sibling* b) {
    if (a->field != b->field) return a->field < b->field;
    return a->timestamp != b->timestamp ? a->timestamp > b->timestamp : a->dot > b->dot;
  });
  std::vector<ReadValue> values;
  values.reserve(shown.size());
  for (const Sibling* sibling : shown) values.push_back(to_read_value(*sibling));
  return values;
}

}  // namespace quorate
