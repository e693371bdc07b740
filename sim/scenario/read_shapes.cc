#include <algorithm>
#include <utility>

#include "sim/faults/shapes.h"
#include "sim/scenario/reader.h"
#include "sim/scenario/words.h"

namespace quorate::sim::scenario_file {

namespace {

constexpr SimTime kHour = 3600 * kNsPerSecond;
constexpr std::size_t kTurnsMax = 100'000;  // of all flapping links of one fault together

class ShapeReader {
 public:
  ShapeReader(Section& section, Reading& reading, const FaultTime& when)
      : section_(section),
        reading_(reading),
        window_{when.at, when.until.value_or(reading.plan.faults_end)} {}

  void read(const std::string& word) {
    const std::optional<Links> links = read_links(word);
    std::vector<Fault> faults = read_when(links.value_or(Links{}));
    std::vector<Fault>& all = reading_.plan.faults;
    std::move(faults.begin(), faults.end(), std::back_inserter(all));
    if (links && links->empty() && reading_.problems.empty()) {
      reading_.problems.add(section_.source(), "[[fault]] " + word + " concerns no link at all");
    }
  }

 private:
  void missing(const char* key, const std::string& example) {
    reading_.problems.add(section_.source(),
                          std::string("[[fault]] needs \"") + key + "\", as " + example);
  }

  std::optional<Hosts> hosts_at(const toml::node* node, const char* key) {
    Hosts hosts;
    for (const toml::node* element : elements_of(node)) {
      const auto host = host_at(*element, key, section_, reading_);
      if (!host) return std::nullopt;
      hosts.push_back(*host);
    }
    return hosts;
  }

  std::optional<std::vector<Hosts>> groups(std::size_t least, std::size_t most) {
    const toml::node* node = section_.find("groups");
    if (node == nullptr) {
      missing("groups", "groups = [[1, 2], [3, \"a-client\"]]");
      return std::nullopt;
    }
    std::vector<Hosts> found;
    Hosts seen;
    for (const toml::node* element : elements_of(node)) {
      auto hosts = hosts_at(element, "groups");
      if (!hosts) return std::nullopt;
      for (const HostId host : *hosts) {
        if (std::find(seen.begin(), seen.end(), host) != seen.end()) {
          section_.problem(*element, "groups", "has a host in two places");
          return std::nullopt;
        }
        seen.push_back(host);
      }
      found.push_back(std::move(*hosts));
    }
    if (found.size() >= least && found.size() <= most) return found;
    section_.problem(
        *node, "groups",
        "must be " + std::to_string(least) + (most > least ? " or more" : "") + " groups of hosts");
    return std::nullopt;
  }

  // Nodes in the order given; all of them unless the file says which.
  std::optional<Hosts> members() {
    const toml::node* node = section_.find("nodes");
    if (node == nullptr) return all_hosts(reading_.plan.cluster.nodes);
    return hosts_at(node, "nodes");
  }

  // The host that is isolated: a node, or who coordinates a key, or all who hold it.
  std::optional<Hosts> isolated() {
    Hosts hosts;
    for (const NodeId node : read_nodes(section_, "node", reading_)) hosts.push_back(node);
    if (const auto key = read_key(section_, "coordinator_of", reading_)) {
      hosts.push_back(primaries_of(reading_.plan.cluster, *key).front());
    }
    if (const auto key = read_key(section_, "primaries_of", reading_)) {
      hosts = primaries_of(reading_.plan.cluster, *key);
    }
    if (!hosts.empty()) return hosts;
    if (section_.find("node") == nullptr && section_.find("coordinator_of") == nullptr &&
        section_.find("primaries_of") == nullptr) {
      missing("node", "node = 1, or coordinator_of = \"k\", or primaries_of = \"k\"");
    }
    return std::nullopt;
  }

