#include "node/io/config.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>

#include "node/base/in_quotes.h"
#include "node/base/toml_section.h"
#include "node/io/config_text.h"
#include "node/ring/ring.h"

namespace quorate {
namespace {

using toml_file::Problems;
using toml_file::Section;
using toml_file::table_of;
using toml_file::tables_of;

constexpr std::size_t kConfigBytesMax = 1 << 20;

// ---------------------------------------------------------------- the parts of the file

void read_cluster(Section& root, const std::string& path, Problems& problems,
                  ClusterConfig& config) {
  const toml::table* table = table_of(root, "cluster");
  if (!table) {
    problems.add(toml::source_position{1, 1}, "there is no [cluster] with the cluster's name");
    return;
  }
  Section section(*table, "cluster", problems);
  if (std::optional<std::string> name = section.string("name")) {
    if (!is_plain_name(*name)) {
      section.problem(
          *table->get("name"), "name",
          "= " + in_quotes(*name) + " must be 1 to 64 letters, digits, '-', '_' or '.'");
    }
    config.name = std::move(*name);
  } else if (!table->get("name")) {
    problems.add(table->source(), "[cluster] needs a name");
  }
  if (std::optional<std::string> file = section.string("secret_file")) {
    if (file->empty()) section.problem(*table->get("secret_file"), "secret_file", "is empty");
    config.secret_path = relative_to_file(*file, path);
  }
  if (const auto vnodes = section.integer("vnodes", 1, Ring::kVnodesMax)) {
    config.vnodes = static_cast<std::uint32_t>(*vnodes);
    if ((*vnodes & (*vnodes - 1)) != 0) {
      section.problem(*table->get("vnodes"), "vnodes",
                      "= " + std::to_string(*vnodes) + " must be a power of two");
    }
  }
  section.refuse_unknown_keys();
}

// Notes the first owner of each host and port, and tells about a second.
class PortClaims {
 public:
  void claim(const NodeAddress& node, std::uint16_t port, const char* what,
             const toml::source_region& at, Problems& problems) {
    const std::string owner = std::string(what) + " of node " + std::to_string(node.id);
    const auto [first, is_new] = owners_.try_emplace({node.host, port}, owner);
    if (is_new) return;
    problems.add(at, "[[node]] " + owner + ": " + node.host + ":" + std::to_string(port) +
                         " is already the " + first->second);
  }

