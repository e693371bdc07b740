// What time of day most members have: this node's wall clock, set right where it is far from
// theirs.
//
// One node whose clock is wrong must not decide for others: its timestamps would run ahead of all
// that comes after them, and its idea of how old a retry is would have a write applied twice.
//
// Place:      in NodeState; Lineage feeds it what pongs tell, every part that asks for the time of
//             day gets it through NodeState::wall_now_ms().
// Implements: papers/decisions/0007-whose-time-counts.md.
// Limits:     CoreOptions::clock_skew_max_ms: a clock within it is left as it is; with 0 (off) any
//             clock is.
// Not here:   last-writer-wins buckets, which a node with a wrong clock does not write (writes.cc).
#pragma once

#include <cstdint>
#include <map>

#include "node/causality/dot.h"

namespace quorate {

class PeerClocks {
 public:
  explicit PeerClocks(std::int64_t skew_max_ms) : skew_max_ms_(skew_max_ms) {}

  // The peer's wall clock minus ours.
  void heard(NodeId peer, std::int64_t offset_ms);
  // False when it was never heard.
  bool offset_ms(NodeId peer, std::int64_t* offset_ms) const;

  // The median of the known offsets and our own zero: how far we are from the others. Of two in the
  // middle the one nearer to ours, so that one strange peer alone changes nothing; 0 with none
  // known.
  std::int64_t median_offset_ms() const { return median_offset_ms_; }

  // Is our clock further from the others' than it may be?
  bool skewed() const;

  // What to add to our wall clock.
  std::int64_t correction_ms() const { return skewed() ? median_offset_ms() : 0; }

 private:
  const std::int64_t skew_max_ms_;
  std::map<NodeId, std::int64_t> offset_ms_;
  std::int64_t median_offset_ms_ = 0;  // asked for with every write
};

}  // namespace quorate
