// What the reads that are still to come say about a string that appends build: every state on the
// way to a read must be a beginning of what it read, unless something replaces the string before.
//
// Without this a wrong order of appends shows only at the next read, after the search has tried the
// orders of all that is in flight by then.
//
// Place:      search.cc asks it in each configuration of a key whose appends leave a choice (the
//             others are none any more: append_chains.h).
// Invariants: a state whose bytes no read can see any more is kGone.
#pragma once

#include <optional>
#include <vector>

#include "sim/linear/entry_list.h"
#include "sim/linear/string_states.h"

namespace quorate::sim::linear {

class AppendOutlook {
 public:
  // As the configuration stands.
  struct View {
    std::uint32_t next = 0;    // the read that ends first among those not placed; an index by end
    bool on_track = false;     // the state is a beginning of what it read
    bool replaceable = false;  // a write that is not placed could begin what it read
  };

  AppendOutlook(const Moves& moves, const EntryList& list, StringStates& strings);

  // Looks again, from the view of an earlier configuration on. `state` becomes kGone where nobody
  // can see it. False: there is no way to the next read from here.
  bool look(View& view, StateId& state, const std::vector<bool>& placed,
            const std::vector<std::uint32_t>& open_used) const;

  // The state after an append; kNoState: there is no way to the next read from there. Nothing: the
  // strings take too many bytes.
  std::optional<StateId> append(const View& view, StateId state, ValueId piece,
                                const std::vector<bool>& placed) const;

 private:
  bool anybody_reads(const View& view) const { return view.next < reads_.size(); }
  bool wildcard_may_see(const std::vector<bool>& placed) const {
    return moves_.wildcard != kNone && !placed[moves_.wildcard];
  }
  bool can_replace(const View& view, const std::vector<std::uint32_t>& open_used) const;
  // A value read before the next read's end that begins with the state and the piece.
  std::optional<StateId> observed(const View& view, StateId state, std::string_view piece) const;
  bool begins(StateId value, StateId state, std::string_view piece) const;

  const Moves& moves_;
  const EntryList& list_;
  StringStates& strings_;
  std::vector<MoveId> reads_;  // by their ends, without the wildcard
};

}  // namespace quorate::sim::linear
