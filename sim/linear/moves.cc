#include "sim/linear/moves.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "sim/linear/append_chains.h"

namespace quorate::sim::linear {
namespace {

class Maker {
 public:
  Maker(const History& history, const MovesOptions& options)
      : history_(history), options_(options) {}

  void add(OperationId id);
  void add_slots();

 private:
  void add_open(const Operation& operation, OperationId id);
  SlotId slot_of(StateId state);
  void connect(Effect& effect, bool sees_known);
  bool is_wanted(const OpenGroup& group) const;

 public:
  Moves moves;
  bool has_appends = false;

 private:
  const History& history_;
  const MovesOptions& options_;
  std::map<std::tuple<Call, ValueId, ValueId>, GroupId> groups_;
  boost::unordered_flat_map<StateId, SlotId> slots_;  // only looked up
};

void Maker::add(OperationId id) {
  const Operation& operation = history_.operations[id];
  if (operation.outcome == Outcome::kFail || operation.invoked > options_.until) return;
  has_appends |= operation.call == Call::kAppend;
  if (operation.completed() > options_.until) {
    if (operation.call != Call::kRead) add_open(operation, id);
    return;
  }
  if (id == options_.wildcard) moves.wildcard = static_cast<MoveId>(moves.all.size());
  Move& move = moves.all.emplace_back();
  move.call = operation.call;
  move.value = operation.value;
  move.target = operation.target;
  move.operation = id;
  move.invoked = operation.invoked;
  move.completed = operation.ended;
}

void Maker::add_open(const Operation& operation, OperationId id) {
  const auto [found, added] = groups_.try_emplace(
      {operation.call, operation.value, operation.target}, static_cast<GroupId>(moves.open.size()));
  if (added) {
    OpenGroup& group = moves.open.emplace_back();
    group.call = operation.call;
    group.value = operation.value;
    group.target = operation.target;
  }
  OpenGroup& group = moves.open[found->second];
  group.operations.push_back(id);
  group.invoked.push_back(operation.invoked);
}

SlotId Maker::slot_of(StateId state) {
  const auto [found, added] = slots_.try_emplace(state, static_cast<SlotId>(moves.slots.size()));
  if (added) moves.slots.emplace_back().state = state;
  return found->second;
}

void Maker::connect(Effect& effect, bool sees_known) {
  if (sees_known && (effect.call == Call::kRead || effect.call == Call::kCas)) {
    effect.sees = slot_of(effect.value);
  }
  if (effect.call == Call::kWrite) effect.makes = slot_of(effect.value);
  if (effect.call == Call::kCas) effect.makes = slot_of(effect.target);
}

// An open operation whose value nobody may see can as well not have happened.
bool Maker::is_wanted(const OpenGroup& group) const {
  if (group.makes == kNone) return false;
  const Slot& slot = moves.slots[group.makes];
  return slot.open_seers > 0 || !slot.seen_by.empty();
}

void Maker::add_slots() {
  moves.initial = slot_of(history_.initial);
  for (const MoveId id : moves.by_end) {
    Move& move = moves.all[id];
    connect(move, id != moves.wildcard);
    if (move.sees != kNone) moves.slots[move.sees].seen_by.push_back(id);
    if (move.makes != kNone) ++moves.slots[move.makes].makers;
  }
  for (OpenGroup& group : moves.open) {
    connect(group, true);
    if (group.sees != kNone) {
      moves.slots[group.sees].open_seers += static_cast<std::uint32_t>(group.operations.size());
    }
  }
  if (moves.wildcard == kNone && !options_.keep_unwanted) {
    std::erase_if(moves.open, [&](const OpenGroup& group) { return !is_wanted(group); });
  }
  for (GroupId id = 0; id < moves.open.size(); ++id) {
    const OpenGroup& group = moves.open[id];
    if (group.makes == kNone) continue;
    Slot& slot = moves.slots[group.makes];
    slot.makers += static_cast<std::uint32_t>(group.operations.size());
    slot.made_by.push_back(id);
  }
}

}  // namespace

Moves make_moves(const History& history, std::span<const OperationId> operations,
                 const MovesOptions& options, StringStates& strings) {
  Maker maker(history, options);
  for (const OperationId id : operations) maker.add(id);
  Moves& moves = maker.moves;
  moves.by_end.resize(moves.all.size());
  std::iota(moves.by_end.begin(), moves.by_end.end(), MoveId{0});
  std::sort(moves.by_end.begin(), moves.by_end.end(),
            [&](MoveId a, MoveId b) { return moves.all[a].completed < moves.all[b].completed; });
  moves.foreseen = maker.has_appends && resolve_appends(history.initial, moves, strings);
  moves.exact = moves.foreseen || !maker.has_appends;
  if (moves.exact) maker.add_slots();
  return std::move(maker.moves);
}

}  // namespace quorate::sim::linear
