#include "sim/faults/fault_plan.h"

#include <algorithm>
#include <utility>

#include "sim/faults/shapes.h"

namespace quorate::sim {

namespace {

// What befalls the cluster from its begin to its end.
enum class Episode : std::uint8_t {
  kCut,        // links of some shape stop, for the whole time, by turns or one by one
  kSlowLinks,  // so do they, but they are only slow
  kLossyLinks,
  kClientAway,  // one client from some nodes
  kCrash,
  kKill,
  kPowerCut,  // all nodes at once
  kPause,
  kSlowNode,
  kDiskFull,
  kDiskSlow,
  kDiskStall,
  kDiskLimp,
  kClock,
  // from here on a disk loses what it had
  kWipe,
  kRestore,
  kForgetRow,
  kCorruptRow,
};
constexpr std::size_t kEpisodeCount = static_cast<std::size_t>(Episode::kCorruptRow) + 1;

bool loses_data(Episode episode) { return episode >= Episode::kWipe; }

// Which links.
enum class Shape : std::uint8_t {
  kSplit,   // two sides, clients on either
  kOneWay,  // as a split, in one direction
  kGroups,  // three sides
  kIsolate,
  kPrimaries,  // those of a key, each from everybody
  kBridge,
  kMajoritiesRing,
  kRing,
  kChain,
  kOneLink,   // one direction between two nodes
  kAnyLinks,  // each direction between any two nodes, or not
};
constexpr std::size_t kShapeCount = static_cast<std::size_t>(Shape::kAnyLinks) + 1;

// Two draws never stand in one list of arguments: compilers differ in which comes first.
class Planner {
 public:
  Planner(const FaultPlanOptions& options, Random& random)
      : options_(options),
        random_(random),
        nodes_(all_hosts(options.cluster.nodes)),
        victim_(any_node()) {}

  std::vector<Fault> draw() {
    draw_kinds();
    const std::uint64_t episodes = episodes_.empty() ? 0 : 1 + random_.below(8);
    for (std::uint64_t i = 0; i < episodes; ++i) {
      window_.begin = random_.between(options_.begin, options_.end);
      window_.end =
          std::min(window_.begin + random_.between(from_ms(5), from_seconds(4)), options_.end);
      add(episodes_[random_.below(episodes_.size())]);
    }
    std::stable_sort(faults_.begin(), faults_.end(),
                     [](const Fault& a, const Fault& b) { return a.at < b.at; });
    return std::move(faults_);
  }

 private:
  // ---- which kinds this world has

  void draw_kinds() {
    constexpr std::uint64_t kOneIn[] = {2, 3, 8};
    const std::uint64_t one_in = kOneIn[random_.below(3)];
    for (std::size_t i = 0; i < kEpisodeCount; ++i) {
      const auto episode = static_cast<Episode>(i);
      const bool wanted = random_.chance(1, loses_data(episode) ? one_in + 1 : one_in);
      if (wanted && (!loses_data(episode) || options_.may_lose_stores)) {
        episodes_.push_back(episode);
      }
    }
    for (std::size_t i = 0; i < kShapeCount; ++i) {
      if (random_.chance(1, 3)) shapes_.push_back(static_cast<Shape>(i));
    }
    if (shapes_.empty()) shapes_.push_back(Shape::kSplit);
  }

  // ---- who

  HostId any_node() { return static_cast<HostId>(1 + random_.below(options_.cluster.nodes)); }

