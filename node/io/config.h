// The cluster's configuration file (cluster.toml): the same for all its nodes.
//
// Place:      main loads it once; everything else gets the parts that it needs.
// Invariants: a ClusterConfig that parse_config returned is valid as a whole: ids and ports are
//             unique, every bucket can be served by the members, every limit is within its bounds
//             (tests/node/io/config_test.cc).
// Errors:     kInvalidInput with *all* problems, one a line, each as "path:line:column: what, and
//             what would be right"; kIoError when the file cannot be read.
// Limits:     the file may have 1 MiB and 256 nodes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "node/base/status.h"
#include "node/causality/dot.h"
#include "node/core/bucket.h"
#include "node/core/options.h"
#include "node/io/io_options.h"

namespace quorate {

struct NodeAddress {
  NodeId id = 0;
  std::string host;  // an address or a name
  std::uint16_t client_port = 0;
  std::uint16_t peer_port = 0;
};

struct ClusterConfig {
  std::string name;
  std::string secret_path;  // empty: none
  std::uint32_t vnodes = 64;
  std::vector<NodeAddress> nodes;  // sorted by id
  Buckets buckets;
  CoreOptions core;
  IoOptions io;

  const NodeAddress* find(NodeId node) const;
};

inline constexpr std::uint16_t kClientPortBase = 7100;  // plus the node's id
inline constexpr std::uint16_t kPeerPortBase = 7200;

// `path` names the text in messages, and relative files in it are relative to its directory.
Result<ClusterConfig> parse_config(std::string_view text, const std::string& path);

Result<ClusterConfig> load_config(const std::string& path);

// The tables that --check-config prints: nodes, buckets, limits.
std::string describe_config(const ClusterConfig& config);

}  // namespace quorate
