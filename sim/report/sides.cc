#include "sim/report/sides.h"

#include <algorithm>

#include "node/base/check.h"

namespace quorate::sim {

namespace {

bool open(const Severed& severed, HostId from, HostId to) {
  return !severed.cuts.contains({from, to});
}
bool both_ways(const Severed& severed, HostId a, HostId b) {
  return open(severed, a, b) && open(severed, b, a);
}

// Whom a node reaches and who reaches it, itself among both.
std::pair<std::set<NodeId>, std::set<NodeId>> links_of(const Severed& severed, NodeId node,
                                                       const std::vector<NodeId>& running) {
  std::pair<std::set<NodeId>, std::set<NodeId>> links;
  for (const NodeId peer : running) {
    if (peer == node || open(severed, node, peer)) links.first.insert(peer);
    if (peer == node || open(severed, peer, node)) links.second.insert(peer);
  }
  return links;
}

void add_running_sides(Layout& layout, const Severed& severed, const std::vector<NodeId>& running) {
  std::map<std::pair<std::set<NodeId>, std::set<NodeId>>, std::size_t> by_links;
  for (const NodeId node : running) {
    const auto [entry, fresh] =
        by_links.try_emplace(links_of(severed, node, running), layout.sides.size());
    if (fresh) layout.sides.emplace_back();
    layout.sides[entry->second].nodes.push_back(node);
  }
  for (std::size_t from = 0; from < layout.sides.size(); ++from) {
    for (std::size_t to = 0; to < layout.sides.size(); ++to) {
      if (from == to) continue;
      const NodeId sender = layout.sides[from].nodes.front();
      const NodeId receiver = layout.sides[to].nodes.front();
      if (!open(severed, sender, receiver)) layout.blocked.insert({from, to});
    }
  }
}

void add_clients(Layout& layout, const Severed& severed,
                 const std::vector<std::vector<NodeId>>& endpoints) {
  Side alone{Standing::kAlone, {}, {}};
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const auto speaks_to = [&](NodeId node) {
      return endpoints[i].empty() ||
             std::find(endpoints[i].begin(), endpoints[i].end(), node) != endpoints[i].end();
    };
    const HostId client = kFirstClientHost + static_cast<HostId>(i);
    std::set<std::size_t> reached;
    for (std::size_t side = 0; side < layout.sides.size(); ++side) {
      const std::vector<NodeId>& nodes = layout.sides[side].nodes;
      const bool reaches = std::any_of(nodes.begin(), nodes.end(), [&](NodeId node) {
        return speaks_to(node) && both_ways(severed, client, node);
      });
      if (reaches) reached.insert(side);
    }
    if (reached.empty()) alone.clients.push_back(client);
    if (reached.size() == 1) layout.sides[*reached.begin()].clients.push_back(client);
  }
  if (!alone.clients.empty()) layout.sides.push_back(std::move(alone));
}

void apply(Severed& severed, const LifeChange& change) {
  switch (change.event) {
    case LifeEvent::kStarted:
    case LifeEvent::kResumed:
      severed.crashed.erase(change.node);
      severed.paused.erase(change.node);
      return;
    case LifeEvent::kCrashed:
    case LifeEvent::kKilled:
      severed.paused.erase(change.node);
      severed.crashed.insert(change.node);
      return;
    case LifeEvent::kPaused:
      severed.paused.insert(change.node);
      return;
  }
}

std::string side_name(const Side& side) {
  if (!side.nodes.empty()) return node_list(side.nodes);
  return "nobody";
}

// "2 3 cannot hear 1", for what is cut in one direction only.
std::vector<std::string> one_way_cuts(const Layout& layout) {
  std::vector<std::string> texts;
  for (const auto& [from, to] : layout.blocked) {
    if (layout.blocked.contains({to, from})) continue;
    texts.push_back(side_name(layout.sides[to]) + " cannot hear " + side_name(layout.sides[from]));
  }
  return texts;
}

std::size_t running_sides(const Layout& layout) {
  return static_cast<std::size_t>(
      std::count_if(layout.sides.begin(), layout.sides.end(),
                    [](const Side& side) { return side.standing == Standing::kRunning; }));
}

// Sides between which nothing passes are set apart by bars; one that is linked to all others is
// named after them.
std::string two_way_cuts(const Layout& layout) {
  const std::size_t running = running_sides(layout);
  std::vector<std::size_t> parts;
  std::vector<std::size_t> bridges;
  for (std::size_t side = 0; side < running; ++side) {
    bool linked_to_all = running > 1;
    for (std::size_t other = 0; other < running; ++other) {
      linked_to_all = linked_to_all && layout.linked(side, other);
    }
    (linked_to_all ? bridges : parts).push_back(side);
  }
  bool clean = true;
  for (const std::size_t a : parts) {
    for (const std::size_t b : parts) {
      clean = clean && (a == b || (layout.blocked.contains({a, b}) && !layout.linked(a, b)));
    }
  }
  std::string text;
  if (clean) {
    for (const std::size_t part : parts) {
      text += (text.empty() ? "" : " | ") + side_name(layout.sides[part]);
    }
    for (const std::size_t bridge : bridges) {
      text += ", " + side_name(layout.sides[bridge]) + " between";
    }
    return text;
  }
  for (const auto& [from, to] : layout.blocked) {
    if (from > to || !layout.blocked.contains({to, from})) continue;
    text += (text.empty() ? "" : ", ") + side_name(layout.sides[from]) + " | " +
            side_name(layout.sides[to]);
  }
  return text;
}

}  // namespace

std::optional<std::size_t> Layout::side_of(NodeId node) const {
  for (std::size_t side = 0; side < sides.size(); ++side) {
    const std::vector<NodeId>& nodes = sides[side].nodes;
    if (std::find(nodes.begin(), nodes.end(), node) != nodes.end()) return side;
  }
  return std::nullopt;
}