  template <typename T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random_.below(i)]);
  }
  Hosts nodes_in_any_order() {
    Hosts order = nodes_;
    shuffle(order);
    return order;
  }

  // Nodes on so many sides, clients with those that they can reach or, as often, with all of them.
  std::vector<Hosts> sides(std::size_t count) {
    std::vector<Hosts> groups(count);
    const bool clients_too = random_.chance(1, 2);
    for (const HostId host :
         all_hosts(options_.cluster.nodes, clients_too ? options_.clients : 0)) {
      groups[random_.below(count)].push_back(host);
    }
    return groups;
  }

  Links any_links() {
    switch (shapes_[random_.below(shapes_.size())]) {
      case Shape::kSplit:
        return between(sides(2));
      case Shape::kOneWay: {
        const std::vector<Hosts> groups = sides(2);
        return one_way(groups[0], groups[1]);
      }
      case Shape::kGroups:
        return between(sides(3));
      case Shape::kIsolate:
        return around(any_node(), nodes_);
      case Shape::kPrimaries:
        if (options_.keys.empty()) return {};
        return around_each(
            primaries_of(options_.cluster, options_.keys[random_.below(options_.keys.size())]),
            nodes_);
      case Shape::kBridge: {
        const std::vector<Hosts> groups = sides(2);
        return bridged(groups[0], groups[1], any_node());
      }
      case Shape::kMajoritiesRing:
        return majorities_ring(nodes_in_any_order());
      case Shape::kRing:
        return ring(nodes_in_any_order());
      case Shape::kChain:
        return chain(nodes_in_any_order());
      case Shape::kOneLink: {
        const HostId to = any_node();
        return one_way({any_node()}, {to});
      }
      case Shape::kAnyLinks: {
        Links links = one_way(nodes_, nodes_);
        std::erase_if(links, [this](const Link&) { return random_.chance(1, 2); });
        return links;
      }
    }
    return {};
  }

  // ---- what befalls them

  void add(const std::vector<Fault>& faults) {
    faults_.insert(faults_.end(), faults.begin(), faults.end());
  }
  void add_once(SimTime at, FaultKind kind, std::int64_t amount = 0) {
    faults_.push_back(Fault{at, kind, any_node(), 0, amount, {}});
  }
  void add_loss(SimTime at, FaultKind kind) {
    faults_.push_back(Fault{at, kind, victim_, 0, 0, {}});
  }
  void add_row_loss(FaultKind kind) {
    if (options_.keys.empty()) return;
    const Key& key = options_.keys[random_.below(options_.keys.size())];
    faults_.push_back(Fault{window_.begin, kind, victim_, 0, 0, key});
  }

  std::vector<Fault> cut() {
    Links links = any_links();
    if (random_.chance(1, 5)) {
      const Beat beat{.down = random_.between(from_ms(20), from_ms(600)),
                      .up = random_.between(from_ms(20), from_ms(600))};
      return flapping(links, window_, beat);
    }
    if (random_.chance(1, 5)) {
      shuffle(links);
      Swizzle swizzle{window_, random_.between(window_.begin, window_.end), {}};
      for (std::size_t i = 0; i < links.size(); ++i) swizzle.heal_order.push_back(i);
      shuffle(swizzle.heal_order);
      return swizzled(links, swizzle);
    }
    return during(links, window_);
  }

  std::vector<Fault> client_away() {
    if (options_.clients == 0) return {};
    const HostId client = kFirstClientHost + static_cast<HostId>(random_.below(options_.clients));
    Links links = around(client, nodes_);
    std::erase_if(links, [this](const Link&) { return random_.chance(1, 3); });
    return during(links, window_);
  }

  std::vector<Fault> one_node(FaultKind kind, SimTime low = 0, SimTime high = 0) {
    const HostId node = any_node();
    return of_hosts(kind, {node}, window_, random_.between(low, high));
  }

  // Without power cuts, what would be one is the end of the process alone.
  FaultKind crash() const { return options_.power_may_fail ? FaultKind::kCrash : FaultKind::kKill; }

  void clock() {
    if (random_.chance(1, 2)) {
      add_once(window_.begin, FaultKind::kClockJump, random_.between(-3'600'000, 3'600'000));
    } else if (random_.chance(1, 2)) {
      add_once(window_.begin, FaultKind::kClockJump, random_.between(-400, 400));
    } else {
      add(one_node(FaultKind::kClockDrift, -20'000, 20'000));
    }
  }

  void add(Episode episode) {
    switch (episode) {
      case Episode::kCut:
        return add(cut());
      case Episode::kSlowLinks: {
        const SimTime extra = random_.between(from_ms(1), from_ms(900));
        return add(slow_during(any_links(), window_, extra));
      }
      case Episode::kLossyLinks: {
        const auto loss_ppm = static_cast<std::uint32_t>(random_.between(1'000, 900'000));
        return add(lossy_during(any_links(), window_, loss_ppm));
      }
      case Episode::kClientAway:
        return add(client_away());
      case Episode::kCrash:
        return add(one_node(crash()));
      case Episode::kKill:
        return add(one_node(FaultKind::kKill));
      case Episode::kPowerCut:
        return add(of_hosts(crash(), nodes_, window_));
      case Episode::kPause:
        return add(one_node(FaultKind::kPause));
      case Episode::kSlowNode:
        return add(one_node(FaultKind::kNodeSlow, from_us(10), from_ms(20)));
      case Episode::kDiskFull:
        return add(one_node(FaultKind::kDiskFull));
      case Episode::kDiskSlow:
        return add(one_node(FaultKind::kDiskSlow, from_ms(5), from_ms(800)));
      case Episode::kDiskStall:
        return add(one_node(FaultKind::kDiskStall));
      case Episode::kDiskLimp:
        return add(one_node(FaultKind::kDiskLimp, from_us(50), from_ms(20)));
      case Episode::kClock:
        return clock();
      case Episode::kWipe:
        return add_loss(window_.begin, FaultKind::kWipe);
      case Episode::kRestore:
        add_loss(window_.begin, FaultKind::kBackUp);
        return add_loss(window_.end, FaultKind::kRestore);
      case Episode::kForgetRow:
        return add_row_loss(FaultKind::kForgetRow);
      case Episode::kCorruptRow:
        return add_row_loss(FaultKind::kCorruptRow);
    }
  }

  const FaultPlanOptions& options_;
  Random& random_;
  const Hosts nodes_;
  const HostId victim_;
  std::vector<Episode> episodes_;
  std::vector<Shape> shapes_;
  std::vector<Fault> faults_;
  Window window_;
};

}  // namespace

std::vector<Fault> draw_faults(const FaultPlanOptions& options, Random& random) {
  return Planner(options, random).draw();
}

}  // namespace quorate::sim
