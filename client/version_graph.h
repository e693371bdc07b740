// What is still known of a key's versions: the values that somebody holds, which of them has taken
// the place of which, and the events of which no value is left.
//
// Place:      `kvcli history` draws it; pure functions over what nodes said (admin.h).
// A record does not remember who replaced whom. But where a replica knows an event and holds its
// value no more, what lives there in its place, and was unknown to those that hold the value still,
// took it: one of these did. So there is an arrow only while replicas differ; once all are equal
// the past is a context, and here a row of events without values.
// tests/client/version_graph_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/replica_comparison.h"
#include "node/causality/graph_lines.h"
#include "node/causality/record.h"

namespace quorate::client {

// A record as somebody has it: a replica in its row, or a node in a hint for another one.
struct Holding {
  NodeId node = 0;
  NodeId hint_for = 0;  // 0: its own row
  Record record;

  friend bool operator==(const Holding&, const Holding&) = default;
};

struct Version {
  Sibling sibling;
  std::vector<std::size_t> held_by;  // of the holdings
  std::vector<std::size_t> gone_at;  // which know the event and have another value in its place
  std::vector<Dot> replaced_by;      // versions: one of these, or something that is gone itself

  bool is_current() const { return gone_at.empty(); }
};

// Events of one actor of which no value is left.
struct GoneEvents {
  EventRange range;
  std::vector<std::size_t> known_by;
};

struct VersionGraph {
  std::vector<Version> versions;  // the newest first
  std::vector<GoneEvents> gone;   // by actor
};

VersionGraph version_graph(const std::vector<Holding>& holdings);

// The graph's lines; the nodes are the versions.
std::vector<GraphRow> draw(const VersionGraph& graph);

}  // namespace quorate::client
