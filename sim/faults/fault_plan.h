// Draws a schedule of faults: episodes of partition, crash, pause and worse, each of which begins
// and ends; partitions in the shapes of shapes.h.
//
// Implements: the swarm of TigerBeetle's simulator: a seed first draws *which* kinds of fault there
//             are, so that some worlds see only one, often.
// Invariants: faults that lose what a disk had synced befall one node only, so that a write
//             acknowledged by two keeps a copy; where acknowledged means handed to the kernel, no
//             power fails: before a fault it is asked whether the promise can still be kept.
#pragma once

#include <vector>

#include "node/base/random.h"
#include "sim/faults/fault.h"

namespace quorate::sim {

struct FaultPlanOptions {
  ClusterOptions cluster;
  std::size_t clients = 0;
  std::vector<Key> keys;
  SimTime begin = 0;
  SimTime end = 0;
  bool may_lose_stores = false;  // every write is acknowledged by two nodes at least
  bool power_may_fail = true;    // else only processes end: acknowledged is not on disk
};

std::vector<Fault> draw_faults(const FaultPlanOptions& options, Random& random);

}  // namespace quorate::sim
