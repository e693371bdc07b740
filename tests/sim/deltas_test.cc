// Of a large record only what changed is sent, and the whole only to who lacks the rest; either way
// the replicas come to hold the same.
#include "node/base/random.h"
#include "tests/sim/typed_fixture.h"

namespace quorate::sim {
namespace {

constexpr std::size_t kNever = std::size_t{1} << 30;

Step add(const std::string& element) { return update("set", Update::kSetAdd, element); }

const Key kSet = key_of("k", "set");

// All primaries hold the same of every type, and nobody found two replicas at odds.
void expect_equal(TestCluster& cluster) {
  cluster->heal();
  EXPECT_TRUE(cluster->run_until_settled(from_seconds(10)));
  cluster->run_for(from_seconds(5));
  for (const auto& bucket : bucket_type_names()) {
    const Key key = key_of("k", bucket);
    const std::vector<NodeId> primaries = cluster->primaries(key);
    const Row* first = cluster->row(primaries.front(), key);
    for (const NodeId node : primaries) {
      const Row* row = cluster->row(node, key);
      ASSERT_EQ(row == nullptr, first == nullptr) << bucket << " at node " << node;
      if (row != nullptr) {
        EXPECT_TRUE(same_state(row->record, first->record)) << bucket << " at node " << node;
      }
    }
  }
  EXPECT_EQ(cluster.ledger().trace_count(TraceKind::kContextCollision), 0u);
}

// Nominal bytes that all messages of this one call weigh together, pings aside.
std::uint64_t weight_of(TestCluster& cluster, SimClient& client, Step step) {
  const std::uint64_t before = cluster->network_counts().bytes;
  EXPECT_TRUE(cluster.call(client, std::move(step)).acknowledged());
  return cluster->network_counts().bytes - before;
}

// The cluster holds a set of so many elements; one more is added to it.
std::uint64_t weight_of_one_more(int elements, std::size_t delta_bytes_min) {
  ClusterOptions options = typed_options();
  options.core.delta_bytes_min = delta_bytes_min;
  TestCluster cluster(options);
  SimClient& client = cluster.client_at({1});
  for (int i = 0; i < elements; ++i) {
    EXPECT_TRUE(cluster.call(client, add("element " + std::to_string(i))).acknowledged());
  }
  cluster->run_for(from_seconds(1));
  const std::uint64_t weight = weight_of(cluster, client, add("one more").at(1));
  EXPECT_EQ(cluster->row(2, kSet)->record.siblings.size(), static_cast<std::size_t>(elements) + 1);
  return weight;
}

TEST(Deltas, one_more_element_weighs_the_same_however_large_the_set_is) {
  const CoreOptions defaults;
  const std::uint64_t small = weight_of_one_more(100, defaults.delta_bytes_min);
  const std::uint64_t large = weight_of_one_more(3'000, defaults.delta_bytes_min);
  EXPECT_LT(large, small + small / 4);
  EXPECT_GT(weight_of_one_more(3'000, kNever), 20 * large) << "the whole set, for comparison";
}

TEST(Deltas, who_lacks_the_rest_is_sent_the_whole_at_once) {
  ClusterOptions options = typed_options();
  options.core.delta_bytes_min = 0;
  TestCluster cluster(options);
  SimClient& client = cluster.client_at({1});
  cluster->isolate(3);
  for (const char* element : {"a", "b", "c"}) cluster.call(client, add(element));
  EXPECT_EQ(cluster->row(3, kSet), nullptr);
  cluster->heal();
  ASSERT_TRUE(cluster->run_until_settled(from_seconds(10)));
  EXPECT_EQ(cluster.ledger().trace_count(TraceKind::kWholeNeeded), 0u);
  Step step = add("d");
  step.request.w = Quorum{Quorum::Kind::kAll, 0};
  EXPECT_TRUE(cluster.call(client, step).acknowledged());
  EXPECT_EQ(cluster.ledger().trace_count(TraceKind::kWholeNeeded), 1u);
  for (const NodeId node : cluster->node_ids()) {
    EXPECT_EQ(cluster->row(node, kSet)->record.siblings.size(), 4u) << node;
  }
  expect_equal(cluster);
}

TEST(Deltas, a_removal_is_known_by_those_who_know_what_it_removed) {
  ClusterOptions options = typed_options();
  options.core.delta_bytes_min = 0;
  TestCluster cluster(options);
  SimClient& client = cluster.client_at({1});
  for (const char* element : {"a", "b", "c"}) cluster.call(client, add(element));
  cluster->run_for(from_seconds(1));
  const std::uint64_t sent = cluster.ledger().trace_count(TraceKind::kChangeSent);
  EXPECT_TRUE(cluster.call(client, update("set", Update::kSetRemove, "b")).acknowledged());
  cluster->run_for(from_seconds(1));
  EXPECT_GT(cluster.ledger().trace_count(TraceKind::kChangeSent), sent);
  EXPECT_EQ(cluster.ledger().trace_count(TraceKind::kWholeNeeded), 0u);
  for (const NodeId node : cluster->node_ids()) {
    EXPECT_EQ(cluster->row(node, kSet)->record.siblings.size(), 2u) << node;
  }
  expect_equal(cluster);
}

TEST(Deltas, a_hint_is_always_whole) {
  ClusterOptions options = typed_options(5);
  options.core.delta_bytes_min = 0;
  options.core.hints = true;
  TestCluster cluster(options);
  const std::vector<NodeId> primaries = cluster->primaries(kSet);
  SimClient& client = cluster.client_at({primaries[0]});
  for (const char* element : {"a", "b", "c"}) cluster.call(client, add(element).sloppy());
  cluster->crash(primaries[1]);
  cluster->crash(primaries[2]);
  cluster->run_for(from_seconds(2));
  EXPECT_TRUE(cluster.call(client, add("d").sloppy()).acknowledged());
  EXPECT_GE(cluster.ledger().trace_count(TraceKind::kHintKept), 1u);
  EXPECT_EQ(cluster.ledger().trace_count(TraceKind::kWholeNeeded), 0u);
  cluster->restart(primaries[1]);
  cluster->restart(primaries[2]);
  expect_equal(cluster);
}

// What a cluster holds after a random story of adds, removes, cuts and lost messages, told once
// with changes alone sent wherever they may be, and once never.
struct Story {
  Shown counter, set, map;
  std::uint64_t changes = 0;
  std::uint64_t wholes_needed = 0;
};

Story told(std::uint64_t seed, std::size_t delta_bytes_min) {
  ClusterOptions options = typed_options();
  options.seed = seed;
  options.core.delta_bytes_min = delta_bytes_min;
  options.core.anti_entropy = options.core.hints = true;
  options.core.anti_entropy_interval_ns = from_seconds(1);
  TestCluster cluster(options);
  Random random(seed);
  // What is answered "unknown" may or may not have been done: it decides nothing here.
  for (int i = 0; i < 30; ++i) {
    const auto node = static_cast<NodeId>(random.between(1, 3));
    if (random.chance(1, 6)) cluster->isolate(static_cast<NodeId>(random.between(1, 3)));
    if (random.chance(1, 6)) cluster->heal();
    SimClient& client = cluster.client_at({node});
    const std::string name(1, "abcdefgh"[random.below(8)]);
    const std::string number = std::to_string(i);
    for (Step step : {update("counter", Update::kCounterAdd, "", number), add(name + number),
                      update("map", Update::kMapPut, name + number, number)}) {
      step.request.w = Quorum::of(1);
      EXPECT_TRUE(cluster.call(client, step).acknowledged());
    }
  }
  cluster->heal();
  EXPECT_TRUE(cluster->run_until_settled(from_seconds(10)));
  cluster->run_for(from_seconds(10));
  Story story;
  SimClient& reader = cluster.client_at({1});
  const auto values = [&](const char* bucket) {
    return shown(cluster.call(reader, get("k", bucket).all()).reply.values);
  };
  story.counter = values("counter");
  story.set = values("set");
  story.map = values("map");
  story.changes = cluster.ledger().trace_count(TraceKind::kChangeSent);
  story.wholes_needed = cluster.ledger().trace_count(TraceKind::kWholeNeeded);
  expect_equal(cluster);
  return story;
}

TEST(Deltas, end_where_whole_records_end) {
  std::uint64_t wholes_needed = 0;
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    const Story changes = told(seed, 0);
    const Story wholes = told(seed, kNever);
    EXPECT_EQ(changes.counter, wholes.counter) << seed;
    EXPECT_EQ(changes.set, wholes.set) << seed;
    EXPECT_EQ(changes.map, wholes.map) << seed;
    EXPECT_GT(changes.changes, 0u) << seed;
    EXPECT_EQ(wholes.changes, 0u) << seed;
    wholes_needed += changes.wholes_needed;
  }
  EXPECT_GT(wholes_needed, 0u) << "no story in which a replica lacked the rest";
}

}  // namespace
}  // namespace quorate::sim
