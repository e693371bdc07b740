// The kinds of trouble that the matrix holds configurations against, each told apart by who stands
// where.
//
// Place:      matrix_plan.h makes a run of one; kvsim matrix prints a block for each.
// Implements: sim/faults/shapes.h, for the primaries of one set of keys: all keys of a matrix run
//             have the same primaries, so that "the majority" is one for all of them.
// Invariants: every node is in one group, and in one only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/faults/shapes.h"

namespace quorate::sim {

enum class Partition : std::uint8_t {
  kNone,
  kMajorityMinority,
  kEvenSplit,
  kShattered,
  kOneWay,
  kBridge,
  kMajoritiesRing,
  kIsolatedCoordinator,
  kFlapping,
  kCrash,
  kSlowNode,
};
inline constexpr std::size_t kPartitionCount = static_cast<std::size_t>(Partition::kSlowNode) + 1;

// As the command line names it: "majority-minority".
const char* partition_name(Partition partition);

// Whose nodes are equal in what they can reach.
struct Group {
  std::string name;  // "majority"
  Hosts nodes;
};

struct PartitionPlan {
  std::string title;  // what happens, for a heading: "nodes 1 2 4 | 3 5 cannot hear each other"
  std::vector<Group> groups;
  std::vector<Fault> faults;
};

// `primaries` in the order of preference, `others` the nodes that hold no copy: they are spread
// over the groups. REQUIRES: at least two primaries, and for kEvenSplit an even number of them.
PartitionPlan plan_partition(Partition partition, const Hosts& primaries, const Hosts& others,
                             Window window);

// Is there such a partition of n primaries?
bool is_possible(Partition partition, std::size_t primaries);

}  // namespace quorate::sim
