#include "sim/swarm/swarm.h"

#include <algorithm>
#include <utility>

namespace quorate::sim {

namespace {

// Reads of every key, by a client that asks all primaries: what a person would do after an
// incident.
constexpr int kReadRounds = 2;
constexpr SimTime kRepairPause = from_seconds(2);

// Some pings pass before a node learns from its peers that its disk went back in time.
constexpr SimTime kNoticeTime = from_seconds(5);

std::string describe_standing(const Cluster& cluster) {
  std::string text;
  for (const NodeId id : cluster.node_ids()) {
    const SimNode& node = cluster.node(id);
    text += "  node " + std::to_string(id) + ": ";
    if (!node.up()) {
      text += "down\n";
      continue;
    }
    const CoreStatus status = node.core().status();
    text += std::string(store_state_name(status.store)) + ", rebuilding " +
            std::to_string(status.vnodes_rebuilding) + ", peers";
    for (const PeerStatus& peer : status.peers) {
      text += " " + std::to_string(peer.node) + ":" + circuit_name(peer.circuit);
    }
    text += "\n";
  }
  return text;
}

ClientStep read_all(const Key& key, NodeId endpoint) {
  ClientStep step;
  step.request.verb = Verb::kGet;
  step.request.key = key;
  step.request.r = Quorum{Quorum::Kind::kAll, 0};
  step.request.deadline_ns = from_seconds(10);
  step.context = ContextUse::kBlind;
  step.endpoint = endpoint;
  return step;
}

class Run {
 public:
  Run(const SwarmPlan& plan, WorldObserver* watcher) : plan_(plan), cluster_(plan.cluster) {
    cluster_.observe(ledger_);
    if (watcher != nullptr) cluster_.observe(*watcher);
    for (const ClientPlan& client : plan_.clients) {
      SimClient& host = cluster_.add_client(client.policy);
      for (const ClientStep& step : client.steps) host.enqueue(step);
    }
  }

  SwarmReport judge() {
    FaultInjector faults(cluster_, plan_.faults);
    cluster_.run_until(plan_.faults_end);
    faults.heal_all();
    cluster_.network().set_node_links(plan_.healed_links);
    cluster_.network().set_client_links(plan_.healed_links);
    if (settles()) {
      reach_every_key();
    }
    Supersession supersession(ledger_, cluster_.history(), plan_.cluster.buckets);
    const Evidence evidence =
        gather(cluster_, cluster_.history(), ledger_, supersession, plan_.damage, plan_.keys);
    for (Violation& violation : run_checks(evidence)) {
      report_.violations.push_back(std::move(violation));
    }
    count();
    return std::move(report_);
  }

 private:
  bool settles() {
    for (const auto& client : cluster_.clients()) client->drop_steps();
    cluster_.run_for(kNoticeTime);
    if (!cluster_.run_until_settled(kSettleMax)) {
      report_.violations.push_back(
          Violation{"the cluster settles after healing", describe_standing(cluster_)});
      return false;
    }
    return cluster_.run_until_true(
        [this] {
          return std::all_of(cluster_.clients().begin(), cluster_.clients().end(),
                             [](const auto& client) { return client->idle(); });
        },
        from_seconds(70));
  }

  void reach_every_key() {
    SimClient& reader = cluster_.add_client();
    for (int round = 0; round < kReadRounds; ++round) {
      for (const Key& key : plan_.keys) {
        const Operation& read = cluster_.call(reader, read_all(key, cluster_.primaries(key)[0]));
        if (read.answered_read()) continue;
        report_.violations.push_back(Violation{"every key can be read after healing",
                                               "  " + to_string(read) + "\n  " + read.reply.detail +
                                                   "\n" + describe_standing(cluster_)});
      }
      cluster_.run_for(kRepairPause);
    }
  }

  void count() {
    report_.trace_hash = cluster_.trace_hash();
    report_.network = cluster_.network_counts();
    for (const Operation& operation : cluster_.history().operations()) {
      ++report_.operations;
      if (!operation.done() || !operation.is_write()) continue;
      report_.acknowledged += operation.acknowledged() ? 1 : 0;
      report_.refused += operation.outcome == Outcome::kNotApplied ? 1 : 0;
      report_.unknown += operation.outcome == Outcome::kUnknown ? 1 : 0;
    }
    for (int kind = 0; kind < kTraceKindCount; ++kind) {
      report_.traces[kind] = ledger_.trace_count(static_cast<TraceKind>(kind));
    }
  }

  const SwarmPlan& plan_;
  Ledger ledger_;
  Cluster cluster_;
  SwarmReport report_;
};

}  // namespace

SwarmReport run_plan(const SwarmPlan& plan, WorldObserver* watcher) {
  return Run(plan, watcher).judge();
}

std::string describe(const SwarmPlan& plan) {
  const ClusterOptions& cluster = plan.cluster;
  std::string text = "seed " + std::to_string(cluster.seed) + ": " + std::to_string(cluster.nodes) +
                     " nodes, " + std::to_string(cluster.vnodes) + " vnodes, loss " +
                     std::to_string(cluster.node_links.loss_ppm) + " ppm, duplicates " +
                     std::to_string(cluster.node_links.duplicate_ppm) + " ppm, latency up to " +
                     time_to_string(cluster.node_links.latency.max()) + "\n";
  for (const auto& [name, bucket] : cluster.buckets.all()) {
    text += "  bucket " + name + ": n=" + std::to_string(bucket.n) +
            " r=" + std::to_string(bucket.r) + " w=" + std::to_string(bucket.w) + "\n";
  }
  for (std::size_t i = 0; i < plan.clients.size(); ++i) {
    text += "  client " + std::to_string(i + 1) + ": " +
            std::to_string(plan.clients[i].steps.size()) + " steps\n";
  }
  for (const Fault& fault : plan.faults) text += "  " + to_string(fault) + "\n";
  text += "  healed at " + time_to_string(plan.faults_end) + "\n";
  return text;
}

}  // namespace quorate::sim
