#include "sim/linear/search.h"

#include <algorithm>
#include <optional>

#include "node/base/check.h"
#include "sim/linear/append_outlook.h"
#include "sim/linear/configurations.h"
#include "sim/linear/demand.h"
#include "sim/linear/entry_list.h"
#include "sim/linear/moves.h"
#include "sim/linear/string_states.h"

namespace quorate::sim::linear {
namespace {

constexpr std::size_t kStringBytesMax = 64 << 20;  // only what a wildcard may see is ever built

class Search {
 public:
  Search(const History& history, std::span<const OperationId> operations,
         const SearchOptions& options);

  SearchResult run();

 private:
  enum class Step { kGoOn, kDeadEnd, kAllPlaced, kGiveUp };
  enum class Kind : std::uint8_t {
    kChoice,  // of a move, among others
    kForced,  // of a move that changes nothing
    kOpen,    // of an open operation
  };

  // What placing an operation changes, beside the list and the counts.
  struct Configuration {
    StateId state = kNilValue;
    SlotId slot = kNone;  // of the state, if it has one
    MoveId limit = 0;     // one past the last move that is placed
    OpenSets::SetId open_set = OpenSets::kEmpty;
    StateId wildcard_saw = kNoState;
    Time first_end = kBeforeAll;  // of what is not placed
    AppendOutlook::View view;     // where moves are not exact
    bool unseen = false;  // an open operation is placed last, and nobody has seen its effect
  };
  struct Frame {
    Configuration before;
    std::uint32_t id = 0;  // a MoveId or, kOpen, a GroupId
    Kind kind = Kind::kChoice;
  };
  // What to try next: the moves in the list from here on, then the groups that are of use.
  struct Cursor {
    EntryList::Entry entry;
    std::size_t group = 0;
  };

  Step settle();
  void place_forced();
  void look_at_list();
  bool changes_nothing(MoveId id) const;
  bool wildcard_may_see() const;
  bool forget_state();
  bool is_dead_end(MoveId next) const;
  bool is_made(SlotId slot, MoveId next) const;
  bool is_seen() const;
  void note_stuck();
  Step try_next(Cursor& cursor);
  Step try_open(Cursor& cursor);
  void list_useful_groups();
  std::optional<StateId> state_after(const Effect& effect, bool is_wildcard);
  bool is_available(GroupId group) const {
    return open_used_[group] < moves_.open[group].invoked.size() &&
           moves_.open[group].invoked[open_used_[group]] < at_.first_end;
  }
  void place(MoveId move, Kind kind, StateId after);
  void place_open(GroupId group, StateId after);

  Frame pop();
  bool take_back(Cursor& cursor);
  void note_seen();
  bool is_new();
  std::vector<OperationId> order() const;

  const SearchOptions options_;
  StringStates strings_;
  const Moves moves_;
  EntryList list_;
  Demand demand_;
  AppendOutlook outlook_;
  // What ended before this was overwritten before the wildcard began.
  Time wildcard_horizon_ = kBeforeAll;

  Configuration at_;
  std::vector<bool> placed_;
  std::vector<std::uint32_t> open_used_;
  std::vector<Frame> frames_;
  OpenSets open_sets_;
  Configurations been_;
  std::vector<StateId> seen_;  // by the wildcard, with an order for the rest
  SearchResult result_;

