// The same seed is the same run in every build: what one build committed, all others must find.
#include <gtest/gtest.h>

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <map>

#include "sim/run/run.h"
#include "sim/swarm/swarm.h"

namespace quorate::sim {
namespace {

constexpr const char* kRenew =
    "If runs are meant to differ now:\n"
    "  build/release/bin/kvsim sweep --seeds 1..50 --hashes > tests/sim/golden_hashes.txt";

std::map<std::uint64_t, std::uint64_t> read_golden() {
  std::map<std::uint64_t, std::uint64_t> golden;
  std::FILE* file = std::fopen(QUORATE_GOLDEN_HASHES, "r");
  if (file == nullptr) return golden;
  std::uint64_t seed = 0;
  std::uint64_t hash = 0;
  while (std::fscanf(file, "%" SCNu64 " %" SCNx64, &seed, &hash) == 2) golden[seed] = hash;
  std::fclose(file);
  return golden;
}

TEST(GoldenHashes, every_build_runs_these_seeds_alike) {
  const std::map<std::uint64_t, std::uint64_t> golden = read_golden();
  ASSERT_GE(golden.size(), 50u) << QUORATE_GOLDEN_HASHES;
  std::size_t differing = 0;
  for (const auto& [seed, hash] : golden) {
    if (run_plan(draw_plan(seed)).trace_hash == hash) continue;
    ++differing;
    ADD_FAILURE() << "seed " << seed << " has another trace hash";
  }
  EXPECT_EQ(differing, 0u) << kRenew;
}

}  // namespace
}  // namespace quorate::sim
