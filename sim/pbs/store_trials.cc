#include "sim/pbs/store_trials.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "node/base/check.h"
#include "sim/world/cluster.h"

namespace quorate::sim {

namespace {

constexpr std::uint16_t kReplicas = kWarsReplicas;
constexpr NodeId kOutsider = kReplicas + 1;  // holds none of the keys
constexpr SimTime kHour = from_seconds(3600);

// Past what the core remembers of requests, so that records stay small.
constexpr std::int64_t kRetryWindowMs = 1'000;
constexpr SimTime kPause = from_seconds(2);

std::vector<std::string> sites_of_nodes(const NetworkModel& model) {
  if (model.sites.empty()) return {};
  std::vector<std::string> sites(model.sites.begin(), model.sites.begin() + kReplicas);
  sites.push_back(model.sites.front());
  return sites;
}

ClusterOptions options_of(const NetworkModel& model, std::uint64_t seed, std::size_t kinds) {
  ClusterOptions options;
  options.seed = seed;
  options.nodes = kOutsider;
  options.vnodes = 64;
  Bucket bucket;
  bucket.n = kReplicas;
  bucket.read_repair = ReadRepair::kOff;
  QUORATE_CHECK(options.buckets.add(bucket));
  options.core.deadline_default_ns = options.core.deadline_max_ns = kHour;
  options.core.resend_ns = kHour;
  options.core.hints = options.core.anti_entropy = false;
  options.core.ping_interval_ns = from_seconds(60);
  options.core.silence_max_ns = from_seconds(600);
  options.core.retry_window_ms = kRetryWindowMs;
  options.node_links = model.links;
  options.client_links.latency = Latency::constant(0);
  options.disk.sync = Latency::constant(0);
  // Clients in the order in which they are added below: for each node one that writes, and one for
  // each kind of read.
  const std::vector<std::string> sites = sites_of_nodes(model);
  std::vector<std::string> of_clients;
  for (std::size_t i = 0; i <= kinds && !sites.empty(); ++i) {
    of_clients.insert(of_clients.end(), sites.begin(), sites.end());
  }
  Result<Geography> geography = model.place(sites, of_clients);
  QUORATE_CHECK(geography);
  options.geography = std::move(*geography);
  return options;
}

// The trials of one cluster, each driven by how the operations of the last one ended.
class Driver final : public WorldObserver {
 public:
  Driver(Cluster& cluster, std::uint32_t w, std::uint64_t trials, LogHistogram& write,
         std::vector<ReadsOfKind>& reads)
      : cluster_(cluster),
        w_(w),
        trials_left_(trials),
        write_(write),
        reads_(reads),
        random_(Random::stream(cluster.options().seed, "pbs coordinators")) {
    ClientPolicy policy;
    policy.deadline = policy.attempt_timeout = kHour;
    for (std::size_t i = 0; i <= reads.size(); ++i) {
      for (NodeId node = 1; node <= kOutsider; ++node) {
        policy.endpoints = {node};
        cluster.add_client(policy);
      }
    }
    find_keys();
    cluster.observe(*this);
    next_trial();
  }

  bool done() const { return done_; }

  void on_operation_finished(const Operation& operation) override {
    const SimTime took = operation.finished - operation.invoked;
    if (operation.is_write()) {
      QUORATE_CHECK_MSG(operation.acknowledged(), "a write of a trial failed");
      write_.add(took);
      for (std::size_t i = 0; i < reads_.size(); ++i) start_read(i, operation.finished);
      if (reads_.empty()) next_trial();
      return;
    }
    QUORATE_CHECK_MSG(operation.answered_read(), "a read of a trial failed");
    ReadsOfKind& reads = reads_[(operation.client - kFirstClientHost) / kOutsider - 1];
    const std::vector<ReadValue>& values = operation.reply.values;
    ++reads.reads;
    reads.fresh += std::any_of(values.begin(), values.end(),
                               [this](const ReadValue& each) { return each.value == value_; });
    reads.latency.add(took);
    if (--reads_left_ == 0) next_trial();
  }

 private:
  // One for each primary to write through: a coordinator always has the newest version itself, and
  // none of its writes makes a sibling.
  void find_keys() {
    std::size_t found = 0;
    for (int i = 0; found < keys_.size(); ++i) {
      const Key key{"default", "key" + std::to_string(i)};
      if (!cluster_.is_primary(kOutsider, key)) keys_[found++] = key;
    }
  }

  SimClient& client(std::size_t row, NodeId node) {
    return *cluster_.clients()[row * kOutsider + node - 1u];
  }

  void next_trial() {
    if (trials_left_ == 0) {
      done_ = true;
      return;
    }
    --trials_left_;
    reads_left_ = reads_.size();
    const auto writer = static_cast<NodeId>(1 + random_.below(kReplicas));
    key_ = keys_[writer - 1u];
    value_ = Blob("value " + std::to_string(trials_left_));
    ClientStep step;
    step.think = kPause;
    step.context = ContextUse::kBlind;
    step.request.verb = Verb::kPut;
    step.request.key = key_;
    step.request.value = value_;
    step.request.w = Quorum::of(w_);
    client(0, writer).enqueue(std::move(step));
  }

  void start_read(std::size_t index, SimTime acknowledged) {
    const ReadKind& kind = reads_[index].kind;
    const NodeId node = kind.coordinators == Coordinators::kOutside
                            ? kOutsider
                            : static_cast<NodeId>(1 + random_.below(kReplicas));
    ClientStep step;
    step.not_before = acknowledged + kind.after;
    step.context = ContextUse::kBlind;
    step.request.verb = Verb::kGet;
    step.request.key = key_;
    step.request.r = Quorum::of(kind.r);
    client(index + 1, node).enqueue(std::move(step));
  }

  Cluster& cluster_;
  const std::uint32_t w_;
  std::uint64_t trials_left_;
  LogHistogram& write_;
  std::vector<ReadsOfKind>& reads_;
  Random random_;
  std::array<Key, kReplicas> keys_;
  Key key_;
  Blob value_;
  std::size_t reads_left_ = 0;
  bool done_ = false;
};

}  // namespace

StoreTrials::StoreTrials(NetworkModel model, std::uint32_t w, const std::vector<ReadKind>& kinds,
                         std::uint64_t seed)
    : model_(std::move(model)), w_(w), seed_(seed) {
  for (const ReadKind& kind : kinds) {
    QUORATE_CHECK(kind.coordinators != Coordinators::kApart);
    reads_.push_back({kind, 0, 0, {}});
  }
}

void StoreTrials::run(std::uint64_t trials) {
  while (trials > 0) {
    const std::uint64_t now = std::min(trials, kTrialsOfOneCluster);
    run_cluster(now);
    trials -= now;
  }
}

void StoreTrials::run_cluster(std::uint64_t trials) {
  Random seeds =
      Random::stream(seed_, "pbs " + model_.name + " w" + std::to_string(w_), clusters_++);
  Cluster cluster(options_of(model_, seeds.next(), reads_.size()));
  QUORATE_CHECK(cluster.run_until_settled(kHour));
  Driver driver(cluster, w_, trials, write_, reads_);
  // Each trial ends when its slowest read has, an hour at the most.
  const SimTime limit = static_cast<SimTime>(trials) * 2 * kHour;
  const bool ended = cluster.run_until_true([&driver] { return driver.done(); }, limit);
  QUORATE_CHECK_MSG(ended, "the trials did not end");
}

}  // namespace quorate::sim
