// What each configuration of N, R and W gives up under each kind of partition: a cell is the sum of
// several runs of one configuration under one partition.
//
// Place:      kvsim matrix; the qualitative facts are asserted in tests/sim/matrix/matrix_test.cc.
// Implements: Gilbert and Lynch 2002, seen: under a cut a configuration answers everywhere or
//             answers freshly, never both.
// The runs:   clients at every node put and get a few keys with the same primaries, all the time;
//             they name no session, so a read promises what its quorum promises and nothing else.
//             Only what began while the partition stood is counted; then they go on reading, so
//             that read repair can make the replicas equal. All configurations of one seed are
//             asked the same at the same times.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/check/property.h"
#include "sim/matrix/partition.h"
#include "sim/run/plan.h"

namespace quorate::sim {

// Enough that no key collects many versions: what judges a run is slow with long chains of them.
inline constexpr std::size_t kMatrixKeys = 10;

struct MatrixOptions {
  std::uint16_t nodes = 5;
  std::uint32_t n = 3;
  std::uint64_t seeds = 3;  // runs of each cell: the seeds 1, 2, ...
  bool sloppy = true;       // also sloppy quorums, where there are fallbacks
};

struct Configuration {
  std::uint32_t n = 0;
  std::uint32_t r = 0;
  std::uint32_t w = 0;
  bool sloppy = false;

  // Of sloppy quorums all may be fallbacks, which no later reader need ask.
  bool overlapping() const { return !sloppy && r + w > n; }
};

// 1, a majority and n, for r and for w; strict, and then sloppy.
std::vector<Configuration> configurations(const MatrixOptions& options);

// How many of so many.
struct Share {
  std::uint64_t count = 0;
  std::uint64_t of = 0;

  void add(const Share& other) {
    count += other.count;
    of += other.of;
  }
  bool none() const { return count == 0; }
  bool all() const { return count == of; }
};

// What the clients at one group of nodes were told while the partition stood.
struct GroupCell {
  Share reads;           // answered
  Share writes;          // acknowledged
  Share stale;           // of the reads answered: missed a write acknowledged before it began
  Share unknown_writes;  // neither acknowledged nor surely without effect
};

struct MatrixCell {
  Configuration configuration;
  std::vector<GroupCell> groups;      // as the partition's
  std::uint64_t versions_behind = 0;  // over all stale reads: acknowledged writes missed
  std::uint64_t versions_behind_max = 0;
  SimTime behind_max = 0;           // how long before the read the first of them was acknowledged
  Share keys_in_conflict;           // with siblings when all was over
  SimTime converged_max = 0;        // from healing to equal replicas, of the runs that did
  std::uint64_t not_converged = 0;  // runs that did not
  std::uint64_t acknowledged = 0;
  std::uint64_t lost = 0;               // acknowledged, gone, and nobody had replaced them
  std::vector<std::string> violations;  // "seed 2: replicas converge"

  GroupCell together() const;
};

struct MatrixBlock {
  Partition partition = Partition::kNone;
  std::string title;
  std::vector<Group> groups;
  std::vector<MatrixCell> cells;
};

// When the partition stands.
Window matrix_window();

// The plan of one run: the cell's configuration and partition, under this seed.
RunPlan plan_cell(const MatrixOptions& options, const Configuration& configuration,
                  Partition partition, std::uint64_t seed);

// `go_on` is asked after every run: when it says no, the block ends with the cells that it has.
// REQUIRES: 2 <= n <= nodes, is_possible(partition, n).
MatrixBlock run_block(const MatrixOptions& options, Partition partition,
                      const std::function<bool()>& go_on = nullptr);

}  // namespace quorate::sim
