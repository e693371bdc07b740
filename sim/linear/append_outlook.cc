#include "sim/linear/append_outlook.h"

namespace quorate::sim::linear {

AppendOutlook::AppendOutlook(const Moves& moves, const EntryList& list, StringStates& strings)
    : moves_(moves), list_(list), strings_(strings) {
  for (const MoveId move : moves.by_end) {
    if (moves.all[move].call == Call::kRead && move != moves.wildcard) reads_.push_back(move);
  }
}

bool AppendOutlook::begins(StateId value, StateId state, std::string_view piece) const {
  if (state == kGone) return false;
  const std::string_view text = strings_.text(value);
  const std::string_view held = strings_.text(state);
  return text.size() >= held.size() + piece.size() && text.substr(0, held.size()) == held &&
         text.substr(held.size(), piece.size()) == piece;
}

bool AppendOutlook::can_replace(const View& view,
                                const std::vector<std::uint32_t>& open_used) const {
  const Move& read = moves_.all[reads_[view.next]];
  const std::string_view wanted = strings_.text(read.value);
  const auto fits = [&](StateId written) {
    const std::string_view text = strings_.text(written);
    return wanted.substr(0, text.size()) == text;
  };
  const EntryList::Entry end = list_.end_of(reads_[view.next]);
  for (EntryList::Entry entry = list_.first(); entry != end; entry = list_.next(entry)) {
    if (!list_.is_begin(entry)) continue;
    const Move& move = moves_.all[list_.move(entry)];
    if (move.call == Call::kWrite && fits(move.value)) return true;
  }
  for (GroupId id = 0; id < moves_.open.size(); ++id) {
    const OpenGroup& group = moves_.open[id];
    if (group.call == Call::kWrite && open_used[id] < group.invoked.size() &&
        group.invoked[open_used[id]] < read.completed && fits(group.value)) {
      return true;
    }
  }
  return false;
}

// Only what began before the next read ended can still see the state: the write that replaces it
// comes before that read.
std::optional<StateId> AppendOutlook::observed(const View& view, StateId state,
                                               std::string_view piece) const {
  const EntryList::Entry end = list_.end_of(reads_[view.next]);
  for (EntryList::Entry entry = list_.first(); entry != end; entry = list_.next(entry)) {
    if (!list_.is_begin(entry)) continue;
    const Move& move = moves_.all[list_.move(entry)];
    if (move.call == Call::kRead && list_.move(entry) != moves_.wildcard &&
        begins(move.value, state, piece)) {
      return move.value;
    }
  }
  return std::nullopt;
}

bool AppendOutlook::look(View& view, StateId& state, const std::vector<bool>& placed,
                         const std::vector<std::uint32_t>& open_used) const {
  while (anybody_reads(view) && placed[reads_[view.next]]) ++view.next;
  if (!anybody_reads(view)) {
    if (!wildcard_may_see(placed)) state = kGone;
    return true;
  }
  view.on_track = begins(moves_.all[reads_[view.next]].value, state, "");
  view.replaceable = can_replace(view, open_used);
  if (view.on_track) return true;
  if (!view.replaceable) return false;
  if (!wildcard_may_see(placed) && !observed(view, state, "")) state = kGone;
  return true;
}

std::optional<StateId> AppendOutlook::append(const View& view, StateId state, ValueId piece,
                                             const std::vector<bool>& placed) const {
  if (state == kGone) return kGone;
  const std::string_view text = strings_.text(piece);
  const std::size_t size = strings_.text(state).size() + text.size();
  if (anybody_reads(view)) {
    const StateId next = moves_.all[reads_[view.next]].value;
    if (view.on_track && begins(next, state, text)) return strings_.prefix(next, size);
    if (!view.replaceable) return kNoState;
    if (const auto value = observed(view, state, text)) return strings_.prefix(*value, size);
  }
  if (wildcard_may_see(placed)) return strings_.append(state, piece);
  return kGone;
}

}  // namespace quorate::sim::linear
