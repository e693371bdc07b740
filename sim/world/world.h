// What every host of one simulated world shares: the time, the queue of events, the network, the
// trace.
//
// Place:      owned by the cluster; nodes and clients hold a reference.
// Not here:   the hosts, and the loop that makes events happen: cluster.h.
#pragma once

#include <cstdint>
#include <vector>

#include "node/core/bucket.h"
#include "sim/world/event_queue.h"
#include "sim/world/network.h"
#include "sim/world/observer.h"
#include "sim/world/trace_hash.h"

namespace quorate::sim {

struct World {
  World(std::uint64_t world_seed, std::uint16_t nodes)
      : seed(world_seed), network(world_seed, nodes, queue) {}
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  const std::uint64_t seed;
  SimTime now = 0;
  EventQueue queue;
  Network network;
  TraceHash hash;
  Buckets buckets;
  std::vector<WorldObserver*> observers;
};

}  // namespace quorate::sim
