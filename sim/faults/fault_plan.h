// Draws a schedule of faults: episodes of partition, crash, pause and worse, each of which begins
// and ends.
//
// Implements: the swarm of TigerBeetle's simulator: a seed first draws *which* kinds of fault there
//             are, so that some worlds see only one, often.
// Invariants: faults that lose what a disk had synced befall one node only, so that a write
//             acknowledged by two keeps a copy: before a fault it is asked whether the promise can
//             still be kept.
#pragma once

#include <vector>

#include "node/base/random.h"
#include "sim/faults/fault.h"

namespace quorate::sim {

struct FaultPlanOptions {
  std::uint16_t nodes = 3;
  std::size_t clients = 0;
  std::vector<Key> keys;
  SimTime begin = 0;
  SimTime end = 0;
  bool may_lose_stores = false;  // every write is acknowledged by two nodes at least
};

std::vector<Fault> draw_faults(const FaultPlanOptions& options, Random& random);

}  // namespace quorate::sim
