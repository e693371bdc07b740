#include <algorithm>
#include <utility>

#include "sim/models/network_model.h"
#include "sim/scenario/reader.h"
#include "sim/scenario/words.h"

namespace quorate::sim::scenario_file {

namespace {

constexpr SimTime kHour = 3600 * kNsPerSecond;
constexpr std::int64_t kMany = 1'000'000'000'000;

std::optional<NetworkModel> read_model(Section& section) {
  const auto name = section.string("model");
  if (!name) return std::nullopt;
  const Result<NetworkModel> model = find_model(*name);
  if (model) return *model;
  section.problem(*section.find("model"), "model", ": " + model.error().message);
  return std::nullopt;
}

void read_links(Section& root, const char* title, Reading& reading, LinkModel& links) {
  const Section::Layers layers = root.tables(title);
  if (layers.empty()) return;
  Section section(layers, title, reading.problems);
  if (const auto model = read_model(section)) {
    links.latency = model->links.latency;
    links.legs = model->links.legs;
    if (&links == &reading.plan.cluster.node_links) {
      reading.plan.cluster.geography.sites = model->sites;
      reading.plan.cluster.geography.one_way = model->one_way;
    }
  }
  if (const auto latency = read_latency_or_time(section, "latency", reading.problems)) {
    links.latency = *latency;
  }
  const auto leg = [&](const char* key, std::optional<Latency>& to) {
    if (const auto latency = read_latency_or_time(section, key, reading.problems)) to = latency;
  };
  leg("write", links.legs.write);
  leg("ack", links.legs.ack);
  leg("read", links.legs.read);
  leg("response", links.legs.response);
  if (const auto loss = read_percent(section, "loss")) links.loss_ppm = *loss;
  if (const auto twice = read_percent(section, "duplicated")) links.duplicate_ppm = *twice;
  if (const auto late = read_percent(section, "reordered")) links.reorder_ppm = *late;
  if (const auto extra = read_time(section, "reorder_extra", 0, kHour))
    links.reorder_extra = *extra;
  if (const auto ordered = section.boolean("ordered")) links.ordered = *ordered;
  if (const auto bytes = section.integer("bytes_per_second", 0, kMany)) {
    links.bytes_per_second = static_cast<std::uint64_t>(*bytes);
  }
  if (const auto bytes = section.integer("queue_bytes_max", 1, kMany)) {
    links.queue_bytes_max = static_cast<std::uint64_t>(*bytes);
  }
  section.refuse_unknown_keys();
}

void read_disk(Section& root, Reading& reading) {
  const Section::Layers layers = root.tables("disk");
  if (layers.empty()) return;
  DiskModel& disk = reading.plan.cluster.disk;
  Section section(layers, "disk", reading.problems);
  if (const auto sync = read_latency_or_time(section, "sync", reading.problems)) disk.sync = *sync;
  if (const auto durability = section.word("durability", durability_words())) {
    disk.durability = static_cast<Durability>(*durability);
  }
  if (const auto time = read_time(section, "write_back", 1, kHour)) disk.write_back = *time;
  section.refuse_unknown_keys();
}

void read_processing(Section& root, Reading& reading) {
  const Section::Layers layers = root.tables("processing");
  if (layers.empty()) return;
  ProcessingModel& processing = reading.plan.cluster.processing;
  Section section(layers, "processing", reading.problems);
  if (const auto time = read_time(section, "per_input", 0, kHour)) processing.per_input = *time;
  if (const auto time = read_time(section, "per_byte", 0, kNsPerSecond))
    processing.per_byte = *time;
  if (const auto inputs = section.integer("inputs_max", 1, 100'000'000)) {
    processing.inputs_max = static_cast<std::size_t>(*inputs);
  }
  section.refuse_unknown_keys();
}

void read_clock(Section& section, Reading& reading) {
  constexpr SimTime kDay = 24 * kHour;
  const auto offset = read_time(section, "offset", -kDay, kDay);
  const auto drift = section.integer("drift_ppm", -500'000, 500'000);
  ClockModel clock;
  if (offset) {
    clock.offset_ms = *offset / kNsPerMs;
    if (*offset % kNsPerMs != 0) {
      section.problem(*section.find("offset"), "offset", "must be whole milliseconds");
    }
  }
  clock.drift_ppm = drift.value_or(0);
  if (section.find("node") == nullptr) {
    reading.problems.add(section.source(), "[[clock]] needs a node");
  }
  std::vector<ClockModel>& clocks = reading.plan.cluster.clocks;
  for (const NodeId node : read_nodes(section, "node", reading)) {
    if (clocks.size() < node) clocks.resize(node);
    clocks[node - 1u] = clock;
  }
  section.refuse_unknown_keys();
}

std::optional<std::vector<SimTime>> read_distances(Section& section, const toml::node& row,
                                                   std::size_t sites) {
  std::vector<SimTime> distances;
  for (const toml::node* element : elements_of(&row)) {
    const auto* text = element->as_string();
    const auto time = text != nullptr ? parse_time(text->get()) : std::nullopt;
    if (!time || *time < 0 || *time > kHour) {
      section.problem(*element, "one_way", "must be made of times such as \"75ms\"");
      return std::nullopt;
    }
    distances.push_back(*time);
  }
  if (distances.size() == sites) return distances;
  section.problem(row, "one_way",
                  "must have a time to each of the " + std::to_string(sites) + " sites");
  return std::nullopt;
}

void read_sites(Section& section, Geography& geography) {
  const auto sites = read_strings(section, "sites");
  const toml::node* node = section.find("one_way");
  if (!sites && node == nullptr) return;  // those of the network's model
  const std::vector<const toml::node*> rows = elements_of(node);
  if (!sites || sites->empty() || rows.size() != sites->size()) {
    section.problem(node != nullptr ? *node : *section.find("sites"), "one_way",
                    "and sites go together: a row of times for each site");
    return;
  }
  std::vector<std::vector<SimTime>> one_way;
  for (const toml::node* row : rows) {
    auto distances = read_distances(section, *row, sites->size());
    if (!distances) return;
    one_way.push_back(std::move(*distances));
  }
  geography.sites = *sites;
  geography.one_way = std::move(one_way);
}

void read_geography(Section& root, Reading& reading) {
  const Section::Layers layers = root.tables("geography");
  if (layers.empty()) return;
  Geography& geography = reading.plan.cluster.geography;
  Section section(layers, "geography", reading.problems);
  read_sites(section, geography);
  if (const auto nodes = read_strings(section, "nodes")) {
    if (nodes->size() > reading.plan.cluster.nodes) {
      section.problem(*section.find("nodes"), "nodes", "names more sites than there are nodes");
    }
    for (const std::string& name : *nodes) {
      const auto site = find_site(geography, name);
      if (site) {
        geography.node_sites.push_back(*site);
      } else {
        section.problem(*section.find("nodes"), "nodes",
                        "has " + in_quotes(name) + ", which is no site of this network");
      }
    }
  }
  section.refuse_unknown_keys();
}

}  // namespace

std::optional<std::uint16_t> find_site(const Geography& geography, const std::string& name) {
  const auto found = std::find(geography.sites.begin(), geography.sites.end(), name);
  if (found == geography.sites.end()) return std::nullopt;
  return static_cast<std::uint16_t>(found - geography.sites.begin());
}

void read_world(Section& root, Reading& reading) {
  ClusterOptions& cluster = reading.plan.cluster;
  read_links(root, "network", reading, cluster.node_links);
  read_links(root, "client_network", reading, cluster.client_links);
  read_links(root, "healed_network", reading, reading.plan.healed_links);
  read_geography(root, reading);
  read_disk(root, reading);
  read_processing(root, reading);
  for (const toml::table* table : toml_file::tables_of(root, "clock")) {
    Section section(*table, "[clock]", reading.problems);
    read_clock(section, reading);
  }
}

}  // namespace quorate::sim::scenario_file
