// What writes keep in memory until they are answered has a bound in bytes; past it a write is
// refused before anything of it is stored or sent.
#include "tests/sim/sim_fixture.h"

namespace quorate::sim {
namespace {

constexpr std::size_t kBytesMax = 64u << 10;
const std::string kValue(8u << 10, 'v');

ClusterOptions bounded(std::uint16_t nodes) {
  ClusterOptions options = plain_options(nodes);
  options.core.unanswered_bytes_max = kBytesMax;
  return options;
}

// So many clients of node 1 put at once; what they were told, once all have been.
std::vector<Operation> put_at_once(TestCluster& cluster, const std::vector<Key>& keys) {
  std::vector<SimClient*> clients;
  for (const Key& key : keys) {
    clients.push_back(&cluster.client_at({1}));
    clients.back()->enqueue(put(key.name, kValue));
  }
  cluster->run_for(from_ms(50));
  EXPECT_LE(cluster->node(1).core().status().unanswered_bytes, kBytesMax);
  EXPECT_GT(cluster->node(1).core().status().unanswered_bytes, kBytesMax / 2);
  std::vector<Operation> told;
  for (SimClient* client : clients) {
    EXPECT_TRUE(cluster->run_until_true([&] { return client->idle(); }, from_seconds(10)));
    told.push_back(cluster->history()[*client->last_operation()]);
  }
  EXPECT_EQ(cluster->node(1).core().status().unanswered_bytes, 0u);
  return told;
}

void expect_some_refused(TestCluster& cluster, const std::vector<Operation>& told) {
  std::size_t refused = 0;
  for (const Operation& write : told) {
    if (write.outcome == Outcome::kUnknown) continue;
    ++refused;
    EXPECT_EQ(write.outcome, Outcome::kNotApplied) << to_string(write);
    EXPECT_EQ(write.reason, Reason::kOverloaded) << write.reply.detail;
    EXPECT_LT(write.finished - write.invoked, from_ms(10));
    for (const NodeId node : cluster->node_ids()) {
      EXPECT_EQ(cluster->row(node, write.request.key), nullptr);
    }
  }
  EXPECT_EQ(told.size() - refused, 7u);  // the eighth would not fit with its context
}

TEST(Unanswered, writes_past_the_bound_are_not_applied) {
  TestCluster cluster(bounded(3));
  std::vector<Key> keys;
  for (int i = 0; i < 20; ++i) keys.push_back(key_of("k" + std::to_string(i)));
  cluster->isolate(1);  // which its circuits have not noticed yet
  expect_some_refused(cluster, put_at_once(cluster, keys));
  cluster.expect_sound();
}

TEST(Unanswered, forwarded_writes_past_the_bound_are_not_applied) {
  TestCluster cluster(bounded(5));
  std::vector<Key> keys;
  for (int i = 0; keys.size() < 20; ++i) {
    const Key key = key_of("k" + std::to_string(i));
    if (!cluster->is_primary(1, key)) keys.push_back(key);
  }
  cluster->isolate(1);
  const std::vector<Operation> told = put_at_once(cluster, keys);
  std::size_t refused = 0;
  for (const Operation& write : told) refused += write.reason == Reason::kOverloaded ? 1 : 0;
  EXPECT_EQ(told.size() - refused, 8u);  // of values alone
  cluster.expect_sound();
}

TEST(Unanswered, a_record_larger_than_the_bound_is_written_when_it_is_alone) {
  ClusterOptions options = bounded(3);
  options.core.unanswered_bytes_max = 1024;
  TestCluster cluster(options);
  EXPECT_TRUE(cluster.call(cluster.client(), put("k", kValue)).acknowledged());
  EXPECT_EQ(cluster->node(1).core().status().unanswered_bytes, 0u);
}

// It was applied before: "not applied" would be a lie.
TEST(Unanswered, a_retry_past_the_bound_of_what_was_applied_is_unknown) {
  TestCluster cluster(bounded(3));
  SimClient& client = cluster.client_at({1});
  Step first = put("k", kValue);
  first.request.id = RequestId{7, 7};
  EXPECT_TRUE(cluster.call(client, first).acknowledged());
  cluster->isolate(1);
  for (int i = 0; i < 7; ++i) {
    cluster.client_at({1}).enqueue(put("other" + std::to_string(i), kValue));
  }
  cluster->run_for(from_ms(50));
  Step again = first;
  again.request.attempt = 1;
  const Operation& retry = cluster.call(client, again);
  EXPECT_EQ(retry.outcome, Outcome::kUnknown) << to_string(retry);
  EXPECT_EQ(retry.reason, Reason::kOverloaded);
}

}  // namespace
}  // namespace quorate::sim
