#include "sim/report/sides.h"

#include <gtest/gtest.h>

#include "sim/faults/shapes.h"
#include "tests/sim/report/sample_plans.h"

namespace quorate::sim {
namespace {

HostId client(std::size_t index) { return kFirstClientHost + static_cast<HostId>(index); }

Severed cut_links(const Links& links) {
  Severed severed;
  for (const Link& link : links) severed.cuts.emplace(link.from, link.to);
  return severed;
}

std::vector<std::vector<NodeId>> nodes_of_sides(const Layout& layout) {
  std::vector<std::vector<NodeId>> nodes;
  for (const Side& side : layout.sides) nodes.push_back(side.nodes);
  return nodes;
}

using NodeLists = std::vector<std::vector<NodeId>>;

TEST(Sides, AWorldWithoutFaultsIsOneSide) {
  const Layout layout = layout_of(Severed{}, 3, {{}, {}});
  EXPECT_TRUE(layout.whole());
  EXPECT_EQ(nodes_of_sides(layout), NodeLists({{1, 2, 3}}));
  EXPECT_EQ(describe(layout), "all connected");
}

TEST(Sides, ACleanSplitLeavesItsTwoParts) {
  const Layout layout = layout_of(cut_links(between({{1}, {2, 3}})), 3, {});
  EXPECT_EQ(nodes_of_sides(layout), NodeLists({{1}, {2, 3}}));
  EXPECT_FALSE(layout.linked(0, 1));
  EXPECT_TRUE(layout.linked(1, 1));
  EXPECT_EQ(describe(layout), "1 | 2 3");
}

TEST(Sides, ABridgeIsASideBetweenTwoOthers) {
  const Layout layout = layout_of(cut_links(bridged({1, 2}, {4, 5}, 3)), 5, {});
  EXPECT_EQ(nodes_of_sides(layout), NodeLists({{1, 2}, {3}, {4, 5}}));
  EXPECT_TRUE(layout.linked(0, 1));
  EXPECT_TRUE(layout.linked(1, 2));
  EXPECT_FALSE(layout.linked(0, 2));
  EXPECT_EQ(describe(layout), "1 2 | 4 5, 3 between");
}

TEST(Sides, AOneWayCutSaysWhoNoLongerHearsWhom) {
  const Layout layout = layout_of(cut_links(one_way({1}, {2, 3})), 3, {});
  EXPECT_EQ(nodes_of_sides(layout), NodeLists({{1}, {2, 3}}));
  EXPECT_TRUE(layout.blocked.contains({0, 1}));
  EXPECT_FALSE(layout.blocked.contains({1, 0}));
  EXPECT_FALSE(layout.linked(0, 1));
  EXPECT_EQ(describe(layout), "2 3 cannot hear 1");
}

TEST(Sides, AMajoritiesRingLeavesEverybodyAlone) {
  const Layout layout = layout_of(cut_links(majorities_ring({1, 2, 3, 4, 5})), 5, {});
  EXPECT_EQ(nodes_of_sides(layout), NodeLists({{1}, {2}, {3}, {4}, {5}}));
}

TEST(Sides, NodesThatDoNotRunStandApart) {
  Severed severed;
  severed.crashed = {2};
  severed.paused = {4};
  const Layout layout = layout_of(severed, 4, {});
  EXPECT_EQ(nodes_of_sides(layout), NodeLists({{1, 3}, {4}, {2}}));
  EXPECT_EQ(layout.sides[1].standing, Standing::kPaused);
  EXPECT_EQ(layout.sides[2].standing, Standing::kCrashed);
  EXPECT_EQ(describe(layout), "4 paused; 2 down");
}

TEST(Sides, AClientBelongsToTheOneSideThatItReaches) {
  Severed severed = cut_links(between({{1, client(0)}, {2, 3}}));
  severed.cuts.emplace(client(3), 1);
  severed.cuts.emplace(2, client(3));
  severed.cuts.emplace(3, client(3));
  // The first is cut with node 1, the second reaches all, the third speaks to 2 only, the fourth
  // loses one direction of every link.
  const Layout layout = layout_of(severed, 3, {{}, {}, {2}, {}});
  EXPECT_EQ(layout.side_of_client(client(0)), 0u);
  EXPECT_EQ(layout.side_of_client(client(1)), std::nullopt);
  EXPECT_EQ(layout.side_of_client(client(2)), 1u);
  ASSERT_EQ(layout.side_of_client(client(3)), 2u);
  EXPECT_EQ(layout.sides[2].standing, Standing::kAlone);
  EXPECT_EQ(describe(layout), "1 | 2 3; client 4 cut off");
}

// Invariant 1 of sides.h, for every directed graph of four nodes.
TEST(Sides, AllLinksBetweenTwoSidesAreAlike) {
  std::vector<std::pair<HostId, HostId>> links;
  for (HostId from = 1; from <= 4; ++from) {
    for (HostId to = 1; to <= 4; ++to) {
      if (from != to) links.emplace_back(from, to);
    }
  }
  for (unsigned graph = 0; graph < 1u << links.size(); ++graph) {
    Severed severed;
    for (std::size_t i = 0; i < links.size(); ++i) {
      if ((graph >> i & 1u) != 0) severed.cuts.insert(links[i]);
    }
    const Layout layout = layout_of(severed, 4, {});
    for (const auto& [from, to] : links) {
      const std::size_t a = *layout.side_of(static_cast<NodeId>(from));
      const std::size_t b = *layout.side_of(static_cast<NodeId>(to));
      const bool cut = severed.cuts.contains({from, to});
      ASSERT_EQ(cut, a != b && layout.blocked.contains({a, b})) << "graph " << graph;
    }
  }
}

TEST(Sides, PhasesFollowTheFaultsAndEndWithThem) {
  const Phases phases = phases_of(split_plan(), {}, from_seconds(6));
  ASSERT_EQ(phases.phases.size(), 3u);
  EXPECT_EQ(phases.phases[1].begin, from_seconds(1));
  EXPECT_EQ(phases.phases[1].end, from_seconds(4));
  EXPECT_EQ(phases.phases[2].end, from_seconds(6));
  EXPECT_EQ(phases.phases[0].layout, phases.phases[2].layout);
  EXPECT_TRUE(phases.at(0).whole());
  EXPECT_EQ(describe(phases.at(from_seconds(1))), "1 | 2 3");
  EXPECT_TRUE(phases.at(from_seconds(4)).whole());
}

TEST(Sides, ACutThatNobodyMendsEndsWhenAllIsHealed) {
  RunPlan plan = quiet_plan();
  plan.faults = {fault_at(from_seconds(2), FaultKind::kCut, 1, 2)};
  plan.faults_end = from_seconds(5);
  const Phases phases = phases_of(plan, {}, from_seconds(6));
  EXPECT_FALSE(phases.at(from_seconds(5) - 1).whole());
  EXPECT_TRUE(phases.at(from_seconds(5)).whole());
}

TEST(Sides, OneLayoutComesBackAsItself) {
  const Phases phases = phases_of(flapping_plan(), {}, from_seconds(6));
  EXPECT_GT(phases.phases.size(), 10u);
  EXPECT_EQ(phases.layouts.size(), 2u);
}

TEST(Sides, LivesMakePhasesToo) {
  const std::vector<LifeChange> lives = {{from_seconds(1), 2, LifeEvent::kPaused},
                                         {from_seconds(2), 2, LifeEvent::kCrashed},
                                         {from_seconds(3), 2, LifeEvent::kStarted}};
  const Phases phases = phases_of(quiet_plan(), lives, from_seconds(6));
  EXPECT_EQ(describe(phases.at(from_seconds(1))), "2 paused");
  EXPECT_EQ(describe(phases.at(from_seconds(2))), "2 down");
  EXPECT_TRUE(phases.at(from_seconds(3)).whole());
}

TEST(Sides, NodesAreListedAsPeopleDo) {
  EXPECT_EQ(node_list({}), "");
  EXPECT_EQ(node_list({4}), "4");
  EXPECT_EQ(node_list({1, 2}), "1 2");
  EXPECT_EQ(node_list({1, 2, 3, 5, 7, 8, 9}), "1-3 5 7-9");
}

}  // namespace
}  // namespace quorate::sim
