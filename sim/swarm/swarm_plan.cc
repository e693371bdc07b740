#include <algorithm>
#include <utility>

#include "node/base/check.h"
#include "sim/faults/fault_plan.h"
#include "sim/swarm/swarm.h"

namespace quorate::sim {

namespace {

template <std::size_t kCount>
std::int64_t pick(const std::int64_t (&values)[kCount], Random& random) {
  return values[random.below(kCount)];
}

LinkModel draw_links(Random& random) {
  LinkModel links;
  const SimTime low = pick({0, from_us(50), from_ms(1), from_ms(20)}, random);
  links.latency =
      Latency::uniform(low, low + pick({0, from_us(500), from_ms(5), from_ms(100)}, random));
  links.loss_ppm = static_cast<std::uint32_t>(pick({0, 0, 1'000, 50'000, 300'000}, random));
  links.duplicate_ppm = static_cast<std::uint32_t>(pick({0, 0, 10'000, 500'000}, random));
  links.reorder_ppm = static_cast<std::uint32_t>(pick({0, 10'000, 200'000}, random));
  links.reorder_extra = pick({from_ms(5), from_ms(100), from_seconds(2)}, random);
  links.ordered = random.chance(1, 4);
  return links;
}

Bucket draw_bucket(std::string name, BucketType type, std::uint16_t nodes, std::uint32_t w_min,
                   Random& random) {
  Bucket bucket;
  bucket.name = std::move(name);
  bucket.type = type;
  bucket.n = random.chance(1, 2) ? std::min<std::uint32_t>(3, nodes)
                                 : 1 + static_cast<std::uint32_t>(random.below(nodes));
  bucket.n = std::max(bucket.n, std::min<std::uint32_t>(w_min, nodes));
  if (random.chance(1, 2)) {
    bucket.r = bucket.w = bucket.n / 2 + 1;
  } else {
    bucket.r = 1 + static_cast<std::uint32_t>(random.below(bucket.n));
    bucket.w = 1 + static_cast<std::uint32_t>(random.below(bucket.n));
  }
  bucket.w = std::max(bucket.w, std::min(w_min, bucket.n));
  bucket.read_repair = random.chance(1, 4) ? ReadRepair::kBlocking : ReadRepair::kAsync;
  return bucket;
}

CoreOptions draw_core_options(Random& random) {
  CoreOptions options;
  options.resend_ns = pick({from_ms(100), from_ms(300), from_seconds(1)}, random);
  options.ping_interval_ns = pick({from_ms(100), from_ms(250), from_ms(500)}, random);
  options.silence_max_ns = 4 * options.ping_interval_ns;
  options.clock_skew_max_ms = random.chance(1, 2) ? 0 : 500;
  options.rebuild_rows_page = static_cast<std::uint32_t>(pick({1, 2, 256}, random));
  return options;
}

}  // namespace

RunPlan draw_plan(std::uint64_t seed) {
  Random random = Random::stream(seed, "swarm plan");
  RunPlan plan;
  ClusterOptions& cluster = plan.cluster;
  cluster.seed = seed;
  cluster.nodes = random.chance(1, 2) ? 3 : static_cast<std::uint16_t>(1 + random.below(5));
  cluster.vnodes = 1u << random.below(4);
  cluster.core = draw_core_options(random);
  // Small worlds come near no limit of ordinary size. From a stream of its own, which reshuffles
  // nothing.
  Random limits = Random::stream(seed, "swarm limits");
  if (limits.chance(1, 4)) cluster.core.context_bytes_max = 64;
  if (limits.chance(1, 4)) cluster.core.late_bytes_max = 1024;
  cluster.node_links = draw_links(random);
  cluster.client_links = LinkModel{};
  cluster.client_links.loss_ppm = static_cast<std::uint32_t>(pick({0, 0, 1'000, 50'000}, random));
  cluster.disk.sync =
      Latency::uniform(0, pick({0, from_us(500), from_ms(10), from_ms(100)}, random));
  cluster.link_notices = random.chance(1, 2);

  const bool may_lose_stores = cluster.nodes >= 2 && random.chance(1, 3);
  const std::uint32_t w_min = may_lose_stores ? 2 : 1;
  std::uint32_t n_min = cluster.nodes;
  for (const auto& [name, type] :
       {std::pair("default", BucketType::kRegister), std::pair("lww", BucketType::kLww)}) {
    const Bucket bucket = draw_bucket(name, type, cluster.nodes, w_min, random);
    n_min = std::min(n_min, bucket.n);
    QUORATE_CHECK(cluster.buckets.add(bucket));
  }
  const bool lww_too = random.chance(1, 3);
  const std::uint64_t keys = 1 + random.below(5);
  for (std::uint64_t i = 0; i < keys; ++i) {
    plan.keys.push_back(
        Key{lww_too && random.chance(1, 2) ? "lww" : "default", "k" + std::to_string(i + 1)});
  }

  plan.faults_end = random.between(from_seconds(2), from_seconds(12));
  WorkloadOptions workload;
  workload.nodes = cluster.nodes;
  workload.clients = 1 + random.below(5);
  workload.keys = plan.keys;
  workload.n_min = n_min;
  workload.w_min = w_min;
  workload.duration = plan.faults_end;
  plan.clients = draw_workload(workload, random);

  FaultPlanOptions faults;
  faults.nodes = cluster.nodes;
  faults.clients = plan.clients.size();
  faults.keys = plan.keys;
  faults.begin = random.chance(1, 4) ? 0 : from_ms(500);
  faults.end = plan.faults_end;
  faults.may_lose_stores = may_lose_stores;
  plan.faults = draw_faults(faults, random);
  return plan;
}

}  // namespace quorate::sim