  std::optional<Links> read_links(const std::string& word) {
    if (word == "split") {
      const auto found = groups(2, 64);
      return found ? std::optional(between(*found)) : std::nullopt;
    }
    if (word == "bridge") {
      const auto sides = groups(2, 2);
      const toml::node* node = section_.find("bridge");
      if (node == nullptr) missing("bridge", "bridge = 3");
      const auto bridge = node ? host_at(*node, "bridge", section_, reading_) : std::nullopt;
      if (!sides || !bridge) return std::nullopt;
      return bridged(sides->front(), sides->back(), *bridge);
    }
    if (word == "one-way") {
      for (const char* key : {"from", "to"}) {
        if (section_.find(key) == nullptr) missing(key, "from = [1], to = [2, 3]");
      }
      const auto from = hosts_at(section_.find("from"), "from");
      const auto to = hosts_at(section_.find("to"), "to");
      if (!from || !to) return std::nullopt;
      return one_way(*from, *to);
    }
    if (word == "isolate") {
      const auto hosts = isolated();
      const bool clients_too = section_.boolean("clients").value_or(false);
      if (!hosts) return std::nullopt;
      return around_each(*hosts, all_hosts(reading_.plan.cluster.nodes,
                                           clients_too ? reading_.clients.size() : 0));
    }
    const auto nodes = members();
    if (!nodes) return std::nullopt;
    if (word == "chain") return chain(*nodes);
    if (word == "ring") return ring(*nodes);
    return majorities_ring(*nodes);
  }

  std::optional<Beat> read_beat(std::size_t links) {
    const Section::Layers layers = section_.tables("beat");
    if (layers.empty()) return std::nullopt;
    Section beat(layers, "fault.beat", reading_.problems);
    const auto down = read_time(beat, "down", 1, kHour);
    const auto up = read_time(beat, "up", 1, kHour);
    beat.refuse_unknown_keys();
    if (!down || !up) {
      reading_.problems.add(beat.source(), "a beat is { down = \"50ms\", up = \"200ms\" }");
      return std::nullopt;
    }
    const SimTime turns = (window_.end - window_.begin) / (*down + *up) + 1;
    if (turns > static_cast<SimTime>(kTurnsMax / std::max<std::size_t>(links, 1))) {
      reading_.problems.add(beat.source(), "a beat has at most " + std::to_string(kTurnsMax) +
                                               " turns within its fault, of all links together");
      return std::nullopt;
    }
    return Beat{*down, *up};
  }

  std::vector<Fault> read_when(const Links& links) {
    if (window_.end < window_.begin) return {};
    const auto beat = read_beat(links.size());
    const auto still = read_time(section_, "still", window_.begin, window_.end);
    const auto extra = read_time(section_, "extra", 1, kHour);
    const auto loss = read_percent(section_, "loss");
    if (int{beat.has_value()} + int{still.has_value()} + int{extra.has_value()} +
            int{loss.has_value()} >
        1) {
      reading_.problems.add(section_.source(),
                            "[[fault]] has one of beat, still, extra and loss at most");
    }
    if (beat) return flapping(links, window_, *beat);
    if (still) {
      // The first to stop is the first to work again, unless the file says otherwise.
      Swizzle swizzle{window_, *still, {}};
      for (std::size_t i = 0; i < links.size(); ++i) swizzle.heal_order.push_back(i);
      return swizzled(links, swizzle);
    }
    if (extra) return slow_during(links, window_, *extra);
    if (loss) return lossy_during(links, window_, *loss);
    return during(links, window_);
  }

  Section& section_;
  Reading& reading_;
  Window window_;
};

}  // namespace

const std::vector<std::string>& shape_words() {
  static const std::vector<std::string> kWords = {"split",           "one-way", "isolate", "bridge",
                                                  "majorities-ring", "chain",   "ring"};
  return kWords;
}

void read_shape(const std::string& word, Section& section, Reading& reading,
                const FaultTime& when) {
  ShapeReader(section, reading, when).read(word);
}

}  // namespace quorate::sim::scenario_file
