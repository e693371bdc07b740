// The theory, as the matrix must show it.
#include "sim/matrix/matrix.h"

#include <gtest/gtest.h>

#include "sim/matrix/reading.h"

namespace quorate::sim {
namespace {

const MatrixOptions kSmall = {.nodes = 3, .n = 3, .seeds = 1};

MatrixBlock run_sound(const MatrixOptions& options, Partition partition) {
  MatrixBlock block = run_block(options, partition);
  for (const MatrixCell& cell : block.cells) {
    const std::string where = std::string(partition_name(partition)) +
                              " r=" + std::to_string(cell.configuration.r) +
                              " w=" + std::to_string(cell.configuration.w);
    for (const std::string& violation : cell.violations) ADD_FAILURE() << where << " " << violation;
    EXPECT_EQ(cell.lost, 0u) << where;
    EXPECT_EQ(cell.not_converged, 0u) << where;
    EXPECT_GT(cell.together().reads.of, 50u) << where;
    EXPECT_GT(cell.together().writes.of, 50u) << where;
    if (cell.configuration.overlapping()) {
      EXPECT_TRUE(cell.together().stale.none()) << where;
    }
  }
  return block;
}

const MatrixCell& cell_of(const MatrixBlock& block, std::uint32_t r, std::uint32_t w) {
  for (const MatrixCell& cell : block.cells) {
    if (cell.configuration.r == r && cell.configuration.w == w) return cell;
  }
  ADD_FAILURE() << "no such configuration";
  return block.cells.front();
}

TEST(Matrix, has_the_four_corners_and_the_majorities) {
  const std::vector<Configuration> three = configurations(kSmall);
  EXPECT_EQ(three.size(), 9u);
  EXPECT_EQ(three.front().r + three.front().w, 2u);
  EXPECT_EQ(configurations({.nodes = 2, .n = 2}).size(), 4u);  // a majority of two is both
  EXPECT_EQ(configurations({.nodes = 5, .n = 3}).size(), 18u);
  EXPECT_EQ(configurations({.nodes = 5, .n = 3, .sloppy = false}).size(), 9u);
}

TEST(Matrix, without_a_partition_everything_is_answered) {
  const MatrixBlock block = run_sound(kSmall, Partition::kNone);
  for (const MatrixCell& cell : block.cells) {
    EXPECT_TRUE(nearly_all(cell.groups[0].reads));
    EXPECT_TRUE(nearly_all(cell.groups[0].writes));
  }
}

TEST(Matrix, majority_and_minority_show_what_r_and_w_cost) {
  const MatrixBlock block = run_sound(kSmall, Partition::kMajorityMinority);
  ASSERT_EQ(block.groups.size(), 2u);
  EXPECT_EQ(block.groups[1].nodes.size(), 1u);
  for (const MatrixCell& cell : block.cells) {
    const GroupCell& majority = cell.groups[0];
    const GroupCell& minority = cell.groups[1];
    EXPECT_EQ(nearly_all(majority.reads), cell.configuration.r <= 2);
    EXPECT_EQ(nearly_all(majority.writes), cell.configuration.w <= 2);
    // What is beyond the minority it never does, from the first moment on.
    EXPECT_EQ(minority.reads.none(), cell.configuration.r > 1);
    EXPECT_EQ(minority.writes.none(), cell.configuration.w > 1);
  }
  const MatrixCell& available = cell_of(block, 1, 1);
  EXPECT_TRUE(nearly_all(available.groups[1].reads));
  EXPECT_TRUE(nearly_all(available.groups[1].writes));
  EXPECT_GT(available.groups[1].stale.count, available.groups[1].stale.of / 4);
  EXPECT_GT(available.keys_in_conflict.count, 0u);  // both sides wrote
  EXPECT_EQ(given_up(block, available), "freshness");
  EXPECT_EQ(given_up(block, cell_of(block, 2, 2)), "minority: reads and writes");
}

TEST(Matrix, sloppy_quorums_serve_a_side_without_holders_and_lose_nothing_by_it) {
  const MatrixBlock block =
      run_sound({.nodes = 5, .n = 3, .seeds = 1}, Partition::kMajorityMinority);
  for (const MatrixCell& cell : block.cells) {
    if (!cell.configuration.sloppy || cell.configuration.w != 2) continue;
    for (const MatrixCell& strict : block.cells) {
      if (strict.configuration.sloppy || strict.configuration.w != 2 ||
          strict.configuration.r != cell.configuration.r) {
        continue;
      }
      EXPECT_GE(cell.together().writes.count, strict.together().writes.count);
      EXPECT_GT(cell.groups[1].writes.count, strict.groups[1].writes.count)
          << "fallbacks are on the minority's side";
    }
  }
}

TEST(Matrix, nobody_is_a_majority_of_halves) {
  const MatrixBlock block = run_sound({.nodes = 4, .n = 4, .seeds = 1}, Partition::kEvenSplit);
  const MatrixCell& majorities = cell_of(block, 3, 3);
  EXPECT_TRUE(majorities.together().reads.none());
  EXPECT_TRUE(majorities.together().writes.none());
  EXPECT_TRUE(nearly_all(cell_of(block, 1, 1).together().writes));
}

TEST(Matrix, a_link_in_one_direction_is_no_link) {
  const MatrixBlock block = run_sound(kSmall, Partition::kOneWay);
  EXPECT_TRUE(nearly_all(cell_of(block, 2, 2).groups[0].reads));
  EXPECT_TRUE(cell_of(block, 2, 2).groups[1].reads.none());
}

TEST(Matrix, overlapping_quorums_stay_fresh_under_every_other_kind) {
  for (const Partition partition :
       {Partition::kShattered, Partition::kBridge, Partition::kMajoritiesRing,
        Partition::kIsolatedCoordinator, Partition::kFlapping, Partition::kCrash,
        Partition::kSlowNode}) {
    run_sound(kSmall, partition);
  }
}

}  // namespace
}  // namespace quorate::sim
