#include "sim/linear/search.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "sim/linear/configurations.h"
#include "sim/linear/moves.h"
#include "sim/linear/search_state.h"
#include "sim/linear/string_states.h"

namespace quorate::sim::linear {
namespace {

constexpr std::size_t kStringBytesMax = 64 << 20;  // only what a wildcard may see is ever built

using Kind = SearchState::Kind;

class Search {
 public:
  Search(const History& history, std::span<const OperationId> operations,
         const SearchOptions& options)
      : options_(options),
        strings_(history.values, kStringBytesMax),
        moves_(make_moves(
            history, operations,
            {.until = options.until, .wildcard = options.wildcard, .keep_unwanted = false},
            strings_)),
        state_(moves_, history.initial, strings_),
        list_(state_.list()) {}

  SearchResult run();

 private:
  enum class Step { kGoOn, kDeadEnd, kAllPlaced, kGiveUp };

  // What to try next: the moves in the list from here on, then the groups that are of use.
  struct Cursor {
    EntryList::Entry entry;
    std::size_t group = 0;
  };

  Step settle();
  void place_forced();
  bool changes_nothing(MoveId id) const;
  bool is_dead_end() const;
  bool is_made(SlotId slot, MoveId next) const;
  bool is_seen() const;
  void note_progress();
  Step try_next(Cursor& cursor);
  Step try_open(Cursor& cursor);
  void list_useful_groups();
  void add_makers(SlotId slot);
  std::optional<StateId> state_after(const Effect& effect, bool is_wildcard);
  bool take_back(Cursor& cursor);
  void note_seen();
  std::vector<OperationId> order() const;

  const SearchOptions options_;
  StringStates strings_;
  const Moves moves_;
  SearchState state_;
  const EntryList& list_;
  Configurations been_;
  std::vector<StateId> seen_;  // by the wildcard, with an order for the rest
  SearchResult result_;

