#include "sim/topology/topology_run.h"

#include <algorithm>
#include <set>
#include <utility>

#include "node/base/check.h"
#include "sim/topology/serve_model.h"

namespace quorate::sim {

namespace {

constexpr std::uint32_t kVnodes = 64;
constexpr unsigned kCopies = 3;

Bucket bucket_of(std::string name, unsigned n) {
  Bucket bucket;
  bucket.name = std::move(name);
  bucket.n = n;
  bucket.r = bucket.w = n / 2 + 1;
  return bucket;
}

// A key for each set of primaries that the ring knows in this bucket.
std::vector<Placement> placements_in(const Ring& ring, const std::string& bucket, unsigned n) {
  std::vector<Placement> placements;
  std::set<std::vector<unsigned>> seen;
  for (unsigned i = 1; i <= 16 * kVnodes; ++i) {
    Placement placement;
    placement.key = Key{bucket, "k" + std::to_string(i)};
    for (const NodeId node : ring.primaries(ring.vnode_of(bucket, placement.key.name), n)) {
      placement.primaries.push_back(node);
    }
    std::vector<unsigned> set = placement.primaries;
    std::sort(set.begin(), set.end());
    if (seen.insert(set).second) placements.push_back(std::move(placement));
  }
  return placements;
}

ClientStep step_of(Verb verb, const Placement& placement, unsigned count) {
  ClientStep step;
  step.request.verb = verb;
  step.request.key = placement.key;
  step.request.deadline_ns = TopologyRun::kDeadline;
  (verb == Verb::kGet ? step.request.r : step.request.w) = Quorum::of(count);
  step.context = ContextUse::kBlind;
  step.not_before = TopologyRun::kAskAt;
  return step;
}

ClientPlan asks_everything(unsigned node, const Placement& placement) {
  ClientPlan client;
  client.policy.endpoints = {static_cast<NodeId>(node)};
  client.policy.attempts_max = 1;
  client.policy.attempt_timeout = TopologyRun::kDeadline;
  for (unsigned count = 1; count <= placement.n(); ++count) {
    client.steps.push_back(step_of(Verb::kGet, placement, count));
    ClientStep write = step_of(Verb::kPut, placement, count);
    write.request.value =
        Blob(placement.key.name + " by " + std::to_string(node) + " w" + std::to_string(count));
    client.steps.push_back(std::move(write));
  }
  return client;
}

std::string list(const std::vector<unsigned>& nodes) {
  std::string text;
  for (const unsigned node : nodes) text += (text.empty() ? "" : ",") + std::to_string(node);
  return text;
}

void compare(const Digraph& graph, const Placement& placement, unsigned node,
             const Service& service, std::vector<std::string>* differences) {
  const auto check = [&](const char* name, const std::vector<bool>& served, unsigned most) {
    for (unsigned count = 1; count <= served.size(); ++count) {
      if (served[count - 1] == (count <= most)) continue;
      differences->push_back(to_string(graph) + ", n=" + std::to_string(placement.n()) + " on " +
                             list(placement.primaries) + ", asked at node " + std::to_string(node) +
                             ": " + name + "=" + std::to_string(count) + " was " +
                             (served[count - 1] ? "served, and should not be able to be"
                                                : "refused, and should be served"));
    }
  };
  check("r", service.reads, r_served(graph, placement.primaries, node));
  check("w", service.writes, w_served(graph, placement.primaries, node));
}

}  // namespace

TopologyRun::TopologyRun(unsigned nodes) : nodes_(nodes) {
  ClusterOptions& cluster = uncut_.cluster;
  cluster.nodes = static_cast<std::uint16_t>(nodes);
  cluster.vnodes = kVnodes;
  std::vector<NodeId> members;
  for (unsigned node = 1; node <= nodes; ++node) members.push_back(static_cast<NodeId>(node));
  const Result<Ring> ring = Ring::compute(1, members, kVnodes);
  QUORATE_CHECK(ring && cluster.buckets.add(bucket_of("default", nodes)));
  placements_ = placements_in(*ring, "default", nodes);
  if (nodes > kCopies) {
    QUORATE_CHECK(cluster.buckets.add(bucket_of("three", kCopies)));
    for (Placement& placement : placements_in(*ring, "three", kCopies)) {
      placements_.push_back(std::move(placement));
    }
  }
  SimTime asking = 0;
  for (const Placement& placement : placements_) {
    uncut_.keys.push_back(placement.key);
    for (unsigned node = 1; node <= nodes; ++node) {
      uncut_.clients.push_back(asks_everything(node, placement));
      asking =
          std::max(asking, kDeadline * static_cast<SimTime>(uncut_.clients.back().steps.size()));
    }
  }
  uncut_.faults_end = kAskAt + asking + from_seconds(1);
}

RunPlan TopologyRun::plan_for(const Digraph& graph) const {
  RunPlan plan = uncut_;
  for (unsigned from = 1; from <= nodes_; ++from) {
    for (unsigned to = 1; to <= nodes_; ++to) {
      if (from == to || graph.hears(from, to)) continue;
      plan.faults.push_back(Fault{kCutAt, FaultKind::kCut, from, to, 0, {}});
    }
  }
  return plan;
}

TopologyVerdict TopologyRun::run(const Digraph& graph) const {
  QUORATE_CHECK(graph.nodes() == nodes_);
  const RunPlan plan = plan_for(graph);
  Run run(plan);
  TopologyVerdict verdict(graph);
  verdict.violations = run.play().violations;

  for (const Placement& placement : placements_) {
    verdict.services.emplace_back(
        nodes_, Service{std::vector<bool>(placement.n()), std::vector<bool>(placement.n())});
  }
  for (const Operation& operation : run.history().operations()) {
    const std::size_t client = operation.client - kFirstClientHost;
    if (client >= plan.clients.size()) continue;  // the simulator's own reads after healing
    Service& service = verdict.services[client / nodes_][client % nodes_];
    if (operation.is_write()) {
      service.writes[operation.request.w.count - 1] = operation.acknowledged();
    } else {
      service.reads[operation.request.r.count - 1] = operation.answered_read();
    }
  }
  for (std::size_t i = 0; i < placements_.size(); ++i) {
    for (unsigned node = 1; node <= nodes_; ++node) {
      compare(graph, placements_[i], node, verdict.services[i][node - 1], &verdict.differences);
    }
  }
  return verdict;
}

}  // namespace quorate::sim
