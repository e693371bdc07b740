#include <string>
#include <utility>

#include "node/base/check.h"
#include "node/base/random.h"
#include "sim/matrix/matrix.h"

namespace quorate::sim {

namespace {

constexpr Window kWindow = {from_seconds(3), from_seconds(9)};
constexpr SimTime kBegin = from_seconds(1);
constexpr SimTime kDeadline = from_seconds(1);
constexpr SimTime kThinkMax = from_ms(100);
constexpr SimTime kReadsEnd = kWindow.end + from_seconds(3);

LinkModel links() {
  LinkModel model;
  model.latency = Latency::uniform(from_us(300), from_ms(3));
  return model;
}

ClusterOptions cluster_of(const MatrixOptions& options, const Configuration& configuration,
                          std::uint64_t seed) {
  ClusterOptions cluster;
  cluster.seed = seed;
  cluster.nodes = options.nodes;
  cluster.vnodes = 16;
  cluster.node_links = links();
  Bucket bucket;
  bucket.n = configuration.n;
  bucket.r = configuration.r;
  bucket.w = configuration.w;
  bucket.sloppy = configuration.sloppy;
  QUORATE_CHECK(cluster.buckets.add(bucket));
  return cluster;
}

// The first keys whose preference lists are that of the very first.
std::vector<Key> keys_of(const ClusterOptions& cluster) {
  std::vector<Key> keys;
  Hosts primaries;
  for (std::uint64_t i = 1; keys.size() < kMatrixKeys; ++i) {
    Key key{"default", "k" + std::to_string(i)};
    Hosts found = primaries_of(cluster, key);
    if (keys.empty()) primaries = found;
    if (found == primaries) keys.push_back(std::move(key));
  }
  return keys;
}

// Reads and blind puts by turns as chance has it, at one node, until the window ends, then reads
// alone. Drawn from the seed alone, so that all cells of a seed are asked the same.
ClientPlan client_at(HostId node, const std::vector<Key>& keys, Random random) {
  ClientPlan client;
  client.policy.endpoints = {node_of_host(node)};
  client.policy.deadline = kDeadline;
  client.policy.attempts_max = 1;
  client.policy.attempt_timeout = kDeadline;
  SimTime at = kBegin;
  for (std::uint64_t number = 1; at < kReadsEnd; ++number) {
    ClientStep step;
    step.not_before = at;
    step.context = ContextUse::kBlind;
    step.request.key = keys[random.below(keys.size())];
    if (at < kWindow.end && random.chance(1, 2)) {
      step.request.verb = Verb::kPut;
      step.request.value = Blob("n" + std::to_string(node) + "-" + std::to_string(number));
    }
    client.steps.push_back(std::move(step));
    at += random.between(0, kThinkMax);
  }
  return client;
}

}  // namespace

RunPlan plan_cell(const MatrixOptions& options, const Configuration& configuration,
                  Partition partition, std::uint64_t seed) {
  RunPlan plan;
  plan.cluster = cluster_of(options, configuration, seed);
  plan.healed_links = links();
  plan.keys = keys_of(plan.cluster);
  for (const HostId node : all_hosts(options.nodes)) {
    plan.clients.push_back(client_at(node, plan.keys, Random::stream(seed, "matrix client", node)));
  }
  const Hosts primaries = primaries_of(plan.cluster, plan.keys.front());
  const Hosts others = others_than(primaries, all_hosts(options.nodes));
  plan.faults = plan_partition(partition, primaries, others, kWindow).faults;
  plan.faults_end = kReadsEnd;
  return plan;
}

Window matrix_window() { return kWindow; }

}  // namespace quorate::sim