 private:
  std::map<std::pair<std::string, std::uint16_t>, std::string> owners_;
};

std::uint16_t read_port(Section& section, const char* key, std::uint16_t base, NodeId id,
                        Problems& problems) {
  if (const auto port = section.integer(key, 1, 65535)) return static_cast<std::uint16_t>(*port);
  const int usual = base + id;
  if (usual > 65535) {
    problems.add(section.source(), std::string("[[node]] ") + std::to_string(id) + " needs a " +
                                       key + ": " + std::to_string(usual) + " is no port");
    return 0;
  }
  return static_cast<std::uint16_t>(usual);
}

void read_nodes(Section& root, Problems& problems, ClusterConfig& config) {
  const std::vector<const toml::table*> tables = tables_of(root, "node");
  if (tables.empty()) problems.add(toml::source_position{1, 1}, "there is no [[node]]");
  if (tables.size() > Ring::kMembersMax) {
    problems.add(tables.back()->source(),
                 "there are more than " + std::to_string(Ring::kMembersMax) + " nodes");
  }
  PortClaims claims;
  for (const toml::table* table : tables) {
    Section section(*table, "[node]", problems);
    NodeAddress node;
    const auto id = section.integer("id", 1, 65535);
    if (id) node.id = static_cast<NodeId>(*id);
    if (!table->get("id")) problems.add(table->source(), "[[node]] needs an id from 1 to 65535");
    node.host = section.string("host").value_or("127.0.0.1");
    if (!is_host(node.host)) {
      section.problem(*table->get("host"), "host",
                      "= " + in_quotes(node.host) + " is neither an IP address nor a host name");
    }
    node.client_port = read_port(section, "client_port", kClientPortBase, node.id, problems);
    node.peer_port = read_port(section, "peer_port", kPeerPortBase, node.id, problems);
    section.refuse_unknown_keys();
    if (!id) continue;
    if (config.find(node.id)) {
      problems.add(section.source_of("id"),
                   "[[node]] id = " + std::to_string(node.id) + " is there twice");
      continue;
    }
    claims.claim(node, node.client_port, "client port", section.source_of("client_port"), problems);
    claims.claim(node, node.peer_port, "peer port", section.source_of("peer_port"), problems);
    config.nodes.insert(
        std::upper_bound(config.nodes.begin(), config.nodes.end(), node,
                         [](const NodeAddress& a, const NodeAddress& b) { return a.id < b.id; }),
        node);
  }
}

// "r" and "w" are numbers or words; empty when not given or wrong.
std::optional<std::uint32_t> read_quorum(Section& section, const toml::table& table,
                                         const char* key, std::uint32_t n) {
  const toml::node* node = section.find(key);
  if (!node) return std::nullopt;
  if (!node->is_string()) {
    const auto count = section.integer(key, 1, kReplicasMax);
    if (!count) return std::nullopt;
    return static_cast<std::uint32_t>(*count);
  }
  const Result<Quorum> quorum = Quorum::parse(node->as_string()->get());
  if (!quorum || quorum->kind == Quorum::Kind::kDefault) {
    section.problem(
        *table.get(key), key,
        "= " + in_quotes(node->as_string()->get()) + " must be a number, or one, quorum or all");
    return std::nullopt;
  }
  return quorum->resolve(n, 0);
}

// Sets n, r and w: what was not given follows from the rest, so that r + w > n.
void read_quorums(Section& section, const toml::table& table, std::size_t members,
                  Problems& problems, Bucket& bucket) {
  const auto n = section.integer("n", 1, kReplicasMax);
  bucket.n = n ? static_cast<std::uint32_t>(*n)
               : static_cast<std::uint32_t>(std::clamp<std::size_t>(members, 1, 3));
  if (n && members > 0 && bucket.n > members) {
    problems.add(section.source_of("n"),
                 "bucket " + in_quotes(bucket.name) + ": n = " + std::to_string(bucket.n) +
                     ", but there are only " + std::to_string(members) + " nodes");
  }
  const auto r = read_quorum(section, table, "r", bucket.n);
  const auto w = read_quorum(section, table, "w", bucket.n);
  for (const auto& [key, count] : {std::pair{"r", r}, std::pair{"w", w}}) {
    if (!count || *count <= bucket.n) continue;
    problems.add(section.source_of(key),
                 "bucket " + in_quotes(bucket.name) + ": " + key + " = " + std::to_string(*count) +
                     " is more than its n = " + std::to_string(bucket.n) + " replicas");
  }
  const auto rest = [&](std::uint32_t other) { return bucket.n - std::min(other, bucket.n) + 1; };
  bucket.r = std::min(r ? *r : w ? rest(*w) : bucket.n / 2 + 1, bucket.n);
  bucket.w = std::min(w ? *w : rest(bucket.r), bucket.n);
}

void read_bucket(const toml::table* table, std::size_t members, Problems& problems,
                 Bucket& bucket) {
  static const toml::table kNothing;
  Section section(table ? *table : kNothing, "[bucket]", problems);
  if (table) {
    if (std::optional<std::string> name = section.string("name")) {
      bucket.name = std::move(*name);
      if (!is_plain_name(bucket.name)) {
        section.problem(
            *table->get("name"), "name",
            "= " + in_quotes(bucket.name) + " must be 1 to 64 letters, digits, '-', '_' or '.'");
      }
    } else if (!table->get("name")) {
      problems.add(table->source(), "[[bucket]] needs a name");
    }
  }
  read_quorums(section, table ? *table : kNothing, members, problems, bucket);
  const auto types = bucket_type_names();
  if (const auto type = section.word("type", {types.begin(), types.end()})) {
    bucket.type = static_cast<BucketType>(*type);
  }
  if (const auto sloppy = section.boolean("sloppy")) bucket.sloppy = *sloppy;
  if (const auto repair = section.word("read_repair", {"async", "blocking", "off"})) {
    bucket.read_repair = static_cast<ReadRepair>(*repair);
  }
  struct Size {
    const char* key;
    std::uint32_t* member;
    std::int64_t high;
  };
  const Size sizes[] = {{"key_bytes_max", &bucket.key_bytes_max, 65536},
                        {"value_bytes_max", &bucket.value_bytes_max, 1 << 20},
                        {"record_bytes_max", &bucket.record_bytes_max, 16 << 20},
                        {"siblings_max", &bucket.siblings_max, 1000}};
  for (const Size& size : sizes) {
    if (const auto value = section.integer(size.key, 1, size.high)) {
      *size.member = static_cast<std::uint32_t>(*value);
    }
  }
  section.refuse_unknown_keys();
}

void read_buckets(Section& root, Problems& problems, ClusterConfig& config) {
  Bucket standard;
  read_bucket(nullptr, config.nodes.size(), problems, standard);
  if (Status added = config.buckets.add(standard); !added) {
    problems.add(toml::source_position{1, 1}, added.error().message);
  }
  std::map<std::string, bool> seen;
  for (const toml::table* table : tables_of(root, "bucket")) {
    Bucket bucket;
    const bool clean_before = problems.empty();
    read_bucket(table, config.nodes.size(), problems, bucket);
    if (!seen.try_emplace(bucket.name).second) {
      problems.add(table->source(), "bucket " + in_quotes(bucket.name) + " is there twice");
    }
    // What is wrong member by member has been told already; this finds what is wrong between
    // members.
    if (Status added = config.buckets.add(bucket); !added && clean_before && problems.empty()) {
      problems.add(table->source(), added.error().message);
    }
  }
}

void read_limits(Section& root, Problems& problems, ClusterConfig& config) {
  const toml::table* table = table_of(root, "limits");
  if (!table) return;
  Section section(*table, "limits", problems);
  for (const Limit& limit : limits_of(config)) {
    if (const auto value = section.integer(limit.name, limit.low, limit.high)) limit.set(*value);
  }
  section.refuse_unknown_keys();
  const auto between = [&](const char* smaller, std::int64_t low, const char* larger,
                           std::int64_t high) {
    if (low <= high) return;
    problems.add(section.source_of(table->get(smaller) ? smaller : larger),
                 std::string("[limits] ") + smaller + " = " + std::to_string(low) +
                     " must not be more than " + larger + " = " + std::to_string(high));
  };
  const CoreOptions& core = config.core;
  const IoOptions& io = config.io;
  between("deadline_default_ms", core.deadline_default_ns / kNsPerMs, "deadline_max_ms",
          core.deadline_max_ns / kNsPerMs);
  between("ping_interval_ms", core.ping_interval_ns / kNsPerMs, "silence_max_ms",
          core.silence_max_ns / kNsPerMs);
  between("ping_interval_ms", core.ping_interval_ns / kNsPerMs, "peer_silence_max_ms",
          io.peer_silence_max_ms);
  between("peer_silence_max_ms", io.peer_silence_max_ms, "handshake_max_ms", io.handshake_max_ms);
  between("peer_silence_max_ms", io.peer_silence_max_ms, "dial_max_ms", io.dial_max_ms);
  between("reconnect_min_ms", io.reconnect_min_ms, "reconnect_max_ms", io.reconnect_max_ms);
  between("client_out_pause_bytes", io.client_out_pause_bytes, "client_out_bytes_max",
          io.client_out_bytes_max);
  if (Status valid = core.validate(); !valid && problems.empty()) {
    problems.add(table->source(), "[limits] " + valid.error().message);
  }
}

}  // namespace

Result<ClusterConfig> parse_config(std::string_view text, const std::string& path) {
  Problems problems(path);
  ClusterConfig config;
  try {
    const toml::table file = toml::parse(text, path);
    Section root(file, "file", problems);
    read_cluster(root, path, problems, config);
    read_nodes(root, problems, config);
    read_buckets(root, problems, config);
    read_limits(root, problems, config);
    root.refuse_unknown_keys();
  } catch (const toml::parse_error& error) {
    problems.add(error.source(), std::string(error.description()));
  }
  if (!problems.empty()) return problems.to_error();
  return config;
}

Result<ClusterConfig> load_config(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Error{ErrorCode::kIoError, path + ": cannot be opened: " + last_os_error()};
  }
  std::string text(kConfigBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (file.fail() && !file.eof())) {
    return Error{ErrorCode::kIoError, path + ": cannot be read: " + last_os_error()};
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kConfigBytesMax) {
    return invalid_input(path + ": is larger than 1 MiB: this is no configuration file");
  }
  return parse_config(text, path);
}

}  // namespace quorate
