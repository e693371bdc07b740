#include "sim/shrink/parts.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "node/base/check.h"

namespace quorate::sim {

namespace {

bool contains(const Items& items, std::size_t item) {
  return std::binary_search(items.begin(), items.end(), item);
}

bool begins(const Fault& fault) {
  const std::optional<FaultKind> end = end_of(fault.kind);
  return end && (*end != fault.kind || fault.amount != 0);
}

bool ends(const Fault& fault, const Fault& begun) {
  return begins(begun) && fault.kind == *end_of(begun.kind) && fault.amount == 0 &&
         fault.a == begun.a && fault.b == begun.b;
}

void lower(Quorum& quorum, std::uint32_t n) {
  if (quorum.kind == Quorum::Kind::kCount) quorum.count = std::min(quorum.count, n);
}

Buckets buckets_for(const Buckets& buckets, std::uint32_t nodes) {
  Buckets fitting;
  for (const auto& [name, bucket] : buckets.all()) {
    Bucket fit = bucket;
    fit.n = std::min(fit.n, nodes);
    fit.r = std::min(fit.r, fit.n);
    fit.w = std::min(fit.w, fit.n);
    QUORATE_CHECK(fitting.add(std::move(fit)));
  }
  return fitting;
}

// Applies `rename` to the hosts of each fault, and drops those of hosts that it gives 0 for.
template <typename Rename>
std::vector<Fault> renamed(const std::vector<Fault>& faults, const Rename& rename) {
  std::vector<Fault> kept;
  for (Fault fault : faults) {
    const bool of_two = fault.b != 0;
    fault.a = rename(fault.a);
    fault.b = of_two ? rename(fault.b) : 0;
    if (fault.a != 0 && (!of_two || fault.b != 0)) kept.push_back(std::move(fault));
  }
  return kept;
}

// Of a list that may be shorter than what it speaks of.
template <typename T>
void erase_at(std::vector<T>& list, std::size_t index) {
  if (index < list.size()) list.erase(list.begin() + static_cast<std::ptrdiff_t>(index));
}

}  // namespace

PlanSize size_of(const RunPlan& plan) {
  PlanSize size;
  size.faults = faults_with_their_ends(plan).size();
  size.operations = count_steps(plan);
  size.clients = plan.clients.size();
  size.keys = plan.keys.size();
  size.nodes = plan.cluster.nodes;
  return size;
}

std::vector<Items> faults_with_their_ends(const RunPlan& plan) {
  std::vector<Items> groups;
  std::vector<std::size_t> open;  // groups that nothing has ended yet
  for (std::size_t i = 0; i < plan.faults.size(); ++i) {
    const auto begun = std::find_if(open.begin(), open.end(), [&](std::size_t group) {
      return ends(plan.faults[i], plan.faults[groups[group].front()]);
    });
    if (begun != open.end()) {
      groups[*begun].push_back(i);
      open.erase(begun);
      continue;
    }
    if (begins(plan.faults[i])) open.push_back(groups.size());
    groups.push_back({i});
  }
  return groups;
}

std::vector<Items> episodes(const RunPlan& plan) {
  std::map<std::pair<SimTime, SimTime>, Items> together;
  for (const Items& group : faults_with_their_ends(plan)) {
    Items& episode = together[{plan.faults[group.front()].at, plan.faults[group.back()].at}];
    episode.insert(episode.end(), group.begin(), group.end());
  }
  std::vector<Items> groups;
  for (auto& [times, group] : together) groups.push_back(std::move(group));
  return groups;
}

RunPlan keep_faults(const RunPlan& plan, const std::vector<Items>& groups, const Items& kept) {
  Items faults;
  for (const std::size_t group : kept) {
    faults.insert(faults.end(), groups[group].begin(), groups[group].end());
  }
  std::sort(faults.begin(), faults.end());
  RunPlan smaller = plan;
  smaller.faults.clear();
  for (const std::size_t fault : faults) smaller.faults.push_back(plan.faults[fault]);
  return smaller;
}

RunPlan keep_clients(const RunPlan& plan, const Items& kept) {
  RunPlan smaller = plan;
  smaller.clients.clear();
  for (std::size_t client = plan.clients.size(); client-- > 0;) {
    if (!contains(kept, client)) erase_at(smaller.cluster.geography.client_sites, client);
  }
  std::map<HostId, HostId> hosts;
  for (const std::size_t client : kept) {
    hosts[kFirstClientHost + static_cast<HostId>(client)] =
        kFirstClientHost + static_cast<HostId>(smaller.clients.size());
    smaller.clients.push_back(plan.clients[client]);
  }
  smaller.faults = renamed(plan.faults, [&hosts](HostId host) -> HostId {
    if (!is_client(host)) return host;
    const auto found = hosts.find(host);
    return found == hosts.end() ? 0 : found->second;
  });
  return smaller;
}

RunPlan keep_keys(const RunPlan& plan, const Items& kept) {
  RunPlan smaller = plan;
  smaller.keys.clear();
  for (const std::size_t key : kept) smaller.keys.push_back(plan.keys[key]);
  const auto gone = [&smaller](const Key& key) {
    return std::find(smaller.keys.begin(), smaller.keys.end(), key) == smaller.keys.end();
  };
  for (ClientPlan& client : smaller.clients) {
    client.steps.erase(
        std::remove_if(client.steps.begin(), client.steps.end(),
                       [&gone](const ClientStep& step) { return gone(step.request.key); }),
        client.steps.end());
  }
  smaller.faults.erase(std::remove_if(smaller.faults.begin(), smaller.faults.end(),
                                      [&gone](const Fault& fault) {
                                        return !fault.key.name.empty() && gone(fault.key);
                                      }),
                       smaller.faults.end());
  return smaller;
}

RunPlan keep_steps(const RunPlan& plan, const Items& kept) {
  RunPlan smaller = plan;
  std::size_t index = 0;
  for (std::size_t client = 0; client < plan.clients.size(); ++client) {
    smaller.clients[client].steps.clear();
    for (const ClientStep& step : plan.clients[client].steps) {
      if (contains(kept, index++)) smaller.clients[client].steps.push_back(step);
    }
  }
  return smaller;
}

std::size_t count_steps(const RunPlan& plan) {
  std::size_t count = 0;
  for (const ClientPlan& client : plan.clients) count += client.steps.size();
  return count;
}

bool can_do_without(const RunPlan& plan, NodeId node) {
  return plan.cluster.nodes > 1 &&
         std::all_of(plan.clients.begin(), plan.clients.end(), [node](const ClientPlan& client) {
           const std::vector<NodeId>& known = client.policy.endpoints;
           return known.empty() || std::any_of(known.begin(), known.end(),
                                               [node](NodeId other) { return other != node; });
         });
}

RunPlan without_node(const RunPlan& plan, NodeId node) {
  const auto rename = [node](HostId host) -> HostId {
    if (is_client(host) || host < node) return host;
    return host == node ? 0 : host - 1;
  };
  RunPlan smaller = plan;
  smaller.cluster.nodes = static_cast<std::uint16_t>(plan.cluster.nodes - 1);
  smaller.cluster.buckets = buckets_for(plan.cluster.buckets, smaller.cluster.nodes);
  erase_at(smaller.cluster.clocks, node - 1u);
  erase_at(smaller.cluster.geography.node_sites, node - 1u);
  smaller.faults = renamed(plan.faults, rename);
  for (ClientPlan& client : smaller.clients) {
    std::vector<NodeId> endpoints;
    for (const NodeId endpoint : client.policy.endpoints) {
      if (endpoint != node) endpoints.push_back(static_cast<NodeId>(rename(endpoint)));
    }
    client.policy.endpoints = std::move(endpoints);
    for (ClientStep& step : client.steps) {
      step.endpoint = static_cast<NodeId>(rename(step.endpoint));
      lower(step.request.r, smaller.cluster.nodes);
      lower(step.request.w, smaller.cluster.nodes);
    }
  }
  return smaller;
}

}  // namespace quorate::sim
