// The real core under every way in which a few nodes can hear one another.
#include <gtest/gtest.h>

#include "sim/topology/serve_model.h"
#include "sim/topology/topology_summary.h"

namespace quorate::sim {
namespace {

std::vector<TopologyVerdict> run_all(const TopologyRun& run, unsigned nodes) {
  std::vector<TopologyVerdict> verdicts;
  for (const Digraph& shape : all_shapes(nodes)) {
    verdicts.push_back(run.run(shape));
    for (const std::string& difference : verdicts.back().differences) ADD_FAILURE() << difference;
    for (const Violation& violation : verdicts.back().violations) {
      ADD_FAILURE() << to_string(shape) << ": " << violation.property << "\n" << violation.witness;
    }
  }
  return verdicts;
}

TEST(Topology, every_shape_of_two_and_three_nodes_serves_what_the_model_says) {
  for (const unsigned nodes : {2u, 3u}) run_all(TopologyRun(nodes), nodes);
}

// All 218, with the key on all four nodes and on each three of them.
TEST(Topology, every_shape_of_four_nodes_serves_what_the_model_says) {
  const TopologyRun run(4);
  ASSERT_EQ(run.placements().size(), 5u);
  const std::vector<TopologySummary> summaries = summarise(run, run_all(run, 4));
  ASSERT_EQ(summaries.size(), 2u);
  EXPECT_EQ(summaries[0].cases, 218u);
  EXPECT_EQ(summaries[1].cases, 4 * 218u);
  // Two of four is no majority, two of three is one.
  EXPECT_GT(summaries[0].split_brain[1], 0u);
  EXPECT_EQ(summaries[0].split_brain[2], 0u);
  EXPECT_EQ(summaries[1].split_brain[1], 0u);
}

// Where the theory stands in the numbers.
TEST(Topology, of_overlapping_quorums_none_is_blind_and_of_majorities_none_splits) {
  const TopologyRun run(3);
  const std::vector<TopologySummary> summaries = summarise(run, run_all(run, 3));
  ASSERT_EQ(summaries.size(), 1u);
  const TopologySummary& three = summaries[0];
  EXPECT_EQ(three.n, 3u);
  EXPECT_EQ(three.cases, 16u);
  for (const PairCount& pair : three.pairs) {
    EXPECT_EQ(pair.blind > 0, pair.r + pair.w <= 3) << "r=" << pair.r << " w=" << pair.w;
  }
  EXPECT_GT(three.split_brain[0], 0u);
  EXPECT_EQ(three.split_brain[1], 0u);
  EXPECT_EQ(three.split_brain[2], 0u);
  // All three answer only where every link works both ways.
  EXPECT_EQ(three.writes[2].everywhere, 1u);
  EXPECT_EQ(three.reads[2].everywhere, 1u);
}

// A node that holds no copy hands writes on; it may hear a primary that reaches more than itself.
TEST(Topology, a_node_without_a_copy_is_served_by_those_that_it_hears) {
  const TopologyRun run(4);
  Digraph chain(4);
  for (const auto& [a, b] : {std::pair(1u, 2u), std::pair(2u, 3u), std::pair(3u, 4u)}) {
    chain.connect(a, b);
    chain.connect(b, a);
  }
  const TopologyVerdict verdict = run.run(chain);
  EXPECT_TRUE(verdict.differences.empty());
  EXPECT_TRUE(verdict.violations.empty());
  for (std::size_t i = 0; i < run.placements().size(); ++i) {
    const Placement& placement = run.placements()[i];
    const bool by_the_others = w_served(chain, placement.primaries, 1) == 2 &&
                               r_served(chain, placement.primaries, 1) == 1;
    if (!by_the_others) continue;
    EXPECT_EQ(verdict.services[i][0].reads, (std::vector<bool>{true, false, false}));
    EXPECT_EQ(verdict.services[i][0].writes, (std::vector<bool>{true, true, false}));
    return;
  }
  FAIL() << "no key is held by 2, 3 and 4";
}

}  // namespace
}  // namespace quorate::sim
