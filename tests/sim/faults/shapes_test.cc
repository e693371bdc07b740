#include "sim/faults/shapes.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <tuple>

namespace quorate::sim {
namespace {

constexpr HostId kClient = kFirstClientHost;

std::set<Link> set_of(const Links& links) {
  const std::set<Link> set(links.begin(), links.end());
  EXPECT_EQ(set.size(), links.size()) << "a link is named twice";
  return set;
}

// Whom a host both hears and reaches, itself counted.
std::set<HostId> sees(HostId host, const Hosts& all, const Links& cut) {
  const std::set<Link> stopped = set_of(cut);
  std::set<HostId> seen;
  for (const HostId other : all) {
    if (!stopped.contains({host, other}) && !stopped.contains({other, host})) seen.insert(other);
  }
  return seen;
}

// Which links are stopped at a time, by the faults alone.
std::set<Link> stopped_at(SimTime time, const std::vector<Fault>& faults) {
  std::multimap<SimTime, const Fault*> in_order;
  for (const Fault& fault : faults) in_order.emplace(fault.at, &fault);
  std::set<Link> stopped;
  for (const auto& [at, fault] : in_order) {
    if (at > time) break;
    if (fault->kind == FaultKind::kCut) stopped.insert({fault->a, fault->b});
    if (fault->kind == FaultKind::kMend) stopped.erase({fault->a, fault->b});
  }
  return stopped;
}

TEST(Shapes, a_symmetric_cut_stops_both_directions_between_the_groups_and_nothing_inside) {
  EXPECT_EQ(set_of(between({{1, 2}, {3}})), (std::set<Link>{{1, 3}, {3, 1}, {2, 3}, {3, 2}}));
  EXPECT_EQ(between({{1}, {2}, {3}}).size(), 6u);
  EXPECT_EQ(set_of(between({{1, kClient}, {2, kClient + 1}})),
            (std::set<Link>{
                {1, 2}, {2, 1}, {1, kClient + 1}, {kClient + 1, 1}, {kClient, 2}, {2, kClient}}))
      << "two clients have no link";
}

TEST(Shapes, a_one_way_cut_leaves_the_other_direction) {
  EXPECT_EQ(set_of(one_way({1}, {2, 3})), (std::set<Link>{{1, 2}, {1, 3}}));
  EXPECT_EQ(set_of(one_way({1, 2}, {2})), (std::set<Link>{{1, 2}})) << "none from 2 to itself";
}

TEST(Shapes, around_isolates_a_host_and_around_each_also_from_one_another) {
  EXPECT_EQ(set_of(around(2, {1, 3})), (std::set<Link>{{1, 2}, {2, 1}, {2, 3}, {3, 2}}));
  const Hosts all = all_hosts(4);
  const Links links = around_each({1, 2}, others_than({1, 2}, all));
  EXPECT_EQ(sees(1, all, links), std::set<HostId>{1});
  EXPECT_EQ(sees(2, all, links), std::set<HostId>{2});
  EXPECT_EQ(sees(3, all, links), (std::set<HostId>{3, 4}));
}

TEST(Shapes, a_bridge_sees_both_sides) {
  const Hosts all = all_hosts(5);
  const Links links = bridged({1, 2, 3}, {3, 4, 5}, 3);
  EXPECT_EQ(sees(3, all, links), (std::set<HostId>{1, 2, 3, 4, 5}));
  EXPECT_EQ(sees(1, all, links), (std::set<HostId>{1, 2, 3}));
  EXPECT_EQ(sees(5, all, links), (std::set<HostId>{3, 4, 5}));
}

TEST(Shapes, in_a_majorities_ring_each_sees_a_majority_and_no_two_the_same) {
  for (std::uint16_t nodes = 3; nodes <= 12; ++nodes) {
    const Hosts all = all_hosts(nodes);
    const Links links = majorities_ring(all);
    EXPECT_FALSE(links.empty()) << nodes;
    std::set<std::set<HostId>> majorities;
    for (const HostId host : all) {
      const std::set<HostId> seen = sees(host, all, links);
      EXPECT_GT(2 * seen.size(), std::size_t{nodes}) << nodes << " nodes, host " << host;
      majorities.insert(seen);
    }
    EXPECT_EQ(majorities.size(), std::size_t{nodes}) << nodes;
  }
  EXPECT_TRUE(majorities_ring({1, 2}).empty());
}

TEST(Shapes, in_a_chain_or_a_ring_each_sees_its_neighbours) {
  const Hosts all = all_hosts(5);
  EXPECT_EQ(sees(1, all, chain(all)), (std::set<HostId>{1, 2}));
  EXPECT_EQ(sees(1, all, ring(all)), (std::set<HostId>{1, 2, 5}));
  EXPECT_EQ(sees(3, all, ring(all)), (std::set<HostId>{2, 3, 4}));
}

TEST(Shapes, all_but_leaves_exactly_the_graph_that_is_kept) {
  EXPECT_EQ(set_of(all_but({1, 2, 3}, {{1, 2}, {2, 3}})),
            (std::set<Link>{{2, 1}, {3, 2}, {1, 3}, {3, 1}}));
}

TEST(Shapes, flapping_stops_and_works_by_turns_and_ends_with_its_window) {
  const std::vector<Fault> faults = flapping({{1, 2}}, {100, 350}, Beat{.down = 30, .up = 70});
  for (const SimTime down : {100, 129, 200, 300}) EXPECT_EQ(stopped_at(down, faults).size(), 1u);
  for (const SimTime up : {99, 130, 199, 330, 350}) EXPECT_TRUE(stopped_at(up, faults).empty());
  EXPECT_TRUE(stopped_at(350, flapping({{1, 2}}, {100, 350}, Beat{200, 20})).empty());
}

TEST(Shapes, a_swizzle_stops_one_by_one_and_heals_in_another_order) {
  const Links links = {{1, 2}, {2, 3}, {3, 1}};
  const std::vector<Fault> faults =
      swizzled(links, {.window = {0, 600}, .still = 300, .heal_order = {2, 0, 1}});
  EXPECT_EQ(stopped_at(0, faults).size(), 1u);
  EXPECT_EQ(stopped_at(100, faults).size(), 2u);
  EXPECT_EQ(stopped_at(300, faults).size(), 3u);
  EXPECT_EQ(stopped_at(400, faults), (std::set<Link>{{1, 2}, {2, 3}}));
  EXPECT_EQ(stopped_at(500, faults), (std::set<Link>{{2, 3}}));
  EXPECT_TRUE(stopped_at(600, faults).empty());
}

TEST(Shapes, whatever_begins_in_a_window_ends_in_it) {
  const Window window{1'000, 2'000};
  std::vector<std::vector<Fault>> all = {
      during(ring(all_hosts(5)), window),
      flapping(chain(all_hosts(4)), window, Beat{70, 90}),
      slow_during(around(1, {2, 3}), window, from_ms(5)),
      lossy_during(around(1, {2, 3}), window, 200'000),
  };
  std::size_t lasting = 0;
  for (std::size_t i = 0; i < kFaultKindCount; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    if (!end_of(kind) || is_of_link(kind)) continue;
    all.push_back(of_hosts(kind, {1, 2}, window, 1'000));
    ++lasting;
  }
  EXPECT_GE(lasting, 8u);
  for (const std::vector<Fault>& faults : all) {
    std::map<std::tuple<FaultKind, HostId, HostId>, int> open;
    for (const Fault& fault : faults) {
      EXPECT_GE(fault.at, window.begin);
      EXPECT_LE(fault.at, window.end);
      const std::optional<FaultKind> end = end_of(fault.kind);
      const bool begins = end && (*end != fault.kind || fault.amount != 0);
      open[{end.value_or(fault.kind), fault.a, fault.b}] += begins ? 1 : -1;
    }
    for (const auto& [what, count] : open) EXPECT_EQ(count, 0);
  }
}

TEST(Shapes, the_primaries_of_a_key_are_those_of_the_cluster) {
  ClusterOptions options;
  options.nodes = 5;
  Bucket bucket;
  bucket.name = "default";
  bucket.n = 3;
  ASSERT_TRUE(options.buckets.add(bucket));
  const Cluster cluster(options);
  const Key key{"default", "k"};
  const std::vector<NodeId> expected = cluster.primaries(key);
  EXPECT_EQ(primaries_of(options, key), Hosts(expected.begin(), expected.end()));
}

}  // namespace
}  // namespace quorate::sim
