#include "sim/faults/fault_plan.h"

#include <algorithm>
#include <array>
#include <utility>

namespace quorate::sim {

namespace {

enum class Episode : std::uint8_t {
  kSplit,       // two sides, clients on either
  kOneWay,      // as a split, in one direction
  kIsolate,     // one node from all other nodes
  kBridge,      // two sides that only one node reaches
  kOneLink,     // one direction between two nodes
  kClientAway,  // one client from some nodes
  kFlap,        // one node's links, again and again
  kCrash,
  kPowerCut,  // all nodes at once
  kPause,
  kDiskFull,
  kDiskSlow,
  kClock,
  // from here on a disk loses what it had
  kWipe,
  kRestore,
  kForgetRow,
  kCorruptRow,
};
constexpr std::size_t kEpisodeCount = static_cast<std::size_t>(Episode::kCorruptRow) + 1;

bool loses_data(Episode episode) { return episode >= Episode::kWipe; }

class Planner {
 public:
  Planner(const FaultPlanOptions& options, Random& random)
      : options_(options),
        random_(random),
        victim_(static_cast<NodeId>(1 + random.below(options.nodes))) {}

  std::vector<Fault> draw() {
    std::vector<Episode> enabled;
    for (std::size_t i = 0; i < kEpisodeCount; ++i) {
      const auto episode = static_cast<Episode>(i);
      const bool wanted = random_.chance(1, loses_data(episode) ? 4 : 3);
      if (wanted && (!loses_data(episode) || options_.may_lose_stores)) enabled.push_back(episode);
    }
    const std::uint64_t episodes = enabled.empty() ? 0 : 1 + random_.below(8);
    for (std::uint64_t i = 0; i < episodes; ++i) {
      begin_ = random_.between(options_.begin, options_.end);
      end_ = std::min(begin_ + random_.between(from_ms(5), from_seconds(4)), options_.end);
      add(enabled[random_.below(enabled.size())]);
    }
    std::stable_sort(faults_.begin(), faults_.end(),
                     [](const Fault& a, const Fault& b) { return a.at < b.at; });
    return std::move(faults_);
  }

 private:
  NodeId any_node() { return static_cast<NodeId>(1 + random_.below(options_.nodes)); }

  void fault(SimTime at, FaultKind kind, HostId a, HostId b = 0, std::int64_t amount = 0) {
    faults_.push_back(Fault{at, kind, a, b, amount, {}});
  }
  void row_fault(FaultKind kind) {
    if (options_.keys.empty()) return;
    faults_.push_back(
        Fault{begin_, kind, victim_, 0, 0, options_.keys[random_.below(options_.keys.size())]});
  }
  void cut(HostId from, HostId to) {
    fault(begin_, FaultKind::kCut, from, to);
    fault(end_, FaultKind::kMend, from, to);
  }

  // Hosts on two sides, clients with the nodes that they can reach or, as often, with all of them.
  std::pair<std::vector<HostId>, std::vector<HostId>> two_sides() {
    std::pair<std::vector<HostId>, std::vector<HostId>> sides;
    for (NodeId node = 1; node <= options_.nodes; ++node) {
      (random_.chance(1, 2) ? sides.first : sides.second).push_back(node);
    }
    if (random_.chance(1, 2)) {
      for (std::size_t i = 0; i < options_.clients; ++i) {
        const HostId host = kFirstClientHost + static_cast<HostId>(i);
        (random_.chance(1, 2) ? sides.first : sides.second).push_back(host);
      }
    }
    return sides;
  }
  void cut_sides(bool both_ways, HostId bridge) {
    const auto [side, other] = two_sides();
    for (const HostId a : side) {
      for (const HostId b : other) {
        if ((is_client(a) && is_client(b)) || a == bridge || b == bridge) continue;
        cut(a, b);
        if (both_ways) cut(b, a);
      }
    }
  }
  void isolate(NodeId node) {
    for (NodeId peer = 1; peer <= options_.nodes; ++peer) {
      if (peer == node) continue;
      cut(node, peer);
      cut(peer, node);
    }
  }
  void crash(NodeId node) {
    fault(begin_, FaultKind::kCrash, node);
    fault(end_, FaultKind::kRestart, node);
  }
  void flap() {
    const NodeId node = any_node();
    const SimTime last = end_;
    const SimTime period = random_.between(from_ms(20), from_ms(600));
    for (SimTime at = begin_; at < last; at += 2 * period) {
      begin_ = at;
      end_ = std::min(at + period, last);
      isolate(node);
    }
  }
  void clock() {
    const NodeId node = any_node();
    if (random_.chance(1, 2)) {
      fault(begin_, FaultKind::kClockJump, node, 0, random_.between(-3'600'000, 3'600'000));
    } else if (random_.chance(1, 2)) {
      fault(begin_, FaultKind::kClockJump, node, 0, random_.between(-400, 400));
    } else {
      fault(begin_, FaultKind::kClockDrift, node, 0, random_.between(-20'000, 20'000));
      fault(end_, FaultKind::kClockDrift, node);
    }
  }

  void add(Episode episode) {
    switch (episode) {
      case Episode::kSplit:
        return cut_sides(true, 0);
      case Episode::kOneWay:
        return cut_sides(false, 0);
      case Episode::kIsolate:
        return isolate(any_node());
      case Episode::kBridge:
        return cut_sides(true, any_node());
      case Episode::kOneLink: {
        const NodeId from = any_node();
        const NodeId to = any_node();
        if (from != to) cut(from, to);
        return;
      }
      case Episode::kClientAway:
        return client_away();
      case Episode::kFlap:
        return flap();
      case Episode::kCrash:
        return crash(any_node());
      case Episode::kPowerCut:
        for (NodeId node = 1; node <= options_.nodes; ++node) crash(node);
        return;
      case Episode::kPause: {
        const NodeId node = any_node();
        fault(begin_, FaultKind::kPause, node);
        fault(end_, FaultKind::kResume, node);
        return;
      }
      case Episode::kDiskFull: {
        const NodeId node = any_node();
        fault(begin_, FaultKind::kDiskFull, node);
        fault(end_, FaultKind::kDiskRoom, node);
        return;
      }
      case Episode::kDiskSlow: {
        const NodeId node = any_node();
        fault(begin_, FaultKind::kDiskSlow, node, 0, random_.between(from_ms(5), from_ms(800)));
        fault(end_, FaultKind::kDiskSlow, node);
        return;
      }
      case Episode::kClock:
        return clock();
      case Episode::kWipe:
        return fault(begin_, FaultKind::kWipe, victim_);
      case Episode::kRestore:
        fault(begin_, FaultKind::kBackUp, victim_);
        return fault(end_, FaultKind::kRestore, victim_);
      case Episode::kForgetRow:
        return row_fault(FaultKind::kForgetRow);
      case Episode::kCorruptRow:
        return row_fault(FaultKind::kCorruptRow);
    }
  }
  void client_away() {
    if (options_.clients == 0) return;
    const HostId client = kFirstClientHost + static_cast<HostId>(random_.below(options_.clients));
    for (NodeId node = 1; node <= options_.nodes; ++node) {
      if (random_.chance(2, 3)) cut(client, node);
      if (random_.chance(2, 3)) cut(node, client);
    }
  }

  const FaultPlanOptions& options_;
  Random& random_;
  const NodeId victim_;
  std::vector<Fault> faults_;
  SimTime begin_ = 0;
  SimTime end_ = 0;
};

}  // namespace

std::vector<Fault> draw_faults(const FaultPlanOptions& options, Random& random) {
  return Planner(options, random).draw();
}

}  // namespace quorate::sim
