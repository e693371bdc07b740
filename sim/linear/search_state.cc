#include "sim/linear/search_state.h"

#include <algorithm>

#include "node/base/check.h"

namespace quorate::sim::linear {

SearchState::SearchState(const Moves& moves, StateId initial, StringStates& strings)
    : moves_(moves),
      list_(moves),
      demand_(moves.slots),
      outlook_(moves, list_, strings),
      placed_(moves.all.size()),
      open_used_(moves.open.size()) {
  now_.state = initial;
  now_.slot = moves.initial;
  if (moves.wildcard == kNone) return;
  for (const Move& move : moves.all) {
    if (move.makes != kNone && move.completed < moves.all[moves.wildcard].invoked) {
      wildcard_horizon_ = std::max(wildcard_horizon_, move.invoked);
    }
  }
}

void SearchState::place(MoveId id, Kind kind, StateId after) {
  const Move& move = moves_.all[id];
  frames_.push_back({.before = now_, .id = id, .kind = kind});
  list_.lift(id);
  placed_[id] = true;
  if (moves_.exact) demand_.place(move);
  now_.limit = std::max(now_.limit, id + 1);
  if (id == moves_.wildcard) now_.wildcard_saw = now_.state;
  if (after != now_.state) {
    now_.state = after;
    now_.slot = move.makes;
  }
  now_.unseen = false;
}

void SearchState::place_open(GroupId id, StateId after) {
  frames_.push_back({.before = now_, .id = id, .kind = Kind::kOpen});
  ++open_used_[id];
  if (moves_.exact) demand_.place(moves_.open[id]);
  now_.open_set = open_sets_.with(now_.open_set, id);
  now_.state = after;
  now_.slot = moves_.open[id].makes;
  now_.unseen = true;
}

SearchState::Frame SearchState::pop() {
  QUORATE_CHECK(!frames_.empty());
  const Frame frame = frames_.back();
  frames_.pop_back();
  now_ = frame.before;
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

void SearchState::look_at_list() {
  missing_.clear();
  EntryList::Entry entry = list_.first();
  for (; list_.is_begin(entry); entry = list_.next(entry)) {
    if (list_.move(entry) < now_.limit) missing_.push_back(list_.move(entry));
  }
  now_.first_end = list_.empty() ? kNever : moves_.all[list_.move(entry)].completed;
}

bool SearchState::forget_state() {
  if (now_.state == kGone || demand_.anybody_may_see(now_.slot) || wildcard_may_see()) return false;
  now_.state = kGone;
  now_.slot = kNone;
  return true;
}

bool SearchState::look_ahead() { return outlook_.look(now_.view, now_.state, placed_, open_used_); }

void SearchState::describe(std::vector<std::uint64_t>& row) const {
  row.clear();
  row.push_back(now_.state | std::uint64_t{now_.open_set} << 32);
  if (moves_.wildcard != kNone) row.push_back(now_.wildcard_saw);
  append_moves(now_.limit, missing_, row);
}

}  // namespace quorate::sim::linear
