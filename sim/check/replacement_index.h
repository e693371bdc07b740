// The events of one key, so laid out that it is quickly told who replaced whom at first hand, and
// how far a context has come.
//
// An event replaced d *at first hand* when whoever asked for it had seen d itself: read it or
// written it under the token that came with the event; or when d lived in the row of a blind write;
// or, for a blind delete and an event that no client is known to have asked for, when the row
// after it knew d.
// Place:      of Supersession, which follows what was replaced at second hand; and of
//             settled_writes.h.
// Cost:       built in about linear time; a question costs about as much as there are actors.
#pragma once

#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "sim/check/ledger.h"
#include "sim/world/history.h"

namespace quorate::sim {

class ReplacementIndex {
 public:
  static constexpr std::size_t kNever = ~std::size_t{0};

  // `ledger` outlives it and is not written any more.
  ReplacementIndex(const Ledger& ledger, const History& history, const Key& key);

  // Positions are in the order of minting.
  const std::vector<const MintedEvent*>& events() const { return events_; }

  // 0 when it was never minted.
  std::size_t position_of(const Dot& dot) const;

  // Some event that `known` covers replaced `dot` at first hand.
  bool replaced_at_first_hand(const Dot& dot, const Context& known) const;

  // The position of the first event that did; kNever for none.
  std::size_t first_replacer(const Dot& dot) const;

  // The positions of those that read, wrote or held `dot` when they replaced it, in order.
  const std::vector<std::size_t>& direct_replacers(const Dot& dot) const;

  // `known` covers an event with a larger (timestamp, dot).
  bool younger_known(const MintedEvent& event, const Context& known) const;

  // `holds` of any event from this position on that `known` covers.
  template <typename Holds>
  bool any_known_from(std::size_t position, const Context& known, Holds holds) const {
    for (; position < events_.size(); ++position) {
      const MintedEvent& event = *events_[position];
      if (known.contains(event.dot) && holds(event)) return true;
    }
    return false;
  }

 private:
  // Events of one actor, each of which knew all that the one before it knew: who is last among
  // those that a context covers, stands for all of them.
  struct Sweep {
    std::vector<std::size_t> positions;
    std::vector<const Context*> knew;
  };
  struct OfActor {
    std::vector<std::size_t> positions;
    std::vector<std::uint64_t> counters;              // of the same; ascending
    std::vector<std::pair<Timestamp, Dot>> youngest;  // of those up to each
  };

  void add(const Ledger& ledger, const History& history, std::size_t position);
  void add_seen(const Ledger& ledger, const Operation& source, const Context& token,
                std::size_t position);
  // Of a sweep those that `known` covers by its version vector, which are the first ones.
  std::size_t count_known(const Sweep& sweep, const Actor& actor, const Context& known) const;
  void add_sweep(std::size_t position, const Context& knew);

  std::vector<const MintedEvent*> events_;
  std::map<Dot, std::vector<std::size_t>> direct_;
  std::map<Actor, std::vector<Sweep>> sweeps_;
  std::map<Actor, OfActor> actors_;
};

}  // namespace quorate::sim
