// Which of many writes of one key may an answer have missed?
//
// Nearly all answers know nearly all that happened long before. So for each write is kept which
// event replaced it first; and of an answer, up to which event it knows everything. Writes that
// were replaced before that are settled: the answer reflects them, and nobody needs to look at
// each. What is not settled is doubtful, and reflection.h decides.
//
// Place:      freshness, fresh quorum reads and the session guarantees, which compare every answer
//             with every write before it.
// Invariants: leaves out only what reflects() (tests/sim/check/supersession_test.cc).
#pragma once

#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "sim/check/property.h"
#include "sim/linear/max_tree.h"

namespace quorate::sim {

class SettledWrites {
 public:
  // `writes`: one event of each. The evidence outlives it.
  SettledWrites(const Evidence& evidence, const Key& key, const std::vector<Dot>& writes);

  // Of the first `count` writes those that the read may not reflect, in their order.
  std::vector<std::size_t> doubtful(const Operation& read, std::size_t count) const;

 private:
  // All events before this position that live on in the end are known.
  std::size_t known_up_to(const Context& known) const;

  // Of the events that are known in the end, by actor: the counter, ascending, and the first
  // position from there on.
  std::map<Actor, std::vector<std::pair<std::uint64_t, std::size_t>>> lasting_;
  // By write: the position, from 1, of the first lasting event that replaced it.
  linear::MaxTree replaced_;
};

}  // namespace quorate::sim
