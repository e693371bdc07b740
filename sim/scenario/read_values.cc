#include <algorithm>
#include <utility>

#include "sim/models/latency_toml.h"
#include "sim/scenario/reader.h"
#include "sim/scenario/words.h"

namespace quorate::sim::scenario_file {

namespace {

std::optional<SimTime> time_at(const toml::node& at, const char* key, Section& section, SimTime low,
                               SimTime high) {
  const auto* text = at.as_string();
  const auto time = text ? parse_time(text->get()) : std::nullopt;
  if (!time) {
    section.problem(at, key,
                    "must be a time such as \"250ms\" or \"1.5s\" (ns, us, ms, s, min, h)");
    return std::nullopt;
  }
  if (*time < low || *time > high) {
    section.problem(at, key,
                    "= \"" + text->get() + "\" must be from \"" + time_text(low) + "\" to \"" +
                        time_text(high) + "\"");
    return std::nullopt;
  }
  return time;
}

}  // namespace

std::optional<SimTime> read_time(Section& section, const char* key, SimTime low, SimTime high) {
  const toml::node* node = section.find(key);
  if (node == nullptr) return std::nullopt;
  return time_at(*node, key, section, low, high);
}

std::optional<std::uint32_t> read_percent(Section& section, const char* key) {
  const toml::node* node = section.find(key);
  if (node == nullptr) return std::nullopt;
  const auto* text = node->as_string();
  const auto ppm = text ? parse_percent(text->get()) : std::nullopt;
  if (!ppm) {
    section.problem(*node, key,
                    "must be a share from \"0%\" to \"100%\" with at most 4 decimals, such as "
                    "\"2.5%\"");
  }
  return ppm;
}

std::optional<Latency> read_latency_or_time(Section& section, const char* key, Problems& problems) {
  const toml::node* node = section.find(key);
  if (node == nullptr) return std::nullopt;
  if (node->is_table()) return read_latency(section, key, problems);
  const auto time = time_at(*node, key, section, 0, kLatencyMax);
  return time ? std::optional(Latency::constant(*time)) : std::nullopt;
}

std::optional<Quorum> read_quorum(Section& section, const char* key) {
  const toml::node* node = section.find(key);
  if (node == nullptr) return std::nullopt;
  if (const auto* text = node->as_string()) {
    const Result<Quorum> quorum = Quorum::parse(text->get());
    if (quorum) return *quorum;
  } else if (const auto* number = node->as_integer()) {
    if (number->get() >= 1 && number->get() <= kReplicasMax) {
      return Quorum::of(static_cast<std::uint32_t>(number->get()));
    }
  }
  section.problem(*node, key,
                  "must be a number of replicas from 1 to " + std::to_string(kReplicasMax) +
                      ", or \"one\", \"quorum\", \"all\" or \"default\"");
  return std::nullopt;
}

std::optional<Key> read_key(Section& section, const char* key, const Reading& reading) {
  const auto text = section.string(key);
  if (!text) return std::nullopt;
  Key found = parse_key(*text);
  const Bucket* bucket = reading.plan.cluster.buckets.find(found.bucket);
  if (bucket == nullptr) {
    section.problem(*section.find(key), key,
                    "= " + in_quotes(*text) + " is in a bucket that is not there: add [[bucket]] " +
                        "name = " + in_quotes(found.bucket));
    return std::nullopt;
  }
  if (found.name.empty() || found.name.size() > bucket->key_bytes_max) {
    section.problem(*section.find(key), key,
                    "must have 1 to " + std::to_string(bucket->key_bytes_max) + " bytes");
    return std::nullopt;
  }
  return found;
}

std::optional<std::vector<std::string>> read_strings(Section& section, const char* key) {
  const toml::node* node = section.find(key);
  if (node == nullptr) return std::nullopt;
  std::vector<std::string> strings;
  for (const toml::node* element : elements_of(node)) {
    if (!element->is_string()) {
      section.problem(
          *element, key,
          std::string("must be made of strings, not of ") + toml_file::kind_name(*element));
      return std::nullopt;
    }
    strings.push_back(element->as_string()->get());
  }
  return strings;
}

std::vector<const toml::node*> elements_of(const toml::node* node) {
  if (node == nullptr) return {};
  const toml::array* array = node->as_array();
  if (array == nullptr) return {node};
  std::vector<const toml::node*> elements;
  for (const toml::node& element : *array) elements.push_back(&element);
  return elements;
}

std::optional<NodeId> node_at(const toml::node& at, const char* key, Section& section,
                              const Reading& reading) {
  const std::uint16_t nodes = reading.plan.cluster.nodes;
  const auto* number = at.as_integer();
  if (number != nullptr && number->get() >= 1 && number->get() <= nodes) {
    return static_cast<NodeId>(number->get());
  }
  const std::string found = number == nullptr ? std::string("not ") + toml_file::kind_name(at)
                                              : "not " + std::to_string(number->get());
  section.problem(at, key, "must be a node from 1 to " + std::to_string(nodes) + ", " + found);
  return std::nullopt;
}

std::optional<HostId> host_at(const toml::node& at, const char* key, Section& section,
                              const Reading& reading) {
  const auto* name = at.as_string();
  if (name == nullptr) return node_at(at, key, section, reading);
  const auto found = std::find(reading.clients.begin(), reading.clients.end(), name->get());
  if (found != reading.clients.end()) {
    return kFirstClientHost + static_cast<HostId>(found - reading.clients.begin());
  }
  const std::string nearest = nearest_name(name->get(), reading.clients);
  section.problem(at, key,
                  "names no client: there is no [[client]] " + in_quotes(name->get()) +
                      (nearest.empty() ? "" : "; did you mean " + in_quotes(nearest) + "?"));
  return std::nullopt;
}

std::vector<NodeId> read_nodes(Section& section, const char* key, const Reading& reading) {
  std::vector<NodeId> nodes;
  const toml::node* node = section.find(key);
  if (node != nullptr && node->is_string() && node->as_string()->get() == "all") {
    for (std::uint16_t id = 1; id <= reading.plan.cluster.nodes; ++id) nodes.push_back(id);
    return nodes;
  }
  for (const toml::node* element : elements_of(node)) {
    if (const auto id = node_at(*element, key, section, reading)) nodes.push_back(*id);
  }
  return nodes;
}

std::vector<NamedTable> read_named_tables(Section& root, const char* key, Problems& problems) {
  std::vector<NamedTable> tables;
  const Section::Layers layers = root.layers();
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
    Section one(**layer, "file", problems);
    std::vector<std::string> seen;
    for (const toml::table* table : toml_file::tables_of(one, key)) {
      Section section(*table, key, problems);
      const std::string title = "[[" + std::string(key) + "]]";
      const auto name = section.string("name");
      if (table->get("name") == nullptr) problems.add(table->source(), title + " needs a name");
      if (!name) continue;
      if (std::find(seen.begin(), seen.end(), *name) != seen.end()) {
        problems.add(section.source_of("name"), title + " " + in_quotes(*name) + " is there twice");
        continue;
      }
      seen.push_back(*name);
      const auto same = std::find_if(tables.begin(), tables.end(),
                                     [&](const NamedTable& other) { return other.name == *name; });
      if (same == tables.end()) {
        tables.push_back({*name, {table}});
      } else {
        same->layers.insert(same->layers.begin(), table);
      }
    }
  }
  root.find(key);
  return tables;
}

}  // namespace quorate::sim::scenario_file
