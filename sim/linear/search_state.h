// A configuration of the search: which operations are placed, and what the register then holds.
// Only this file changes it: an operation is placed, and the last one that was is taken back.
//
// Place:      search.cc decides what to place.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/linear/append_outlook.h"
#include "sim/linear/configurations.h"
#include "sim/linear/demand.h"
#include "sim/linear/entry_list.h"
#include "sim/linear/moves.h"

namespace quorate::sim::linear {

class SearchState {
 public:
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
    Time first_end = kBeforeAll;  // of what is not placed, when it was last looked for
    AppendOutlook::View view;     // where moves are not exact
    bool unseen = false;  // an open operation is placed last, and nobody has seen its effect
  };

  struct Frame {
    Configuration before;
    std::uint32_t id = 0;  // a MoveId or, kOpen, a GroupId
    Kind kind = Kind::kChoice;
  };

  // `moves` and `strings` must outlive it.
  SearchState(const Moves& moves, StateId initial, StringStates& strings);

  void place(MoveId id, Kind kind, StateId after);
  void place_open(GroupId id, StateId after);
  // REQUIRES: something is placed.
  Frame pop();

  const Configuration& now() const { return now_; }
  const EntryList& list() const { return list_; }
  const Demand& demand() const { return demand_; }
  const std::vector<Frame>& placed_so_far() const { return frames_; }
  bool is_placed(MoveId id) const { return placed_[id]; }

  // Whether one of the group is left that began before the first end.
  bool is_available(GroupId group) const {
    const std::vector<Time>& invoked = moves_.open[group].invoked;
    return open_used_[group] < invoked.size() && invoked[open_used_[group]] < now_.first_end;
  }
  // Whether the wildcard may see the state at hand, or what is placed on it.
  bool wildcard_may_see() const {
    return moves_.wildcard != kNone && !placed_[moves_.wildcard] &&
           now_.first_end > wildcard_horizon_;
  }
  // What ended before this was overwritten before the wildcard began.
  Time wildcard_horizon() const { return wildcard_horizon_; }

  // Finds the first end, and notes what is missing below the limit.
  void look_at_list();
  // True: nobody will see the state, and now it is forgotten. REQUIRES: the moves are exact.
  bool forget_state();
  // Where moves are not exact. False: there is no way on from here.
  bool look_ahead();
  std::optional<StateId> append(ValueId piece) const {
    return outlook_.append(now_.view, now_.state, piece, placed_);
  }

  // The words that tell this configuration from all others. After look_at_list().
  void describe(std::vector<std::uint64_t>& row) const;

 private:
  const Moves& moves_;
  EntryList list_;
  Demand demand_;
  AppendOutlook outlook_;
  OpenSets open_sets_;
  Time wildcard_horizon_ = kBeforeAll;

  Configuration now_;
  std::vector<bool> placed_;
  std::vector<std::uint32_t> open_used_;
  std::vector<Frame> frames_;
  std::vector<MoveId> missing_;  // below the limit
};

}  // namespace quorate::sim::linear
