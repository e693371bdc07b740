#include "sim/models/model_file.h"

#include <algorithm>
#include <utility>

#include "sim/models/latency_toml.h"

namespace quorate::sim {

namespace {

using toml_file::Problems;
using toml_file::Section;

constexpr std::size_t kSitesMax = 64;

void read_links(Section& section, LinkModel& links, Problems& problems) {
  if (const auto latency = read_latency(section, "latency", problems)) links.latency = *latency;
  links.legs.write = read_latency(section, "write", problems);
  links.legs.ack = read_latency(section, "ack", problems);
  links.legs.read = read_latency(section, "read", problems);
  links.legs.response = read_latency(section, "response", problems);
  section.refuse_unknown_keys();
}

bool read_names(Section& section, NetworkModel& model, Problems& problems) {
  const toml::node* node = section.find("names");
  const toml::array* names = node == nullptr ? nullptr : node->as_array();
  if (names == nullptr || names->empty() || names->size() > kSitesMax ||
      !names->is_homogeneous(toml::node_type::string)) {
    problems.add(node == nullptr ? section.source() : node->source(),
                 "[sites] names must be a list of up to " + std::to_string(kSitesMax) + " names");
    return false;
  }
  for (const toml::node& element : *names) {
    const std::string name = element.as_string()->get();
    const bool known = std::find(model.sites.begin(), model.sites.end(), name) != model.sites.end();
    if (known || name.empty() || name.find('-') != std::string::npos) {
      problems.add(element.source(),
                   "[sites] names must differ, and have no '-': " + in_quotes(name));
      return false;
    }
    model.sites.push_back(name);
  }
  return true;
}

void read_round_trips(const toml::table& table, NetworkModel& model, Problems& problems) {
  Section section(table, "sites.round_trip_ms", problems);
  for (std::size_t i = 0; i < model.sites.size(); ++i) {
    for (std::size_t j = i + 1; j < model.sites.size(); ++j) {
      const std::string pair = model.sites[i] + "-" + model.sites[j];
      const auto time = read_ms(section, pair);
      if (!table.contains(pair)) {
        problems.add(table.source(), "[sites.round_trip_ms] " + pair + " is missing");
      }
      if (time) model.one_way[i][j] = model.one_way[j][i] = *time / 2;
    }
  }
  section.refuse_unknown_keys();
}

void read_sites(Section& section, NetworkModel& model, Problems& problems) {
  const bool named = read_names(section, model, problems);
  const std::size_t count = model.sites.size();
  model.one_way.assign(count, std::vector<SimTime>(count, 0));
  const auto one_way = read_ms(section, "one_way_ms");
  const toml::node* round_trips = section.find("round_trip_ms");
  if ((section.find("one_way_ms") == nullptr) == (round_trips == nullptr)) {
    problems.add(section.source(), "[sites] must have one_way_ms or round_trip_ms, and not both");
  } else if (round_trips != nullptr && !round_trips->is_table()) {
    section.problem(*round_trips, "round_trip_ms", "must be written as [sites.round_trip_ms]");
  } else if (round_trips != nullptr && named) {
    read_round_trips(*round_trips->as_table(), model, problems);
  } else if (one_way) {
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < count; ++j) model.one_way[i][j] = i == j ? 0 : *one_way;
    }
  }
  section.refuse_unknown_keys();
}

void read_model(const toml::table& table, NetworkModel& model, Problems& problems) {
  Section root(table, "model", problems);
  if (auto summary = root.string("summary")) model.summary = std::move(*summary);
  if (auto source = root.string("source")) model.source = std::move(*source);
  if (const toml::node* links = root.find("links"); links != nullptr && links->is_table()) {
    Section section(*links->as_table(), "links", problems);
    if (section.find("latency") == nullptr) {
      problems.add(links->source(), "[links] latency is missing");
    }
    read_links(section, model.links, problems);
  } else {
    problems.add(links == nullptr ? table.source() : links->source(), "a model must have [links]");
  }
  if (const toml::node* sites = root.find("sites")) {
    if (sites->is_table()) {
      Section section(*sites->as_table(), "sites", problems);
      read_sites(section, model, problems);
    } else {
      root.problem(*sites, "sites", "must be written as [sites]");
    }
  }
  root.refuse_unknown_keys();
}

}  // namespace

Result<NetworkModel> parse_model(std::string_view text, const std::string& path, std::string name) {
  Problems problems(path);
  NetworkModel model;
  model.name = std::move(name);
  try {
    const toml::table table = toml::parse(text, path);
    read_model(table, model, problems);
  } catch (const toml::parse_error& error) {
    problems.add(error.source(), std::string(error.description()));
  }
  if (!problems.empty()) return problems.to_error();
  return model;
}

}  // namespace quorate::sim