  // Kept for their memory.
  std::vector<std::uint64_t> row_;
  std::vector<GroupId> useful_groups_;
};

SearchResult Search::run() {
  Step step = settle();
  Cursor cursor{list_.first()};
  while (step != Step::kGiveUp) {
    if (step == Step::kAllPlaced) {
      if (moves_.wildcard == kNone) {
        result_.verdict = Verdict::kLinearizable;
        result_.order = order();
        break;
      }
      note_seen();
      if (seen_.size() >= options_.seen_max) break;
      step = Step::kDeadEnd;
    }
    if (step == Step::kGoOn) {
      cursor = {list_.first()};
    } else if (!take_back(cursor)) {
      result_.verdict = seen_.empty() ? Verdict::kNotLinearizable : Verdict::kLinearizable;
      break;
    }
    step = try_next(cursor);
    if (step == Step::kGoOn) step = settle();
  }
  return std::move(result_);
}

// With the wildcard's value there is an order; the others that there may be are of no interest.
void Search::note_seen() {
  seen_.push_back(state_.now().wildcard_saw);
  result_.seen.push_back(strings_.to_edn(state_.now().wildcard_saw));
  const auto at_wildcard = [&](const SearchState::Frame& frame) {
    return frame.kind != Kind::kOpen && frame.id == moves_.wildcard;
  };
  while (!at_wildcard(state_.placed_so_far().back())) state_.pop();
}

// Whether placing it now, where it may be placed, is no decision.
bool Search::changes_nothing(MoveId id) const {
  const Move& move = moves_.all[id];
  const StateId held = state_.now().state;
  switch (move.call) {
    case Call::kRead:
      return move.value == held && id != moves_.wildcard;
    case Call::kCas:
      return move.value == held && move.target == held && id != moves_.wildcard;
    case Call::kAppend:
      if (strings_.text(move.value).empty()) return true;
      break;
    case Call::kWrite:
      break;
  }
  // Nobody sees what there is, nor what it makes of it.
  if (!moves_.exact || held != kGone || state_.demand().anybody_may_see(move.makes)) return false;
  return moves_.wildcard == kNone || state_.is_placed(moves_.wildcard) ||
         move.completed < state_.wildcard_horizon();
}

void Search::place_forced() {
  EntryList::Entry entry = list_.first();
  while (list_.is_begin(entry)) {
    const MoveId id = list_.move(entry);
    entry = list_.next(entry);
    if (!changes_nothing(id)) continue;
    // The entry after it may be its own end.
    if (entry == list_.end_of(id)) entry = list_.next(entry);
    state_.place(id, Kind::kForced, state_.now().state);
    ++result_.steps;
  }
}

// Brings a configuration into the form in which it is remembered, and judges its prospects.
Search::Step Search::settle() {
  if (result_.steps >= options_.steps_max) return Step::kGiveUp;
  place_forced();
  state_.look_at_list();
  if (moves_.exact && state_.forget_state()) {
    place_forced();
    state_.look_at_list();
  }
  if (list_.empty()) return Step::kAllPlaced;
  note_progress();
  if (moves_.exact ? is_dead_end() : !state_.look_ahead()) return Step::kDeadEnd;
  state_.describe(row_);
  return been_.insert(row_) ? Step::kGoOn : Step::kDeadEnd;
}

// Should the search get no further, it was because of whoever still needs this state.
void Search::note_progress() {
  if (state_.now().first_end <= result_.reached) return;
  result_.reached = state_.now().first_end;
  result_.waited_for = kNever;
  if (state_.now().slot == kNone) return;
  for (const MoveId id : moves_.slots[state_.now().slot].seen_by) {
    if (state_.is_placed(id)) continue;
    result_.waited_for = moves_.all[id].completed;
    return;
  }
}

bool Search::is_dead_end() const {
  EntryList::Entry entry = list_.first();
  while (list_.is_begin(entry)) entry = list_.next(entry);
  const MoveId next = list_.move(entry);
  const SlotId sees = moves_.all[next].sees;
  if (sees != kNone && sees != state_.now().slot && !is_made(sees, next)) return true;
  return state_.now().unseen && !is_seen();
}

// Whether something that could be placed before the next end makes that value.
bool Search::is_made(SlotId slot, MoveId next) const {
  for (auto entry = list_.first(); list_.is_begin(entry); entry = list_.next(entry)) {
    const MoveId id = list_.move(entry);
    if (id != next && moves_.all[id].makes == slot) return true;
  }
  const std::vector<GroupId>& groups = moves_.slots[slot].made_by;
  return std::any_of(groups.begin(), groups.end(),
                     [&](GroupId id) { return state_.is_available(id); });
}

// Whether something that could be placed next sees the state. Reads of it are placed already.
bool Search::is_seen() const {
  for (auto entry = list_.first(); list_.is_begin(entry); entry = list_.next(entry)) {
    const MoveId id = list_.move(entry);
    if (id == moves_.wildcard || moves_.all[id].sees == state_.now().slot ||
        moves_.all[id].call == Call::kAppend) {
      return true;
    }
  }
  for (GroupId id = 0; id < moves_.open.size(); ++id) {
    const OpenGroup& group = moves_.open[id];
    if ((group.sees == state_.now().slot || group.call == Call::kAppend) &&
        state_.is_available(id)) {
      return true;
    }
  }
  return false;
}

Search::Step Search::try_next(Cursor& cursor) {
  for (; list_.is_begin(cursor.entry); cursor.entry = list_.next(cursor.entry)) {
    ++result_.steps;
    const MoveId id = list_.move(cursor.entry);
    const Move& move = moves_.all[id];
    const auto after = state_after(move, id == moves_.wildcard);
    if (!after) return Step::kGiveUp;
    if (*after == kNoState) continue;
    if (moves_.exact && *after != state_.now().state &&
        !state_.demand().may_give_way(state_.now().slot, move)) {
      continue;
    }
    state_.place(id, Kind::kChoice, *after);
    return Step::kGoOn;
  }
  return moves_.open.empty() ? Step::kDeadEnd : try_open(cursor);
}

Search::Step Search::try_open(Cursor& cursor) {
  list_useful_groups();
  for (; cursor.group < useful_groups_.size(); ++cursor.group) {
    const GroupId id = useful_groups_[cursor.group];
    const OpenGroup& group = moves_.open[id];
    ++result_.steps;
    const auto after = state_after(group, false);
    if (!after) return Step::kGiveUp;
    // One that changes nothing is never worth being used.
    if (*after == kNoState || *after == state_.now().state) continue;
    if (moves_.exact && !state_.demand().may_give_way(state_.now().slot, group)) continue;
    state_.place_open(id, *after);
    return Step::kGoOn;
  }
  return Step::kDeadEnd;
}

void Search::add_makers(SlotId slot) {
  if (slot == kNone || slot == state_.now().slot) return;
  for (const GroupId id : moves_.slots[slot].made_by) {
    if (state_.is_available(id)) useful_groups_.push_back(id);
  }
}

// The groups of which one can be used now; where it is known what they make, only if somebody could
// see that next.
void Search::list_useful_groups() {
  useful_groups_.clear();
  const bool all = !moves_.exact || moves_.wildcard != kNone;
  for (GroupId id = 0; id < moves_.open.size(); ++id) {
    if (!all && moves_.open[id].call != Call::kCas) continue;
    if (!state_.is_available(id)) continue;
    if (all) {
      useful_groups_.push_back(id);
    } else {
      add_makers(moves_.open[id].sees);
    }
  }
  if (all) return;
  for (auto entry = list_.first(); list_.is_begin(entry); entry = list_.next(entry)) {
    add_makers(moves_.all[list_.move(entry)].sees);
  }
  std::sort(useful_groups_.begin(), useful_groups_.end());
  useful_groups_.erase(std::unique(useful_groups_.begin(), useful_groups_.end()),
                       useful_groups_.end());
}

// kNoState: not allowed, or not worth it. Nothing: out of memory for strings.
std::optional<StateId> Search::state_after(const Effect& effect, bool is_wildcard) {
  const StateId held = state_.now().state;
  if (is_wildcard) {
    if (held == kGone) return kNoState;
    if (std::find(seen_.begin(), seen_.end(), held) != seen_.end()) return kNoState;
    return effect.call == Call::kCas ? effect.target : held;
  }
  switch (effect.call) {
    case Call::kRead:
      return effect.value == held ? held : kNoState;
    case Call::kWrite:
      return state_.now().unseen ? kNoState : effect.value;
    case Call::kCas:
      return effect.value == held ? effect.target : kNoState;
    case Call::kAppend:
      if (!moves_.exact) return state_.append(effect.value);
      if (held == kGone || !state_.wildcard_may_see()) return kGone;
      return strings_.append(held, effect.value);
  }
  return kNoState;
}

// Takes back the last decision, and what followed from it; the cursor then is at what comes next in
// its place. False: there is none.
bool Search::take_back(Cursor& cursor) {
  while (!state_.placed_so_far().empty()) {
    const SearchState::Frame frame = state_.pop();
    switch (frame.kind) {
      case Kind::kForced:
        break;
      case Kind::kChoice:
        cursor = {list_.next(list_.begin_of(frame.id))};
        return true;
      case Kind::kOpen: {
        list_useful_groups();
        const auto next = std::upper_bound(useful_groups_.begin(), useful_groups_.end(), frame.id);
        cursor = {list_.end(), static_cast<std::size_t>(next - useful_groups_.begin())};
        return true;
      }
    }
  }
  return false;
}

std::vector<OperationId> Search::order() const {
  std::vector<std::uint32_t> used(moves_.open.size());
  std::vector<OperationId> operations;
  operations.reserve(state_.placed_so_far().size());
  for (const SearchState::Frame& frame : state_.placed_so_far()) {
    operations.push_back(frame.kind == Kind::kOpen
                             ? moves_.open[frame.id].operations[used[frame.id]++]
                             : moves_.all[frame.id].operation);
  }
  return operations;
}

}  // namespace

SearchResult search(const History& history, std::span<const OperationId> operations,
                    const SearchOptions& options) {
  return Search(history, operations, options).run();
}

}  // namespace quorate::sim::linear
