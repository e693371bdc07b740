// Counts who has not seen yet what the register can hold, and who could still make it hold that.
//
// The register must not stop holding a value while somebody who is not placed needs it and nobody
// who is not placed makes it again. Where written values are all different that leaves the search
// next to no choice.
//
// Place:      search.cc, where the moves are exact.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/linear/moves.h"

namespace quorate::sim::linear {

class Demand {
 public:
  explicit Demand(const std::vector<Slot>& slots) {
    counts_.reserve(slots.size());
    for (const Slot& slot : slots) {
      const std::uint32_t must = static_cast<std::uint32_t>(slot.seen_by.size());
      counts_.push_back({must, must + slot.open_seers, slot.makers});
    }
  }

  void place(const Move& move) { count(move, 1, 1); }
  void take_back(const Move& move) { count(move, -1, -1); }
  void place(const OpenGroup& group) { count(group, 0, 1); }
  void take_back(const OpenGroup& group) { count(group, 0, -1); }

  bool anybody_may_see(SlotId slot) const { return slot != kNone && counts_[slot].may_see > 0; }

  // Whether what the register holds may give way to what this one makes.
  bool may_give_way(SlotId held, const Move& to) const { return may_give_way(held, to, 1); }
  bool may_give_way(SlotId held, const OpenGroup& to) const { return may_give_way(held, to, 0); }

 private:
  struct Counts {
    std::uint32_t must_see;  // of operations that ended
    std::uint32_t may_see;
    std::uint32_t makers;
  };

  bool may_give_way(SlotId held, const Effect& to, std::uint32_t own) const {
    if (held == kNone || held == to.makes) return true;
    const std::uint32_t others = counts_[held].must_see - (to.sees == held ? own : 0);
    return others == 0 || counts_[held].makers > 0;
  }

  void count(const Effect& effect, int must, int operations) {
    if (effect.sees != kNone) {
      counts_[effect.sees].must_see -= static_cast<std::uint32_t>(must);
      counts_[effect.sees].may_see -= static_cast<std::uint32_t>(operations);
    }
    if (effect.makes != kNone)
      counts_[effect.makes].makers -= static_cast<std::uint32_t>(operations);
  }

  std::vector<Counts> counts_;  // by slot
};

}  // namespace quorate::sim::linear
