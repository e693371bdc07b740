// What is still known of a key's versions, and how it is drawn.
#include "client/version_graph.h"

#include <gtest/gtest.h>

namespace quorate::client {
namespace {

Dot dot(NodeId node, std::uint64_t counter) { return {{make_run_id(node, 0xabc), 1}, counter}; }

struct Value {
  Dot dot;
  std::string bytes;
  std::int64_t second = 0;
};

Holding holding(NodeId node, std::vector<std::pair<NodeId, std::uint64_t>> knows,
                const std::vector<Value>& values, NodeId hint_for = 0) {
  Holding one{node, hint_for, {}};
  std::vector<Context::Entry> entries;
  for (const auto& [actor, counter] : knows) entries.push_back({dot(actor, 1).actor, counter});
  one.record.context = Context::from_parts(std::move(entries), {});
  for (const Value& value : values) {
    Sibling sibling;
    sibling.dot = value.dot;
    sibling.value = Blob(value.bytes);
    sibling.timestamp = Timestamp::from_wall_ms(1'000 * value.second);
    one.record.siblings.push_back(sibling);
  }
  return one;
}

std::string drawn(const VersionGraph& graph) {
  std::string text;
  for (const GraphRow& row : draw(graph)) {
    text += row.lines;
    if (row.node) text += " " + std::string(graph.versions[*row.node].sibling.value.view());
    text += "\n";
  }
  return text;
}

std::string gone(const VersionGraph& graph) {
  std::string text;
  for (const GoneEvents& one : graph.gone) {
    text += std::to_string(node_of(one.range.actor.run)) + ":" + std::to_string(one.range.first) +
            "-" + std::to_string(one.range.last) + " known to";
    for (const std::size_t index : one.known_by) text += " " + std::to_string(index);
    text += "\n";
  }
  return text;
}

TEST(VersionGraph, OfEqualReplicasTheValuesStandAndThePastIsEventsWithoutAValue) {
  const auto holds = [](NodeId node) { return holding(node, {{1, 3}}, {{dot(1, 3), "c", 3}}); };
  const auto graph = version_graph({holds(1), holds(2), holds(3)});
  EXPECT_EQ(drawn(graph), "* c\n");
  EXPECT_EQ(graph.versions[0].held_by, (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_TRUE(graph.versions[0].is_current());
  EXPECT_EQ(gone(graph), "1:1-2 known to 0 1 2\n");
}

TEST(VersionGraph, ALineLeadsToWhatWasReplaced) {
  const auto graph = version_graph({holding(1, {{1, 2}}, {{dot(1, 2), "new", 2}}),
                                    holding(2, {{1, 1}}, {{dot(1, 1), "old", 1}})});
  EXPECT_EQ(drawn(graph),
            "* new\n"
            "o old\n");
  EXPECT_EQ(graph.versions[1].replaced_by, std::vector<Dot>{dot(1, 2)});
  EXPECT_EQ(graph.versions[1].gone_at, std::vector<std::size_t>{0});
  EXPECT_EQ(gone(graph), "");
}

TEST(VersionGraph, SiblingsOfOneAncestorMeetInIt) {
  const auto graph = version_graph({holding(1, {{1, 2}}, {{dot(1, 2), "left", 2}}),
                                    holding(2, {{1, 1}, {2, 1}}, {{dot(2, 1), "right", 3}}),
                                    holding(3, {{1, 1}}, {{dot(1, 1), "old", 1}})});
  EXPECT_EQ(drawn(graph),
            "* right\n"
            "| * left\n"
            "|/\n"
            "o old\n");
}

TEST(VersionGraph, AValueThatReplacedSiblingsLeadsToEach) {
  const auto graph =
      version_graph({holding(1, {{1, 2}, {2, 1}, {3, 1}}, {{dot(3, 1), "merged", 9}}),
                     holding(2, {{1, 1}, {2, 1}}, {{dot(1, 1), "one", 1}, {dot(2, 1), "two", 2}})});
  EXPECT_EQ(drawn(graph),
            "* merged\n"
            "|\\\n"
            "o | two\n"
            "  o one\n");
  EXPECT_EQ(gone(graph), "1:2-2 known to 0\n");
}

TEST(VersionGraph, LinesPassOthersThatGoOn) {
  // a was replaced by each of two, b by the third.
  const auto graph =
      version_graph({holding(1, {{1, 1}, {3, 1}}, {{dot(3, 1), "x", 9}}),
                     holding(2, {{2, 1}, {4, 1}}, {{dot(4, 1), "y", 8}}),
                     holding(3, {{1, 1}, {5, 1}}, {{dot(5, 1), "z", 7}}),
                     holding(4, {{1, 1}, {2, 1}}, {{dot(1, 1), "a", 2}, {dot(2, 1), "b", 1}})});
  EXPECT_EQ(drawn(graph),
            "* x\n"
            "| * y\n"
            "| | * z\n"
            "|_|/\n"
            "o | a\n"
            "  o b\n");
}

TEST(VersionGraph, AChainIsDrawnWithoutShortcuts) {
  const auto graph = version_graph({holding(1, {{1, 3}}, {{dot(1, 3), "three", 3}}),
                                    holding(2, {{1, 2}}, {{dot(1, 2), "two", 2}}),
                                    holding(3, {{1, 1}}, {{dot(1, 1), "one", 1}})});
  EXPECT_EQ(graph.versions[2].replaced_by, std::vector<Dot>{dot(1, 2)});
  EXPECT_EQ(drawn(graph),
            "* three\n"
            "o two\n"
            "o one\n");
}

TEST(VersionGraph, WhatIsOlderCannotHaveReplacedAnything) {
  // "late" came later than both; where it is gone lives only what is older.
  const auto graph = version_graph({holding(1, {{1, 1}, {2, 1}}, {{dot(2, 1), "early", 1}}),
                                    holding(2, {{1, 1}}, {{dot(1, 1), "late", 5}})});
  EXPECT_FALSE(graph.versions[0].is_current());
  EXPECT_TRUE(graph.versions[0].replaced_by.empty());
}

TEST(VersionGraph, AHintIsAHoldingToo) {
  const auto graph = version_graph({holding(1, {{1, 2}}, {{dot(1, 2), "v", 2}}),
                                    holding(4, {{1, 1}}, {{dot(1, 1), "u", 1}}, 3)});
  EXPECT_EQ(graph.versions[1].held_by, std::vector<std::size_t>{1});
  EXPECT_EQ(drawn(graph), "* v\no u\n");
}

TEST(VersionGraph, EventsAreNamedByRangesHoweverMany) {
  const auto graph = version_graph({holding(1, {{1, 1'000'000'000'000}}, {{dot(1, 500), "v", 1}}),
                                    holding(2, {{1, 700}, {2, 1}}, {{dot(1, 500), "v", 1}})});
  EXPECT_EQ(gone(graph),
            "1:1-499 known to 0 1\n"
            "1:501-700 known to 0 1\n"
            "1:701-1000000000000 known to 0\n"
            "2:1-1 known to 1\n");
}

TEST(VersionGraph, ATombstoneIsEventsAlone) {
  const auto graph = version_graph({holding(1, {{1, 2}}, {})});
  EXPECT_TRUE(graph.versions.empty());
  EXPECT_EQ(gone(graph), "1:1-2 known to 0\n");
  EXPECT_TRUE(draw(version_graph({})).empty());
}

}  // namespace
}  // namespace quorate::client
