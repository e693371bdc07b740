#include "sim/run/run.h"

#include <algorithm>
#include <utility>

#include "node/base/check.h"

namespace quorate::sim {

namespace {

// Reads of every key, by a client that asks all primaries: what a person would do after an
// incident.
constexpr int kReadRounds = 2;

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

bool any_value_ends(const RunPlan& plan) {
  return std::any_of(plan.clients.begin(), plan.clients.end(), [](const ClientPlan& client) {
    return std::any_of(client.steps.begin(), client.steps.end(),
                       [](const ClientStep& step) { return step.request.expiry_ms != 0; });
  });
}

}  // namespace

Run::Run(const RunPlan& plan, const std::vector<WorldObserver*>& watchers,
         const MakeDisk& make_disk)
    : plan_(plan), cluster_(plan.cluster, make_disk) {
  cluster_.observe(ledger_);
  for (WorldObserver* watcher : watchers) cluster_.observe(*watcher);
  for (const ClientPlan& client : plan_.clients) {
    SimClient& host = cluster_.add_client(client.policy);
    for (const ClientStep& step : client.steps) host.enqueue(step);
  }
}

const RunReport& Run::play() {
  FaultInjector faults(cluster_, plan_.faults);
  cluster_.run_until(plan_.faults_end);
  faults.heal_all();
  cluster_.network().set_node_links(plan_.healed_links);
  cluster_.network().set_client_links(plan_.healed_links);
  const bool settled = settles();
  operations_of_clients_ = history().operations().size();
  if (settled) converge_unread();
  if (settled) reach_every_key();
  // Values that end by themselves are removed whenever that is noticed: also in the last moment.
  if (settled && any_value_ends(plan_)) converge_unread();
  credit_retired(cluster_.history(), ledger_);
  supersession_.emplace(ledger_, history(), plan_.cluster.buckets);
  for (Violation& violation : run_checks(evidence())) {
    report_.violations.push_back(std::move(violation));
  }
  count();
  return report_;
}

Evidence Run::evidence() const {
  QUORATE_CHECK_MSG(supersession_, "the run has not been played");
  Evidence evidence = gather(cluster_, history(), ledger_, *supersession_, plan_.keys);
  evidence.client_operations = operations_of_clients_;
  return evidence;
}

bool Run::settles() {
  for (const auto& client : cluster_.clients()) client->drop_steps();
  cluster_.run_for(kNoticeTime);
  if (!cluster_.run_until_settled(kSettleMax)) {
    report_.violations.push_back(Violation{kSettlesAfterHealing, describe_standing(cluster_)});
    return false;
  }
  return cluster_.run_until_true(
      [this] {
        return std::all_of(cluster_.clients().begin(), cluster_.clients().end(),
                           [](const auto& client) { return client->idle(); });
      },
      from_seconds(70));
}

// What nobody reads is mended too: each pair of replicas meets once in an interval, and a tree that
// does not equal its rows is found out once in another.
void Run::converge_unread() {
  const CoreOptions& core = plan_.cluster.core;
  if (!core.anti_entropy) return;
  const SimTime end = cluster_.now() + kConvergeUnreadMax + core.anti_entropy_interval_ns +
                      2 * core.tree_verify_interval_ns;
  constexpr SimTime kStep = from_ms(500);
  while (const auto difference = first_difference(cluster_, plan_.keys)) {
    if (cluster_.now() >= end) {
      report_.violations.push_back(
          Violation{kConvergesUnread, "  " + *difference + "\n" + describe_standing(cluster_)});
      return;
    }
    cluster_.run_for(kStep);
  }
}

void Run::reach_every_key() {
  SimClient& reader = cluster_.add_client();
  for (int round = 0; round < kReadRounds; ++round) {
    for (const Key& key : plan_.keys) {
      const Operation& read = cluster_.call(reader, read_all(key, cluster_.primaries(key)[0]));
      if (read.answered_read()) continue;
      report_.violations.push_back(
          Violation{kReadableAfterHealing, "  " + to_string(read) + "\n  " + read.reply.detail +
                                               "\n" + describe_standing(cluster_)});
    }
    cluster_.run_for(kConvergeMax);
  }
}

void Run::count() {
  report_.trace_hash = cluster_.trace_hash();
  report_.network = cluster_.network_counts();
  for (const Operation& operation : history().operations()) {
    ++report_.operations;
    if (!operation.done()) {
      ++report_.unfinished;
    } else if (!operation.is_write()) {
      ++(operation.answered_read() ? report_.reads_answered : report_.reads_refused);
    } else if (operation.acknowledged()) {
      ++report_.acknowledged;
    } else {
      ++(operation.outcome == Outcome::kUnknown ? report_.unknown : report_.refused);
    }
  }
  for (int kind = 0; kind < kTraceKindCount; ++kind) {
    report_.traces[kind] = ledger_.trace_count(static_cast<TraceKind>(kind));
  }
}

RunReport run_plan(const RunPlan& plan, WorldObserver* watcher) {
  Run run(plan, watcher == nullptr ? std::vector<WorldObserver*>{}
                                   : std::vector<WorldObserver*>{watcher});
  return run.play();
}

}  // namespace quorate::sim
