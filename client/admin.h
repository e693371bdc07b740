// What a node says of itself, of the ring and of the rows that it alone holds; the wish that it
// compares them with its peers now; and the switch that cuts its links (--chaos).
//
// Place:      over a Client, which outlives it. An endpoint is an index into
//             ClientOptions::endpoints; without one, whichever node answers. Questions bear being
//             asked twice: they are repeated at the next endpoint when a connection is lost.
// Errors:     kUnreachable, kUnauthorized, kIncompatible as for requests; kInvalidInput for what
//             the node does not take.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/client.h"
#include "node/base/status.h"
#include "node/causality/dot.h"
#include "node/causality/record.h"
#include "node/core/messages.h"
#include "node/ring/ring.h"

namespace quorate::client {

struct PeerView {
  NodeId node = 0;
  std::string circuit;         // "closed" (it answers), "open", "half-open"
  std::int64_t silent_ns = 0;  // -1: never heard of
  std::int64_t clock_offset_ms = 0;
  bool clock_known = false;
  bool link_up = false;
  bool cut_in = false;
  bool cut_out = false;
  std::uint64_t queued_bytes = 0;
  std::string address;
};

struct BucketView {
  std::string name;
  std::string type;
  std::uint32_t n = 0;
  std::uint32_t r = 0;
  std::uint32_t w = 0;
  bool sloppy = false;
};

// What a node keeps for a primary that was away.
struct HintsView {
  NodeId primary = 0;
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
  std::uint64_t sole = 0;      // as far as the node knows the only copies in the place of a primary
  std::int64_t oldest_ms = 0;  // wall time since which the oldest has waited
};

// The node and a peer, as primaries of a vnode for buckets of n.
struct MeetingView {
  VnodeId vnode = 0;
  std::uint32_t n = 0;
  NodeId peer = 0;
  std::int64_t since_ms = -1;  // since they last compared what they have; -1: not yet
  std::uint64_t differed = 0;  // keys, then
  bool hurried = false;        // they are about to, ahead of their turn
};

struct ReapingHoldView {
  NodeId node = 0;
  std::string why;
  std::uint32_t vnodes = 0;
};

struct NodeView {
  std::string endpoint;
  std::string cluster;
  NodeId node = 0;
  RunId run = 0;
  std::string version;
  std::int64_t uptime_ms = 0;
  std::string durability;
  std::string store;
  std::uint64_t keys_estimate = 0;
  std::uint64_t disk_bytes = 0;
  std::uint32_t vnodes_primary = 0;
  std::uint32_t vnodes_rebuilding = 0;
  bool forgot = false;
  std::uint64_t requests_in_flight = 0;
  std::uint64_t late_bytes = 0;  // of records kept for replicas that are late
  std::vector<HintsView> hints;
  std::uint64_t hints_dropped = 0;
  std::uint32_t vnodes_without_trees = 0;  // whose hash trees are being built
  bool anti_entropy_at_rest = false;
  std::uint64_t remains = 0;  // rows that show tombstones or dead context entries
  std::uint64_t retired =
      0;  // rows of which all replicas hold the same, and that wait to be reaped
  std::vector<ReapingHoldView> reaping_held_by;
  std::vector<MeetingView> meetings;  // if they were asked for
  std::uint64_t clients = 0;
  bool chaos = false;
  std::uint64_t pid = 0;
  std::string data_directory;
  std::vector<PeerView> peers;
  std::vector<BucketView> buckets;
  std::vector<std::pair<std::string, std::uint64_t>> counters;  // events since its start
};

struct RingView {
  RingVersion version = 0;
  std::uint64_t hash = 0;
  std::vector<NodeId> members;
  std::vector<std::vector<NodeId>> vnodes;  // the whole preference list of each
};

struct KeyView {
  VnodeId vnode = 0;
  std::vector<NodeId> primaries;
  std::vector<NodeId> fallbacks;
};

struct KeyPage {
  struct Entry {
    std::string bucket;
    std::string key;
    bool live = false;  // false: only a tombstone is left
  };
  std::vector<Entry> entries;
  bool done = false;
};

// What one node holds under one key, or keeps for somebody else.
struct HeldView {
  std::optional<Record> record;     // nothing: it holds nothing, or see below
  std::uint64_t state_hash = 0;     // equal for equal context, siblings and values
  std::string unreadable;           // why it cannot be read; empty: it can
  std::uint64_t omitted_bytes = 0;  // of a record that was too large to be sent along
};

struct HintView {
  NodeId primary = 0;  // for whom it is kept
  bool owed = false;   // the node's own row is the record
  bool spare = false;  // some primary has it durable
  std::int64_t since_ms = 0;
  HeldView held;
};

struct RowView {
  NodeId node = 0;
  VnodeId vnode = 0;
  HeldView row;          // what it shows to others
  bool retired = false;  // it knows more, which waits to be reaped
  std::vector<HintView> hints;
};

// The keys of one vnode, or some of them.
struct KeyRange {
  VnodeId vnode = 0;
  std::string bucket;  // empty: all
  std::string prefix;  // of the keys
};

// Records without their values.
struct DigestPage {
  std::vector<std::pair<Key, HeldView>> entries;  // in order
  Key through;                                    // the last key that was looked at
  bool done = false;
};

struct PingView {
  std::string endpoint;
  std::string cluster;
  NodeId node = 0;
  RunId run = 0;
  std::int64_t round_trip_ns = 0;
};

class Admin {
 public:
  // `deadline_ms`: of each question; 0: ClientOptions::deadline_ms.
  explicit Admin(Client& client, std::int64_t deadline_ms = 0)
      : client_(client), deadline_ms_(deadline_ms) {}

  std::size_t endpoints() const { return client_.options().endpoints.size(); }
  std::string endpoint_name(std::size_t endpoint) const;

  // All endpoints at once; one result for each, in their order.
  std::vector<Result<PingView>> ping_all();
  // `meetings`: of every pair of replicas of every vnode too.
  std::vector<Result<NodeView>> status_all(bool meetings = false);

  Result<NodeView> status(std::optional<std::size_t> endpoint = std::nullopt);
  Result<RingView> ring();
  Result<KeyView> locate(std::string bucket, std::string key);

  // One page of the keys that the node at this endpoint holds of a vnode, after `after` if given.
  Result<KeyPage> list(std::size_t endpoint, VnodeId vnode, const KeyPage::Entry* after,
                       std::uint32_t rows_max);

  // What each endpoint's node itself holds of a key, and keeps of it for others.
  std::vector<Result<RowView>> row_all(const std::string& bucket, const std::string& key);
  Result<RowView> row(std::size_t endpoint, const Key& key, bool without_values);

  // One page of a range, after `after` if given.
  Result<DigestPage> digest(std::size_t endpoint, const KeyRange& range, const Key* after,
                            std::uint32_t rows_max);

  // The node at this endpoint compares a vnode, or all, with its other primaries now, as far as it
  // is the one to call.
  Status repair(std::size_t endpoint, std::optional<VnodeId> vnode);

  // Drops all traffic from and to these peers at one node, in place of what was cut there before.
  Status cut(std::size_t endpoint, const std::vector<NodeId>& in, const std::vector<NodeId>& out);

 private:
  Client& client_;
  std::int64_t deadline_ms_;
};

}  // namespace quorate::client