std::optional<std::size_t> Layout::side_of_client(HostId client) const {
  for (std::size_t side = 0; side < sides.size(); ++side) {
    const std::vector<HostId>& clients = sides[side].clients;
    if (std::find(clients.begin(), clients.end(), client) != clients.end()) return side;
  }
  return std::nullopt;
}

bool Layout::linked(std::size_t a, std::size_t b) const {
  return sides[a].standing == Standing::kRunning && sides[b].standing == Standing::kRunning &&
         !blocked.contains({a, b}) && !blocked.contains({b, a});
}

Layout layout_of(const Severed& severed, std::uint16_t nodes,
                 const std::vector<std::vector<NodeId>>& endpoints) {
  Layout layout;
  std::vector<NodeId> running;
  Side paused{Standing::kPaused, {}, {}};
  Side crashed{Standing::kCrashed, {}, {}};
  for (NodeId node = 1; node <= nodes; ++node) {
    if (severed.crashed.contains(node)) {
      crashed.nodes.push_back(node);
    } else if (severed.paused.contains(node)) {
      paused.nodes.push_back(node);
    } else {
      running.push_back(node);
    }
  }
  add_running_sides(layout, severed, running);
  if (!paused.nodes.empty()) layout.sides.push_back(std::move(paused));
  if (!crashed.nodes.empty()) layout.sides.push_back(std::move(crashed));
  add_clients(layout, severed, endpoints);
  return layout;
}

const Layout& Phases::at(SimTime time) const {
  QUORATE_CHECK(!phases.empty());
  const auto after =
      std::upper_bound(phases.begin(), phases.end(), time,
                       [](SimTime sought, const Phase& phase) { return sought < phase.begin; });
  return layouts[after == phases.begin() ? phases.front().layout : std::prev(after)->layout];
}

Phases phases_of(const RunPlan& plan, const std::vector<LifeChange>& lives, SimTime end) {
  // What changes at one moment changes together: only the layout after the last of it counts.
  std::multimap<SimTime, LifeChange> life_at;
  for (const LifeChange& change : lives) life_at.emplace(change.at, change);
  std::multimap<SimTime, Fault> fault_at;
  std::set<SimTime> moments{0};
  for (const Fault& fault : plan.faults) {
    if (fault.kind != FaultKind::kCut && fault.kind != FaultKind::kMend) continue;
    if (fault.at >= plan.faults_end) continue;
    fault_at.emplace(fault.at, fault);
    moments.insert(fault.at);
  }
  for (const LifeChange& change : lives) moments.insert(change.at);
  moments.insert(plan.faults_end);

  std::vector<std::vector<NodeId>> endpoints;
  for (const ClientPlan& client : plan.clients) endpoints.push_back(client.policy.endpoints);

  Phases result;
  Severed severed;
  for (const SimTime moment : moments) {
    if (moment >= end && moment > 0) break;
    const auto [first_fault, last_fault] = fault_at.equal_range(moment);
    for (auto fault = first_fault; fault != last_fault; ++fault) {
      const std::pair link(fault->second.a, fault->second.b);
      if (fault->second.kind == FaultKind::kCut) {
        severed.cuts.insert(link);
      } else {
        severed.cuts.erase(link);
      }
    }
    if (moment >= plan.faults_end) severed.cuts.clear();
    const auto [first_life, last_life] = life_at.equal_range(moment);
    for (auto life = first_life; life != last_life; ++life) apply(severed, life->second);

    Layout layout = layout_of(severed, plan.cluster.nodes, endpoints);
    const auto known = std::find(result.layouts.begin(), result.layouts.end(), layout);
    const auto index = static_cast<std::size_t>(known - result.layouts.begin());
    if (!result.phases.empty() && result.phases.back().layout == index) continue;
    if (!result.phases.empty()) result.phases.back().end = moment;
    if (known == result.layouts.end()) result.layouts.push_back(std::move(layout));
    result.phases.push_back(Phase{moment, end, index});
  }
  return result;
}

std::string node_list(const std::vector<NodeId>& nodes) {
  std::string text;
  for (std::size_t i = 0; i < nodes.size();) {
    std::size_t last = i;
    while (last + 1 < nodes.size() && nodes[last + 1] == nodes[last] + 1) ++last;
    text += (text.empty() ? "" : " ") + std::to_string(nodes[i]);
    if (last >= i + 2) {
      text += "-" + std::to_string(nodes[last]);
    } else if (last == i + 1) {
      text += " " + std::to_string(nodes[last]);
    }
    i = last + 1;
  }
  return text;
}

std::string describe(const Layout& layout) {
  if (layout.whole()) return "all connected";
  std::vector<std::string> parts;
  if (running_sides(layout) > 1) {
    if (std::string text = two_way_cuts(layout); !text.empty()) parts.push_back(std::move(text));
    for (std::string& text : one_way_cuts(layout)) parts.push_back(std::move(text));
  }
  for (const Side& side : layout.sides) {
    if (side.standing == Standing::kCrashed) parts.push_back(side_name(side) + " down");
    if (side.standing == Standing::kPaused) parts.push_back(side_name(side) + " paused");
    if (side.standing == Standing::kAlone) {
      std::vector<NodeId> numbers;
      for (const HostId client : side.clients) {
        numbers.push_back(static_cast<NodeId>(client - kFirstClientHost + 1));
      }
      parts.push_back((numbers.size() == 1 ? "client " : "clients ") + node_list(numbers) +
                      " cut off");
    }
  }
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : "; ") + part;
  return text;
}

}  // namespace quorate::sim
