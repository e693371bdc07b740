// Counts over all shapes of links: where requests are still served, and where the served ones no
// longer meet.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/topology/topology_run.h"

namespace quorate::sim {

// One quorum of k, over all cases with n copies. A case is a shape, and which nodes hold the key.
struct QuorumCount {
  unsigned k = 0;
  std::uint64_t everywhere = 0;  // served from every node
  std::uint64_t somewhere = 0;   // from some, and not from every
  std::uint64_t nowhere = 0;
};

// One pair of quorums.
struct PairCount {
  unsigned r = 0;
  unsigned w = 0;
  std::uint64_t everywhere = 0;  // every node gets reads and writes
  std::uint64_t somewhere = 0;   // some node gets both, and not every one
  std::uint64_t apart = 0;       // no node gets both, but one gets reads and another writes
  std::uint64_t blind = 0;       // a write is acknowledged at one node, a read is answered at
                                 // another, and no replica is there to tell the one of the other
};

struct TopologySummary {
  unsigned n = 0;
  std::uint64_t cases = 0;
  std::vector<QuorumCount> reads;
  std::vector<QuorumCount> writes;
  std::vector<std::uint64_t> split_brain;  // [w - 1]: two nodes get writes that no replica shares
  std::vector<PairCount> pairs;            // by r, then w
};

// One summary for each n, the largest first. What was served is what the core served; who shares a
// replica with whom is the model's.
std::vector<TopologySummary> summarise(const TopologyRun& run,
                                       const std::vector<TopologyVerdict>& verdicts);

}  // namespace quorate::sim
