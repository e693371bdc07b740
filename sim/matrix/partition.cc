#include "sim/matrix/partition.h"

#include <algorithm>
#include <utility>

#include "node/base/check.h"
#include "sim/report/time_scale.h"

namespace quorate::sim {

namespace {

constexpr Beat kBeat = {.down = from_ms(1'500), .up = from_ms(500)};
constexpr SimTime kSlow = from_ms(2);

std::string list(Hosts nodes) {
  std::sort(nodes.begin(), nodes.end());
  std::string text;
  for (const HostId node : nodes) text += (text.empty() ? "" : " ") + std::to_string(node);
  return text;
}

Hosts first(const Hosts& hosts, std::size_t count) {
  return {hosts.begin(), hosts.begin() + static_cast<std::ptrdiff_t>(count)};
}

Hosts after(const Hosts& hosts, std::size_t count) {
  return {hosts.begin() + static_cast<std::ptrdiff_t>(count), hosts.end()};
}

Hosts joined(Hosts a, const Hosts& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// So many of the primaries and the larger half of the others, against the rest.
std::vector<Group> two_sides(const Hosts& primaries, const Hosts& others, std::size_t on_first,
                             const char* first_name, const char* second_name) {
  const std::size_t half = (others.size() + 1) / 2;
  return {{first_name, joined(first(primaries, on_first), first(others, half))},
          {second_name, joined(after(primaries, on_first), after(others, half))}};
}

std::string cut_title(const std::vector<Group>& groups) {
  std::string text = "nodes ";
  for (const Group& group : groups) {
    text += (&group == &groups.front() ? "" : " | ") + list(group.nodes);
  }
  return text;
}

std::vector<Hosts> nodes_of(const std::vector<Group>& groups) {
  std::vector<Hosts> all;
  for (const Group& group : groups) all.push_back(group.nodes);
  return all;
}

}  // namespace

const char* partition_name(Partition partition) {
  switch (partition) {
    case Partition::kNone:
      return "none";
    case Partition::kMajorityMinority:
      return "majority-minority";
    case Partition::kEvenSplit:
      return "even-split";
    case Partition::kShattered:
      return "shattered";
    case Partition::kOneWay:
      return "one-way";
    case Partition::kBridge:
      return "bridge";
    case Partition::kMajoritiesRing:
      return "majorities-ring";
    case Partition::kIsolatedCoordinator:
      return "isolated-coordinator";
    case Partition::kFlapping:
      return "flapping";
    case Partition::kCrash:
      return "crash";
    case Partition::kSlowNode:
      return "slow-node";
  }
  return "?";
}

bool is_possible(Partition partition, std::size_t primaries) {
  if (partition == Partition::kNone) return primaries >= 1;
  if (partition == Partition::kEvenSplit) return primaries >= 2 && primaries % 2 == 0;
  if (partition == Partition::kBridge || partition == Partition::kMajoritiesRing) {
    return primaries >= 3;
  }
  return primaries >= 2;
}

PartitionPlan plan_partition(Partition partition, const Hosts& primaries, const Hosts& others,
                             Window window) {
  QUORATE_CHECK(is_possible(partition, primaries.size()));
  const Hosts all = joined(primaries, others);
  const std::size_t majority = primaries.size() / 2 + 1;
  PartitionPlan plan;
  switch (partition) {
    case Partition::kNone:
      plan.groups = {{"all", all}};
      plan.title = "nothing is cut";
      break;
    case Partition::kMajorityMinority:
      plan.groups = two_sides(primaries, others, majority, "majority", "minority");
      plan.title = cut_title(plan.groups);
      plan.faults = during(between(nodes_of(plan.groups)), window);
      break;
    case Partition::kEvenSplit:
      plan.groups = two_sides(primaries, others, primaries.size() / 2, "one half", "other half");
      plan.title = cut_title(plan.groups);
      plan.faults = during(between(nodes_of(plan.groups)), window);
      break;
    case Partition::kShattered:
      plan.groups = {{"each alone", all}};
      plan.title = "no node hears another";
      plan.faults = during(around_each(all, all), window);
      break;
    case Partition::kOneWay:
      plan.groups = two_sides(primaries, others, majority, "majority", "minority");
      plan.title = "nodes " + list(plan.groups[1].nodes) + " cannot hear " +
                   list(plan.groups[0].nodes) + ", who hear them";
      plan.faults = during(one_way(plan.groups[0].nodes, plan.groups[1].nodes), window);
      break;
    case Partition::kBridge: {
      const Hosts sided = joined(after(primaries, 1), others);
      const std::size_t half = (primaries.size() - 1) / 2;
      const Hosts left = joined(first(after(primaries, 1), half), first(others, others.size() / 2));
      plan.groups = {{"bridge", {primaries.front()}},
                     {"one side", left},
                     {"other side", others_than(left, sided)}};
      plan.title = "nodes " + list(left) + " | " + list(plan.groups[2].nodes) + ", and " +
                   list(plan.groups[0].nodes) + " hears both";
      plan.faults = during(bridged(left, plan.groups[2].nodes, primaries.front()), window);
      break;
    }
    case Partition::kMajoritiesRing:
      plan.groups = {{"holders", primaries}};
      if (!others.empty()) plan.groups.push_back({"others", others});
      plan.title = "each holder hears a majority, each another one";
      plan.faults = during(majorities_ring(primaries), window);
      break;
    case Partition::kIsolatedCoordinator:
      plan.groups = {{"rest", others_than({primaries.front()}, all)},
                     {"coordinator", {primaries.front()}}};
      plan.title = "node " + list(plan.groups[1].nodes) + ", first in the preference list, alone";
      plan.faults = during(around(primaries.front(), all), window);
      break;
    case Partition::kFlapping:
      plan.groups = two_sides(primaries, others, majority, "majority", "minority");
      plan.title = cut_title(plan.groups) + ", cut for " + duration_text(kBeat.down) +
                   " and whole for " + duration_text(kBeat.up) + " by turns";
      plan.faults = flapping(between(nodes_of(plan.groups)), window, kBeat);
      break;
    case Partition::kCrash:
      plan.groups = {{"rest", others_than({primaries.front()}, all)},
                     {"crashed", {primaries.front()}}};
      plan.title = "node " + list(plan.groups[1].nodes) + " loses power";
      plan.faults = of_hosts(FaultKind::kCrash, plan.groups[1].nodes, window);
      break;
    case Partition::kSlowNode:
      plan.groups = {{"rest", others_than({primaries.front()}, all)},
                     {"slow", {primaries.front()}}};
      plan.title = "node " + list(plan.groups[1].nodes) + " takes " + duration_text(kSlow) +
                   " longer over each message";
      plan.faults = of_hosts(FaultKind::kNodeSlow, plan.groups[1].nodes, window, kSlow);
      break;
  }
  return plan;
}

}  // namespace quorate::sim
