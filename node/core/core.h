// The whole protocol of one node as one deterministic, single-threaded state machine without I/O.
//
// Place:      io/ runs it on Asio and RocksDB, sim/ on virtual time. Calls come one at a time; what
//             the core wants done it tells the Environment, which never calls back.
// Implements: Dynamo 4.3 to 4.7, with dots in place of server-side clocks (DESIGN 2), strict
//             quorums only, and no answer that a crash could take back.
// Invariants: environment.h has the contract with the world, each part its own.
// Limits:     CoreOptions and the buckets; nothing else grows.
// Not here:   bytes (wire/), sockets and disks (io/), what a data type does (types/).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "node/base/keyed_hash.h"
#include "node/core/bucket.h"
#include "node/core/environment.h"
#include "node/core/messages.h"
#include "node/core/options.h"
#include "node/ring/ring.h"

namespace quorate {

// How this node stands with one peer.
enum class Circuit : std::uint8_t { kClosed = 0, kOpen = 1, kHalfOpen = 2 };
const char* circuit_name(Circuit circuit);

struct PeerStatus {
  NodeId node = 0;
  Circuit circuit = Circuit::kOpen;
  std::int64_t silent_ns = 0;        // since it last answered; -1: never
  std::int64_t clock_offset_ms = 0;  // its wall clock minus ours, estimated
  bool clock_known = false;
  std::uint64_t high_water = 0;  // highest heard of it
};

// What is kept for one primary that was away.
struct HintsStatus {
  NodeId primary = 0;
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
  std::uint64_t sole = 0;  // the only durable copies in the place of a primary, as far as is known
  std::int64_t oldest_ms = 0;  // wall time since which the oldest has waited
};

// This node and a peer, as primaries of a vnode for buckets of n.
struct MeetingStatus {
  VnodeId vnode = 0;
  std::uint32_t n = 0;
  NodeId peer = 0;
  std::int64_t since_ns = -1;  // since they last compared what they have; -1: not yet
  std::uint64_t differed = 0;  // keys, then
  bool hurried = false;        // they are about to, ahead of their turn
};

// Why the reaping of a vnode that this node leads does not go on.
struct ReapHoldStatus {
  NodeId node = 0;
  ReapHold hold = ReapHold::kNone;
};

struct CoreStatus {
  NodeId node = 0;
  RunId run = 0;
  StoreState store = StoreState::kWritable;
  std::vector<PeerStatus> peers;
  // Vnodes of which this node is a primary for the default bucket.
  std::uint32_t vnodes_primary = 0;
  std::uint32_t vnodes_rebuilding = 0;
  bool forgot = false;  // a peer knew more of this node than it did itself
  std::uint64_t requests_in_flight = 0;
  std::uint64_t unanswered_bytes = 0;  // of writes that wait for replicas or for a primary
  std::uint64_t late_bytes = 0;        // of records kept for replicas that are late
  std::vector<HintsStatus> hints;
  std::uint64_t hints_dropped = 0;         // in all, for want of room or for their age
  std::uint32_t vnodes_without_trees = 0;  // whose hash trees are being built
  std::vector<MeetingStatus> meetings;
  std::uint64_t remains = 0;  // rows that show tombstones or dead context entries
  std::uint64_t retired = 0;  // rows whose remains wait to be reaped, and are shown no more
  // By vnode, of those in which this node has something dead that waits for somebody.
  std::vector<std::pair<VnodeId, ReapHoldStatus>> reaping_held_by;
  bool anti_entropy_at_rest = false;  // nothing is being compared, nor overdue
};

struct CoreConfig {
  NodeId node = 0;
  RunId run = 0;  // drawn anew at every start: make_run_id(node, true randomness)
  CoreOptions options;
  Buckets buckets;
  HashKey tree_key{};  // the same on every node, and a secret of the cluster
};

class Core {
 public:
  // REQUIRES: the ring names config.node among its members. `environment` outlives the core.
  Core(CoreConfig config, Ring ring, Environment& environment);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  // ---- inputs

  // Once, before all others: loads what the store remembers and arms the first timers.
  void on_start();

  // The reply comes back through Environment::reply(client, tag, ...), exactly once.
  void on_client_request(ClientId client, ClientTag tag, ClientRequest request);

  void on_message(NodeId from, Message message);
  void on_timer(TimerId id);

  // All batches up to and including `batch` are durable.
  void on_durable(BatchId batch);

  // `batch` was not applied, nor were any after it that were given before this call.
  void on_apply_failed(BatchId batch, const Error& error);

  void on_store_state(StoreState state);

  // The store found rows that it cannot read any more (a scrub): they are copied back from the
  // peers.
  void on_store_damaged();

  // The transport knows that nothing can reach this peer now (connection refused, reset, closed),
  // or that a connection stands again. A hint that makes the breaker faster, never needed for
  // correctness.
  void on_link_down(NodeId peer);
  void on_link_up(NodeId peer);

  // An operator wants a vnode, or every one, compared with its other primaries now. Only what this
  // node calls for (of two the lower does): ask all nodes. A meeting under way begins anew, so a
  // pair that is no longer `hurried` (MeetingStatus) has met since, from beginning to end.
  void repair(std::optional<VnodeId> vnode = std::nullopt);

  // Takes no new requests; idle() turns true once what is in flight has ended.
  void on_stop();

  // ---- state, for status and tests

  bool idle() const;
  CoreStatus status() const;
  const Ring& ring() const;
  const CoreConfig& config() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace quorate
