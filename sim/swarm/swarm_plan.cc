#include <algorithm>
#include <utility>

#include "node/base/check.h"
#include "node/core/types/data_type.h"
#include "sim/faults/fault_plan.h"
#include "sim/swarm/coincidences.h"
#include "sim/swarm/swarm.h"
#include "sim/world/wall_clock.h"

namespace quorate::sim {

namespace {

template <std::size_t kCount>
std::int64_t pick(const std::int64_t (&values)[kCount], Random& random) {
  return values[random.below(kCount)];
}

Latency draw_latency(Random& random) {
  const SimTime low = pick({0, from_us(50), from_ms(1), from_ms(20)}, random);
  const SimTime spread = pick({0, from_us(500), from_ms(5), from_ms(100)}, random);
  switch (random.below(6)) {
    case 0:
      return Latency::exponential(std::max(spread, from_us(10))).shifted(low);
    case 1: {
      // The paper on bounded staleness measured tails of alpha 1.51 to 10.
      const auto alpha_ppm = static_cast<std::uint32_t>(random.between(1'200'000, 10'000'000));
      return Latency::pareto(std::max(low, from_us(20)), alpha_ppm);
    }
    default:
      return Latency::uniform(low, low + spread);
  }
}

LinkModel draw_links(Random& random) {
  LinkModel links;
  links.latency = draw_latency(random);
  links.loss_ppm = static_cast<std::uint32_t>(pick({0, 0, 1'000, 50'000, 300'000}, random));
  links.duplicate_ppm = static_cast<std::uint32_t>(pick({0, 0, 10'000, 500'000}, random));
  links.reorder_ppm = static_cast<std::uint32_t>(pick({0, 10'000, 200'000}, random));
  links.reorder_extra = pick({from_ms(5), from_ms(100), from_seconds(2)}, random);
  links.ordered = random.chance(1, 4);
  if (random.chance(1, 8)) {
    links.bytes_per_second = static_cast<std::uint64_t>(pick({20'000, 200'000, 5'000'000}, random));
    links.queue_bytes_max =
        static_cast<std::uint64_t>(pick({2'000, 50'000, std::int64_t{16} << 20}, random));
  }
  return links;
}

DiskModel draw_disk(Random& random) {
  DiskModel disk;
  disk.sync = Latency::uniform(0, pick({0, from_us(500), from_ms(10), from_ms(100)}, random));
  if (random.chance(1, 6)) disk.durability = Durability::kOs;
  disk.write_back = pick({from_ms(100), from_seconds(1), from_seconds(30)}, random);
  return disk;
}

ProcessingModel draw_processing(Random& random) {
  ProcessingModel processing;
  if (random.chance(2, 3)) return processing;
  processing.per_input = pick({0, from_us(2), from_us(20), from_us(400)}, random);
  processing.per_byte = pick({0, 1, 30, 1'000}, random);
  processing.inputs_max = static_cast<std::size_t>(pick({50, 1'000, 100'000}, random));
  return processing;
}

std::vector<ClockModel> draw_clocks(std::uint16_t nodes, Random& random) {
  std::vector<ClockModel> clocks;
  if (random.chance(2, 3)) return clocks;
  const std::int64_t offset_max = pick({20, 400, 86'400'000}, random);
  for (std::uint16_t i = 0; i < nodes; ++i) {
    clocks.push_back({random.between(-offset_max, offset_max), random.between(-500, 500)});
  }
  return clocks;
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
  if (random.chance(1, 6)) {
    bucket.siblings_max = 2 + static_cast<std::uint32_t>(random.below(6));
  }
  return bucket;
}

// A bucket for each partial type, and some of the keys moved into them. Returns their smallest n.
std::uint32_t draw_partial_keys(Random& random, std::uint32_t w_min, RunPlan& plan) {
  ClusterOptions& cluster = plan.cluster;
  std::uint32_t n_min = cluster.nodes;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < bucket_type_names().size(); ++i) {
    const auto type = static_cast<BucketType>(i);
    if (!data_type(type).is_partial()) continue;
    Bucket bucket = draw_bucket(bucket_type_names()[i], type, cluster.nodes, w_min, random);
    const bool loses_stores = w_min > 1;
    if (cluster.nodes > bucket.n && !loses_stores && random.chance(1, 2)) {
      bucket.sloppy = true;
      bucket.read_repair = ReadRepair::kAsync;
    }
    n_min = std::min(n_min, bucket.n);
    names.push_back(bucket.name);
    QUORATE_CHECK(cluster.buckets.add(bucket));
  }
  for (Key& key : plan.keys) {
    if (random.chance(2, 3)) key.bucket = names[random.below(names.size())];
  }
  return n_min;
}

CoreOptions draw_core_options(Random& random) {
  CoreOptions options;
  options.resend_ns = pick({from_ms(100), from_ms(300), from_seconds(1)}, random);
  options.ping_interval_ns = pick({from_ms(100), from_ms(250), from_ms(500)}, random);
  options.silence_max_ns = 4 * options.ping_interval_ns;
  options.clock_skew_max_ms = random.chance(1, 2) ? 0 : 500;
  if (random.chance(1, 4)) options.retry_window_ms = random.between(1'000, 10'000);
  if (random.chance(1, 8)) options.requests_max = 4 + random.below(8);
  options.rebuild_rows_page = static_cast<std::uint32_t>(pick({1, 2, 256}, random));
  if (random.chance(2, 3)) options.delta_bytes_min = 0;
  return options;
}

void draw_hint_options(Random& random, CoreOptions& options) {
  options.hints = !random.chance(1, 8);
  if (random.chance(1, 3)) options.hints_max = 1 + random.below(6);
  if (random.chance(1, 6)) options.hints_bytes_max = 1024;
  if (random.chance(1, 6)) options.hint_age_max_ms = random.between(1'000, 5'000);
  if (random.chance(1, 3)) {
    options.handoff_bytes_per_second = static_cast<std::size_t>(pick({1024, 4096, 65536}, random));
  }
  if (random.chance(1, 6)) options.handoff_keys_per_second = 2;
}

void draw_anti_entropy_options(Random& random, CoreOptions& options) {
  options.anti_entropy = !random.chance(1, 8);
  options.anti_entropy_interval_ns =
      pick({from_ms(300), from_seconds(2), from_seconds(10)}, random);
  options.tree_verify_interval_ns = pick({from_ms(500), from_seconds(5)}, random);
  if (random.chance(1, 6)) options.repair_bytes_per_second = 4096;
  if (random.chance(1, 6)) options.repair_rows_per_second = 20;
  if (random.chance(1, 6)) options.repair_keys_per_second = 2;
}

// What is dead can only be reaped within a run where tokens and retries are short-lived.
void draw_reaping_options(Random& random, CoreOptions& options) {
  options.reaping = !random.chance(1, 8);
  options.reap_interval_ns = pick({from_ms(200), from_seconds(1), from_seconds(5)}, random);
  if (random.chance(1, 8)) options.retired_max = 2;
  if (random.chance(1, 4)) return;
  options.token_life_ms = pick({1'000, 2'000, 5'000}, random);
  options.retry_window_ms = pick({1'000, 2'000}, random);
}

// Some values end by themselves, some of them before they are written.
void draw_expiries(RunPlan& plan, Random& random) {
  for (ClientPlan& client : plan.clients) {
    for (ClientStep& step : client.steps) {
      if (step.request.verb != Verb::kPut || !random.chance(1, 3)) continue;
      step.request.expiry_ms =
          WallClock::kStartMs + random.between(0, plan.faults_end + plan.faults_end / 2) / kNsPerMs;
    }
  }
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
  if (limits.chance(1, 8)) cluster.core.unanswered_bytes_max = 1024;
  Random hints = Random::stream(seed, "swarm hints");
  draw_hint_options(hints, cluster.core);
  Random trees = Random::stream(seed, "swarm anti-entropy");
  draw_anti_entropy_options(trees, cluster.core);
  Random reaping = Random::stream(seed, "swarm reaping");
  draw_reaping_options(reaping, cluster.core);
  cluster.node_links = draw_links(random);
  if (random.chance(1, 3)) {
    // A client's request comes on a connection, which repeats nothing; a second copy would be a
    // second try, of which the client who was told "not applied" for the first knows nothing.
    cluster.client_links = draw_links(random);
    cluster.client_links.duplicate_ppm = 0;
  } else {
    cluster.client_links.loss_ppm = static_cast<std::uint32_t>(pick({0, 0, 1'000, 50'000}, random));
  }
  cluster.disk = draw_disk(random);
  cluster.processing = draw_processing(random);
  cluster.clocks = draw_clocks(cluster.nodes, random);
  cluster.link_notices = random.chance(1, 2);

  // What is only with the kernel is on no disk: nobody can notice later that a disk lacks it.
  const bool on_disk = cluster.disk.durability == Durability::kFsync;
  const bool may_lose_stores = on_disk && cluster.nodes >= 2 && random.chance(1, 3);
  const std::uint32_t w_min = may_lose_stores ? 2 : 1;
  std::uint32_t n_min = cluster.nodes;
  for (const auto& [name, type] :
       {std::pair("default", BucketType::kRegister), std::pair("lww", BucketType::kLww)}) {
    Bucket bucket = draw_bucket(name, type, cluster.nodes, w_min, random);
    if (cluster.nodes > bucket.n && hints.chance(1, 2)) {
      bucket.sloppy = true;
      bucket.read_repair = ReadRepair::kAsync;
    }
    // A spare hint that is dropped takes away one of the w copies of its write (decision 0008): no
    // disk may be lost then.
    if (bucket.sloppy && may_lose_stores) {
      const CoreOptions usual;
      cluster.core.hints_max = usual.hints_max;
      cluster.core.hints_bytes_max = usual.hints_bytes_max;
      cluster.core.hint_age_max_ms = usual.hint_age_max_ms;
    }
    n_min = std::min(n_min, bucket.n);
    QUORATE_CHECK(cluster.buckets.add(bucket));
  }
  const bool lww_too = random.chance(1, 3);
  const std::uint64_t keys = 1 + random.below(5);
  for (std::uint64_t i = 0; i < keys; ++i) {
    plan.keys.push_back(
        Key{lww_too && random.chance(1, 2) ? "lww" : "default", "k" + std::to_string(i + 1)});
  }

  // Some worlds hold what is changed part by part too. From a stream of its own, which reshuffles
  // nothing in the others.
  Random types = Random::stream(seed, "swarm types");
  if (types.chance(1, 3)) n_min = std::min(n_min, draw_partial_keys(types, w_min, plan));

  plan.faults_end = random.between(from_seconds(2), from_seconds(12));
  WorkloadOptions workload;
  workload.nodes = cluster.nodes;
  workload.clients = 1 + random.below(5);
  workload.keys = plan.keys;
  workload.buckets = &cluster.buckets;
  workload.n_min = n_min;
  workload.w_min = w_min;
  workload.duration = plan.faults_end;
  plan.clients = draw_workload(workload, random);
  Random expiry = Random::stream(seed, "swarm expiry");
  if (expiry.chance(1, 4)) draw_expiries(plan, expiry);

  FaultPlanOptions faults;
  faults.cluster = cluster;
  faults.clients = plan.clients.size();
  faults.keys = plan.keys;
  faults.begin = random.chance(1, 4) ? 0 : from_ms(500);
  faults.end = plan.faults_end;
  faults.may_lose_stores = may_lose_stores;
  faults.power_may_fail = on_disk;
  plan.faults = draw_faults(faults, random);
  draw_coincidences(plan, {.stores = may_lose_stores, .power = on_disk});
  return plan;
}

}  // namespace quorate::sim