  // Of the configuration at hand; kept for their memory.
  std::vector<std::uint64_t> row_;
  std::vector<MoveId> missing_;
  std::vector<GroupId> useful_groups_;
};

Search::Search(const History& history, std::span<const OperationId> operations,
               const SearchOptions& options)
    : options_(options),
      strings_(history.values, kStringBytesMax),
      moves_(
          make_moves(history, operations,
                     {.until = options.until, .wildcard = options.wildcard, .keep_unwanted = false},
                     strings_)),
      list_(moves_),
      demand_(moves_.slots),
      outlook_(moves_, list_, strings_),
      placed_(moves_.all.size()),
      open_used_(moves_.open.size()) {
  at_.state = history.initial;
  at_.slot = moves_.initial;
  if (moves_.wildcard == kNone) return;
  for (const Move& move : moves_.all) {
    if (move.makes != kNone && move.completed < moves_.all[moves_.wildcard].invoked) {
      wildcard_horizon_ = std::max(wildcard_horizon_, move.invoked);
    }
  }
}

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
  seen_.push_back(at_.wildcard_saw);
  result_.seen.push_back(strings_.to_edn(at_.wildcard_saw));
  while (frames_.back().kind == Kind::kOpen || frames_.back().id != moves_.wildcard) pop();
}

// Whether it may see the state at hand, or what is placed on it.
bool Search::wildcard_may_see() const {
  return moves_.wildcard != kNone && !placed_[moves_.wildcard] && at_.first_end > wildcard_horizon_;
}

// Whether placing it now, where it may be placed, is no decision.
bool Search::changes_nothing(MoveId id) const {
  const Move& move = moves_.all[id];
  switch (move.call) {
    case Call::kRead:
      return move.value == at_.state && id != moves_.wildcard;
    case Call::kCas:
      return move.value == at_.state && move.target == at_.state && id != moves_.wildcard;
    case Call::kAppend:
      if (strings_.text(move.value).empty()) return true;
      break;
    case Call::kWrite:
      break;
  }
  // Nobody sees what there is, nor what it makes of it.
  if (!moves_.exact || at_.state != kGone || demand_.anybody_may_see(move.makes)) return false;
  return moves_.wildcard == kNone || placed_[moves_.wildcard] || move.completed < wildcard_horizon_;
}

void Search::place_forced() {
  EntryList::Entry entry = list_.first();
  while (list_.is_begin(entry)) {
    const MoveId id = list_.move(entry);
    entry = list_.next(entry);
    if (!changes_nothing(id)) continue;
    // The entry after it may be its own end.
    if (entry == list_.end_of(id)) entry = list_.next(entry);
    place(id, Kind::kForced, at_.state);
    ++result_.steps;
  }
}

void Search::look_at_list() {
  missing_.clear();
  EntryList::Entry entry = list_.first();
  for (; list_.is_begin(entry); entry = list_.next(entry)) {
    if (list_.move(entry) < at_.limit) missing_.push_back(list_.move(entry));
  }
  at_.first_end = list_.empty() ? kNever : moves_.all[list_.move(entry)].completed;
}

// True: nobody will see the state, and now it is forgotten.
bool Search::forget_state() {
  if (!moves_.exact || at_.state == kGone || demand_.anybody_may_see(at_.slot)) return false;
  if (moves_.wildcard != kNone && wildcard_may_see()) return false;
  at_.state = kGone;
  at_.slot = kNone;
  return true;
}

// Brings a configuration into the form in which it is remembered, and judges its prospects.
Search::Step Search::settle() {
  if (result_.steps >= options_.steps_max) return Step::kGiveUp;
  place_forced();
  look_at_list();
  if (forget_state()) {
    place_forced();
    look_at_list();
  }
  if (list_.empty()) return Step::kAllPlaced;
  if (at_.first_end > result_.reached) {
    result_.reached = at_.first_end;
    note_stuck();
  }
  if (!moves_.exact) {
    if (!outlook_.look(at_.view, at_.state, placed_, open_used_)) return Step::kDeadEnd;
  } else {
    EntryList::Entry entry = list_.first();
    while (list_.is_begin(entry)) entry = list_.next(entry);
    if (is_dead_end(list_.move(entry))) return Step::kDeadEnd;
  }
  return is_new() ? Step::kGoOn : Step::kDeadEnd;
}

// Should the search get no further, it was because of whoever still needs this state.
void Search::note_stuck() {
  result_.waited_for = kNever;
  if (at_.slot == kNone) return;
  for (const MoveId id : moves_.slots[at_.slot].seen_by) {
    if (placed_[id]) continue;
    result_.waited_for = moves_.all[id].completed;
    return;
  }
}

bool Search::is_dead_end(MoveId next) const {
  const Move& move = moves_.all[next];
  if (move.sees != kNone && move.sees != at_.slot && !is_made(move.sees, next)) return true;
  return at_.unseen && !is_seen();
}

// Whether something that could be placed before the next end makes that value.
bool Search::is_made(SlotId slot, MoveId next) const {
  for (auto entry = list_.first(); list_.is_begin(entry); entry = list_.next(entry)) {
    const MoveId id = list_.move(entry);
    if (id != next && moves_.all[id].makes == slot) return true;
  }
  const std::vector<GroupId>& groups = moves_.slots[slot].made_by;
  return std::any_of(groups.begin(), groups.end(), [&](GroupId id) { return is_available(id); });
}

// Whether something that could be placed next sees the state. Reads of it are placed already.
bool Search::is_seen() const {
  for (auto entry = list_.first(); list_.is_begin(entry); entry = list_.next(entry)) {
    const MoveId id = list_.move(entry);
    if (id == moves_.wildcard || moves_.all[id].sees == at_.slot ||
        moves_.all[id].call == Call::kAppend) {
      return true;
    }
  }
  for (GroupId id = 0; id < moves_.open.size(); ++id) {
    const OpenGroup& group = moves_.open[id];
    if ((group.sees == at_.slot || group.call == Call::kAppend) && is_available(id)) return true;
  }
  return false;
}

bool Search::is_new() {
  row_.clear();
  row_.push_back(at_.state | std::uint64_t{at_.open_set} << 32);
  if (moves_.wildcard != kNone) row_.push_back(at_.wildcard_saw);
  append_moves(at_.limit, missing_, row_);
  return been_.insert(row_);
}

Search::Step Search::try_next(Cursor& cursor) {
  for (; list_.is_begin(cursor.entry); cursor.entry = list_.next(cursor.entry)) {
    ++result_.steps;
    const MoveId id = list_.move(cursor.entry);
    const Move& move = moves_.all[id];
    const auto after = state_after(move, id == moves_.wildcard);
    if (!after) return Step::kGiveUp;
    if (*after == kNoState) continue;
    if (moves_.exact && *after != at_.state && !demand_.may_give_way(at_.slot, move)) continue;
    place(id, Kind::kChoice, *after);
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
    if (*after == kNoState || *after == at_.state) continue;
    if (moves_.exact && !demand_.may_give_way(at_.slot, group)) continue;
    place_open(id, *after);
    return Step::kGoOn;
  }
  return Step::kDeadEnd;
}

// The groups of which one can be used now; where it is known what they make, only if somebody could
// see that next.
void Search::list_useful_groups() {
  useful_groups_.clear();
  if (!moves_.exact || moves_.wildcard != kNone) {
    for (GroupId id = 0; id < moves_.open.size(); ++id) {
      if (is_available(id)) useful_groups_.push_back(id);
    }
    return;
  }
  const auto add_makers = [&](SlotId slot) {
    if (slot == kNone || slot == at_.slot) return;
    for (const GroupId id : moves_.slots[slot].made_by) {
      if (is_available(id)) useful_groups_.push_back(id);
    }
  };
  for (auto entry = list_.first(); list_.is_begin(entry); entry = list_.next(entry)) {
    add_makers(moves_.all[list_.move(entry)].sees);
  }
  for (GroupId id = 0; id < moves_.open.size(); ++id) {
    if (moves_.open[id].call == Call::kCas && is_available(id)) add_makers(moves_.open[id].sees);
  }
  std::sort(useful_groups_.begin(), useful_groups_.end());
  useful_groups_.erase(std::unique(useful_groups_.begin(), useful_groups_.end()),
                       useful_groups_.end());
}

// kNoState: not allowed, or not worth it. Nothing: out of memory for strings.
std::optional<StateId> Search::state_after(const Effect& effect, bool is_wildcard) {
  if (is_wildcard) {
    if (at_.state == kGone) return kNoState;
    if (std::find(seen_.begin(), seen_.end(), at_.state) != seen_.end()) return kNoState;
    return effect.call == Call::kCas ? effect.target : at_.state;
  }
  switch (effect.call) {
    case Call::kRead:
      return effect.value == at_.state ? at_.state : kNoState;
    case Call::kWrite:
      return at_.unseen ? kNoState : effect.value;
    case Call::kCas:
      return effect.value == at_.state ? effect.target : kNoState;
    case Call::kAppend:
      if (!moves_.exact) return outlook_.append(at_.view, at_.state, effect.value, placed_);
      if (at_.state == kGone || !wildcard_may_see()) return kGone;
      return strings_.append(at_.state, effect.value);
  }
  return kNoState;
}

void Search::place(MoveId id, Kind kind, StateId after) {
  const Move& move = moves_.all[id];
  frames_.push_back({.before = at_, .id = id, .kind = kind});
  list_.lift(id);
  placed_[id] = true;
  if (moves_.exact) demand_.place(move);
  at_.limit = std::max(at_.limit, id + 1);
  if (id == moves_.wildcard) at_.wildcard_saw = at_.state;
  if (after != at_.state) {
    at_.state = after;
    at_.slot = move.makes;
  }
  at_.unseen = false;
}

void Search::place_open(GroupId id, StateId after) {
  frames_.push_back({.before = at_, .id = id, .kind = Kind::kOpen});
  ++open_used_[id];
  if (moves_.exact) demand_.place(moves_.open[id]);
  at_.open_set = open_sets_.with(at_.open_set, id);
  at_.state = after;
  at_.slot = moves_.open[id].makes;
  at_.unseen = true;
}

Search::Frame Search::pop() {
  QUORATE_CHECK(!frames_.empty());
  const Frame frame = frames_.back();
  frames_.pop_back();
  at_ = frame.before;
  if (frame.kind == Kind::kOpen) {
    --open_used_[frame.id];
    if (moves_.exact) demand_.take_back(moves_.open[frame.id]);
  } else {
    list_.put_back(frame.id);
    placed_[frame.id] = false;
    if (moves_.exact) demand_.take_back(moves_.all[frame.id]);
  }
  return frame;
}

// Takes back the last decision, and what followed from it; the cursor then is at what comes next in
// its place. False: there is none.
bool Search::take_back(Cursor& cursor) {
  while (!frames_.empty()) {
    const Frame frame = pop();
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
  operations.reserve(frames_.size());
  for (const Frame& frame : frames_) {
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
