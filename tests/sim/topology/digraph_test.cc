#include "sim/topology/digraph.h"

#include <gtest/gtest.h>

namespace quorate::sim {
namespace {

// OEIS A000273.
TEST(Digraph, has_as_many_shapes_as_mathematics_says) {
  EXPECT_EQ(all_shapes(1).size(), 1u);
  EXPECT_EQ(all_shapes(2).size(), 3u);
  EXPECT_EQ(all_shapes(3).size(), 16u);
  EXPECT_EQ(all_shapes(4).size(), 218u);
}

TEST(Digraph, shapes_begin_with_no_links_and_end_with_all) {
  const std::vector<Digraph> shapes = all_shapes(3);
  EXPECT_EQ(to_string(shapes.front()), "no links");
  EXPECT_EQ(to_string(shapes.back()), "1<->2 1<->3 2<->3");
  EXPECT_EQ(shapes.back().arcs(), 6u);
}

TEST(Digraph, a_link_has_a_direction) {
  Digraph graph(3);
  graph.connect(1, 3);
  EXPECT_TRUE(graph.hears(1, 3));
  EXPECT_FALSE(graph.hears(3, 1));
  EXPECT_FALSE(graph.mutual(1, 3));
  graph.connect(3, 1);
  EXPECT_TRUE(graph.mutual(1, 3));
  graph.connect(2, 1);
  EXPECT_EQ(to_string(graph), "2->1 1<->3");
}

}  // namespace
}  // namespace quorate::sim
