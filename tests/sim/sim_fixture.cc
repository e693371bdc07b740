#include "tests/sim/sim_fixture.h"

#include <algorithm>
#include <set>

namespace quorate::sim {

std::vector<std::string> values_of(const Operation& operation) {
  std::vector<std::string> values;
  for (const ReadValue& value : operation.reply.values) values.emplace_back(value.value.view());
  std::sort(values.begin(), values.end());
  return values;
}

std::vector<std::string> values_on(const Cluster& cluster, NodeId node, const Key& key) {
  std::vector<std::string> values;
  const Row* row = cluster.row(node, key);
  if (row == nullptr) return values;
  for (const Sibling& sibling : row->record.siblings) values.emplace_back(sibling.value.view());
  std::sort(values.begin(), values.end());
  return values;
}

ClusterOptions plain_options(std::uint16_t nodes) {
  ClusterOptions options;
  options.nodes = nodes;
  options.node_links.latency = Latency::constant(from_ms(1));
  options.client_links.latency = Latency::constant(from_ms(1));
  options.disk.sync = Latency::constant(from_ms(1));
  options.core.hints = options.core.anti_entropy = options.core.reaping = false;
  for (const BucketType type : {BucketType::kRegister, BucketType::kLww}) {
    Bucket bucket;
    bucket.name = type == BucketType::kLww ? "lww" : "default";
    bucket.type = type;
    bucket.n = std::min<std::uint32_t>(3, nodes);
    bucket.r = bucket.w = bucket.n / 2 + 1;
    EXPECT_TRUE(options.buckets.add(bucket).has_value());
  }
  return options;
}

TestCluster::TestCluster(ClusterOptions options) : cluster_(std::move(options)) {
  cluster_.observe(ledger_);
  EXPECT_TRUE(cluster_.run_until_settled(from_seconds(10)));
}

SimClient& TestCluster::client_at(std::vector<NodeId> endpoints) {
  ClientPolicy policy;
  policy.endpoints = std::move(endpoints);
  policy.attempts_max = 1;
  policy.attempt_timeout = from_seconds(60);
  return cluster_.add_client(policy);
}

void TestCluster::expect_sound() {
  std::set<Key> keys;
  for (const Operation& operation : cluster_.history().operations()) {
    keys.insert(operation.request.key);
  }
  cluster_.heal();
  for (const NodeId node : cluster_.node_ids()) {
    cluster_.resume(node);
    cluster_.restart(node);
  }
  ASSERT_TRUE(cluster_.run_until_settled(from_seconds(60)));
  SimClient& reader = client();
  for (int round = 0; round < 2; ++round) {
    for (const Key& key : keys) {
      const Operation& read = call(reader, get(key.name, key.bucket).all());
      EXPECT_TRUE(read.answered_read()) << to_string(read) << "\n" << read.reply.detail;
    }
    cluster_.run_for(from_seconds(1));
  }
  credit_retired(cluster_.history(), ledger_);
  Supersession supersession(ledger_, cluster_.history(), cluster_.options().buckets);
  const Evidence evidence =
      gather(cluster_, cluster_.history(), ledger_, supersession, {keys.begin(), keys.end()});
  for (const Violation& violation : run_checks(evidence)) {
    ADD_FAILURE() << violation.property << ": " << violation.witness;
  }
}

}  // namespace quorate::sim
