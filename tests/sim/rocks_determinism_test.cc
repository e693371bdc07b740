// The same seed is the same run, whether the disks keep their rows in memory or in RocksDB.
#include <gtest/gtest.h>

#include "node/store/scratch_store.h"
#include "sim/run/run.h"
#include "sim/swarm/swarm.h"
#include "sim/world/backed_disk.h"

namespace quorate::sim {
namespace {

std::unique_ptr<MemoryStore> rocks_disk(NodeId node) {
  Result<std::unique_ptr<Store>> store = open_scratch_store(node);
  if (store) return std::make_unique<BackedDisk>(*std::move(store));
  ADD_FAILURE() << store.error().to_string();
  return std::make_unique<MemoryStore>();
}

TEST(Determinism, rocksdb_under_the_disks_changes_nothing) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const RunPlan plan = draw_plan(seed);
    sim::Run in_rocks(plan, {}, rocks_disk);
    EXPECT_EQ(in_rocks.play().trace_hash, run_plan(plan).trace_hash) << "seed " << seed;
  }
}

}  // namespace
}  // namespace quorate::sim
