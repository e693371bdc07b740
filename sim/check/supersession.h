// Was this value rightly replaced? Follows every replacement back to somebody who had really seen
// the value, without trusting a context that merely claims to know it.
//
// A write x replaces d when its *effective context* covers d (DESIGN 2.1):
//   * under a token: d is in the token, and whoever the token came from had seen d: it was among
//     the values of the read that gave the token, or it is the very write that was acknowledged
//     with it, or the token also knows a write that rightly replaced d. A token that claims more
//     than its holder saw replaces nothing.
//   * blind put: d lived in the coordinator's row, or that row knew a write that rightly replaced
//     d.
//   * blind delete: the coordinator's row after it, merged from a quorum, covers d.
//   * a write that two coordinators took is two events with one value: who rightly replaced the
//     one, and is younger than the other, replaced that too (decision 0006).
//   * context none: nothing. In last-writer-wins buckets a larger (timestamp, dot) also replaces.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "node/causality/context.h"
#include "node/core/bucket.h"
#include "sim/check/ledger.h"
#include "sim/world/history.h"

namespace quorate::sim {

class Supersession {
 public:
  Supersession(const Ledger& ledger, const History& history, const Buckets& buckets)
      : ledger_(ledger), history_(history), buckets_(buckets) {}

  // The event that rightly replaced `dot`, among those that `known` covers; nothing when there is
  // none.
  std::optional<Dot> replaced_by(const Dot& dot, const Context& known);

  // All events that rightly replaced `dot`, in the order of minting. REQUIRES: the run is over.
  const std::vector<Dot>& replacers_of(const Dot& dot);

  // Had the holder of this operation's token seen `dot`, or what rightly replaced it?
  bool seen_in_token(const Dot& dot, const Operation& operation);

 private:
  bool replaces(const MintedEvent& writer, const Dot& dot);
  bool replaces_uncached(const MintedEvent& writer, const Dot& dot);
  bool replaces_twin(const MintedEvent& writer, const MintedEvent& event);
  bool wins_by_time(const MintedEvent& writer, const Dot& dot) const;

  const Ledger& ledger_;
  const History& history_;
  const Buckets& buckets_;
  std::map<Dot, std::vector<Dot>> replacers_;
  std::map<std::pair<Dot, Dot>, bool> cache_;  // (writer, dot); false while being found out
};

}  // namespace quorate::sim
