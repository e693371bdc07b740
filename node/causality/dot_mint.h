// Issues this run's dots: no actor ever issues a dot twice, or counts on from what it has
// forgotten.
//
// Place:      the core owns one for its run; the only code that makes a Dot from a counter.
// Implements: DESIGN 2.2, after Riak's vnode epochs (the kv679 family of bugs).
// Invariants: (1) epochs of a run are handed out once; (2) a counter continues only from a mark of
//             this run that knows at least as much of this actor as the record and the incoming
//             context do, and that was not invalidated since. Shown in
//             tests/node/causality/dot_mint_test.cc and by the kv679 scenarios.
#pragma once

#include <cstdint>

#include "node/causality/context.h"
#include "node/causality/dot.h"
#include "node/causality/row.h"

namespace quorate {

class DotMint {
 public:
  explicit DotMint(RunId run) : run_(run) {}

  // The next dot for the key of `row`, given what the write brings along. `row` may be null: no
  // row. The caller stores the dot as the row's new mark in the same batch as the record.
  Dot mint(const Row* row, const Context& incoming);

  // Marks written so far say nothing any more: a batch that held one may not have been stored, so a
  // counter may be out in the world that no mark knows. Every key takes a new epoch at its next
  // write.
  void invalidate_marks() { first_valid_epoch_ = next_epoch_; }

  RunId run() const { return run_; }

 private:
  RunId run_;
  std::uint32_t next_epoch_ = 1;
  std::uint32_t first_valid_epoch_ = 1;
};

}  // namespace quorate
