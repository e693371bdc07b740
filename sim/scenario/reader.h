// The parts of a scenario file's reader: each reads one kind of table into the plan, and notes
// every problem.
//
// Place:      read_scenario.cc calls them in this order, once for each variant; no other source
//             includes this.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "node/base/toml_section.h"
#include "sim/run/plan.h"
#include "sim/scenario/scenario.h"

namespace quorate::sim::scenario_file {

using toml_file::Problems;
using toml_file::Section;

// What later parts must know of earlier ones.
struct Reading {
  Problems& problems;
  RunPlan& plan;
  std::vector<std::string> clients{};  // their names, in the order of their hosts
};

// What a request says unless its step says otherwise.
struct RequestDefaults {
  std::optional<Quorum> r;
  std::optional<Quorum> w;
  std::optional<ContextUse> context;
  std::optional<ReadRepair> read_repair;
  std::optional<bool> sloppy;
  std::optional<SimTime> deadline;
};

// ---- values (read_values.cc). Nothing: the key is not there, or it is wrong and that was noted.

std::optional<SimTime> read_time(Section& section, const char* key, SimTime low, SimTime high);
std::optional<std::uint32_t> read_percent(Section& section, const char* key);
// A table as models/latency_toml.h reads it, or a time that it always takes.
std::optional<Latency> read_latency_or_time(Section& section, const char* key, Problems& problems);
std::optional<Quorum> read_quorum(Section& section, const char* key);
// The store refuses sloppy requests, so that a scenario with one would show nothing of them.
std::optional<Key> read_key(Section& section, const char* key, const Reading& reading);
std::optional<std::vector<std::string>> read_strings(Section& section, const char* key);
// The key's value as an array, or a single value as an array of one; empty: it is not there.
std::vector<const toml::node*> elements_of(const toml::node* node);
std::optional<NodeId> node_at(const toml::node& at, const char* key, Section& section,
                              const Reading& reading);
std::optional<HostId> host_at(const toml::node& at, const char* key, Section& section,
                              const Reading& reading);
std::vector<NodeId> read_nodes(Section& section, const char* key, const Reading& reading);

// The elements of [[key]] with the same name in several layers, laid over one another; those of the
// last layer come first, in its order.
struct NamedTable {
  std::string name;
  Section::Layers layers;
};
std::vector<NamedTable> read_named_tables(Section& root, const char* key, Problems& problems);

// ---- tables

void read_cluster(Section& root, Reading& reading);  // read_cluster.cc: [cluster], [[bucket]]
void read_world(Section& root, Reading& reading);    // read_world.cc: links, sites, disks, clocks
std::optional<std::uint16_t> find_site(const Geography& geography, const std::string& name);
RequestDefaults read_requests(Section& section, const Reading& reading);  // read_clients.cc
void read_clients(Section& root, Reading& reading);  // read_clients.cc: [requests], [[client]]
struct FaultTime {
  SimTime at = 0;
  std::optional<SimTime> until{};
};
// Shapes of partitions, by their words (read_shapes.cc).
const std::vector<std::string>& shape_words();
void read_shape(const std::string& word, Section& section, Reading& reading, const FaultTime& when);
void read_faults(Section& root, Reading& reading);  // read_faults.cc: [[fault]]

void read_expect(Section& root, Reading& reading, Variant& variant);  // read_expect.cc: [expect]

}  // namespace quorate::sim::scenario_file
