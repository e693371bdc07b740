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
//   * a write that two coordinators took is two events with one value:
//     who rightly replaced the one,
//     and is younger than the other, replaced that too (decision 0006).
//   * a removal of what had expired: what lived in the row before it and not after.
//   * context none: nothing. In last-writer-wins buckets a larger (timestamp, dot) also replaces.
//
// Cost: most values were replaced at first hand, by who had seen them, and are looked up
// (replacement_index.h). Only where nobody who did so is known, the known writes that came later
// are followed back.
#pragma once

#include <map>
#include <utility>

#include "node/causality/context.h"
#include "node/core/bucket.h"
#include "sim/check/ledger.h"
#include "sim/check/replacement_index.h"
#include "sim/world/history.h"

namespace quorate::sim {

class Supersession {
 public:
  Supersession(const Ledger& ledger, const History& history, const Buckets& buckets)
      : ledger_(ledger), history_(history), buckets_(buckets) {}

  // Did an event that `known` covers rightly replace `dot`? A context that does not know `dot`, nor
  // its twin, knows nothing that replaced it: contexts are causally closed (decision 0005), but for
  // what was retired, which is nobody's question any more.
  // REQUIRES: the run is over.
  bool replaced_by(const Dot& dot, const Context& known);

  // Had the holder of this operation's token seen `dot`, or what rightly replaced it?
  bool seen_in_token(const Dot& dot, const Operation& operation);

  // Of all events of a key, who replaced whom at first hand.
  const ReplacementIndex& index_of(const Key& key);

 private:
  bool replaced_itself(const MintedEvent& event, const Context& known);
  bool replaced_through_twin(const MintedEvent& event, const Context& known);
  bool replaces(const MintedEvent& writer, const Dot& dot);
  bool replaces_uncached(const MintedEvent& writer, const Dot& dot);
  bool is_lww(const Key& key) const;

  const Ledger& ledger_;
  const History& history_;
  const Buckets& buckets_;
  std::map<Key, ReplacementIndex> indexes_;
  std::map<std::pair<Dot, Dot>, bool> cache_;  // (writer, dot); false while being found out
};

}  // namespace quorate::sim
