#include "node/core/types/counter.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>

#include "node/base/in_quotes.h"
#include "node/causality/byte_io.h"
#include "node/causality/context_codec.h"

namespace quorate {

namespace {

struct Point {
  std::uint64_t counter = 0;
  std::int64_t sum = 0;
};
using Floors = std::map<Actor, Point>;

void raise(Floors& floors, const Actor& actor, Point point) {
  Point& floor = floors[actor];
  if (point.counter >= floor.counter) floor = point;
}

std::string encode(const Floors& floors) {
  std::string bytes;
  append_varint(floors.size(), bytes);
  for (const auto& [actor, point] : floors) {
    append_dot(Dot{actor, point.counter}, bytes);
    append_fixed64(static_cast<std::uint64_t>(point.sum), bytes);
  }
  return bytes;
}

// What does not decode, from a time when the bucket had another type, has no floors.
void raise_to(const Sibling& sibling, Floors& floors) {
  ByteReader in(sibling.value.view(), "floors");
  for (std::size_t left = in.count(kDotBytesMin + 8); left > 0 && in.ok(); --left) {
    const Dot dot = read_dot(in);
    const auto sum = static_cast<std::int64_t>(in.fixed64());
    if (in.ok()) raise(floors, dot.actor, Point{dot.counter, sum});
  }
}

bool is_floor(const Sibling& sibling) { return sibling.kind == SiblingKind::kDeleted; }

std::int64_t sum_of(const Sibling& partial) {
  return parse_amount(partial.value.view()).value_or(0);
}

Floors floors_of(const Record& record) {
  Floors floors;
  for (const Sibling& sibling : record.siblings) {
    if (is_floor(sibling)) raise_to(sibling, floors);
  }
  return floors;
}

// What the actor has added in all, as far as the record knows.
std::int64_t sum_of(const Record& record, const Floors& floors, const Actor& actor) {
  const auto floor = floors.find(actor);
  std::int64_t sum = floor == floors.end() ? 0 : floor->second.sum;
  for (const Sibling& sibling : record.siblings) {
    if (!is_floor(sibling) && sibling.dot.actor == actor) sum = sum_of(sibling);
  }
  return sum;
}

// In 128 bits, so that the order of adding up does not matter.
std::int64_t value_of(const Record& record) {
  const Floors floors = floors_of(record);
  __int128 value = 0;
  for (const Sibling& sibling : record.siblings) {
    if (is_floor(sibling)) continue;
    value += sum_of(sibling);
    const auto floor = floors.find(sibling.dot.actor);
    if (floor != floors.end()) value -= floor->second.sum;
  }
  using Limits = std::numeric_limits<std::int64_t>;
  return static_cast<std::int64_t>(std::clamp<__int128>(value, Limits::min(), Limits::max()));
}

Context all_up_to(const Dot& dot) {
  return Context::from_parts({Context::Entry{dot.actor, dot.counter}}, {});
}

std::optional<Refusal> add(Mutation* mutation, Record* record) {
  const Actor& actor = mutation->dot.actor;
  const std::int64_t amount = parse_amount(mutation->value.view()).value_or(0);
  std::int64_t sum = sum_of(*record, floors_of(*record), actor);
  std::int64_t value = value_of(*record);
  if (__builtin_add_overflow(sum, amount, &sum) || __builtin_add_overflow(value, amount, &value)) {
    return Refusal{Reason::kNumberTooLarge, "the counter would leave the range of 64 bits"};
  }
  std::erase_if(record->siblings, [&](const Sibling& sibling) {
    return !is_floor(sibling) && sibling.dot.actor == actor;
  });
  mutation->value = Blob(std::to_string(sum));
  record->context.add(mutation->dot);
  insert_sibling(*mutation, record);
  mutation->context = std::move(mutation->brought);
  mutation->context.join(all_up_to(mutation->dot));
  return std::nullopt;
}

std::optional<Refusal> remove(Mutation* mutation, Record* record) {
  const Context& covered = mutation->context;
  const Floors known = floors_of(*record);
  Floors floors;
  Context effective = mutation->brought;
  const Actor& own = mutation->dot.actor;
  bool own_is_counted_on = false;
  for (const Sibling& sibling : record->siblings) {
    const Actor& actor = sibling.dot.actor;
    if (covered.contains(sibling.dot)) {
      effective.add(sibling.dot);
      if (is_floor(sibling)) {
        raise_to(sibling, floors);
      } else {
        raise(floors, actor, Point{sibling.dot.counter, sum_of(sibling)});
      }
      continue;
    }
    if (is_floor(sibling)) continue;
    own_is_counted_on |= actor == own;
    const auto floor = known.find(actor);
    if (covered.max_counter(actor) > (floor == known.end() ? 0 : floor->second.counter)) {
      return Refusal{Reason::kContextBehind,
                     "the counter was added to since the context of this delete was read, and how "
                     "much of it that context covers is not known any more; read it again, or "
                     "delete without a context"};
    }
  }
  // This delete is an event of its actor too, one that adds nothing: its own additions are floored
  // up to here.
  if (!own_is_counted_on && floors.count(own) != 0) {
    raise(floors, own, Point{mutation->dot.counter, sum_of(*record, known, own)});
  }
  drop_covered(covered, record);
  record->context.add(mutation->dot);
  mutation->context = std::move(effective);
  if (floors.empty()) return std::nullopt;
  mutation->value = Blob(encode(floors));
  insert_sibling(*mutation, record);
  const auto left = std::find_if(record->siblings.begin(), record->siblings.end(),
                                 [&](const Sibling& each) { return each.dot == mutation->dot; });
  left->kind = SiblingKind::kDeleted;
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> parse_amount(std::string_view text) {
  std::int64_t amount = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return amount;
}

Context CounterType::stands_for(const Dot& dot) const { return all_up_to(dot); }

std::span<const UpdateShape> CounterType::updates() const {
  static constexpr UpdateShape kShapes[] = {
      {.update = Update::kCounterAdd, .name = "counter add", .has_value = true}};
  return kShapes;
}

std::optional<Refusal> CounterType::apply(Mutation* mutation, Record* record) const {
  return mutation->verb == Verb::kDelete ? remove(mutation, record) : add(mutation, record);
}

std::optional<std::string> CounterType::value_misfit(std::string_view value) const {
  if (parse_amount(value)) return std::nullopt;
  return in_quotes(value) + " is no amount: give a whole number of 64 bits, such as 1 or -1";
}

std::size_t CounterType::concurrent_values(const Record&, const std::string&) const { return 1; }

std::vector<ReadValue> CounterType::view(const Record& record, std::int64_t) const {
  const Sibling* newest = nullptr;
  for (const Sibling& sibling : record.siblings) {
    if (is_floor(sibling)) continue;
    if (newest == nullptr || newest->timestamp < sibling.timestamp) newest = &sibling;
  }
  if (newest == nullptr) return {};
  ReadValue value = to_read_value(*newest);
  value.value = Blob(std::to_string(value_of(record)));
  return {value};
}

}  // namespace quorate
