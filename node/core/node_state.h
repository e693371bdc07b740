// What the parts of one core share: identity, clocks, the peers' health, the way out, and the
// batches.
//
// Place:      made by Core, handed by reference to every part; internal to node/core.
// Invariants: a message to oneself goes through `loopback`, which the core drains before an input
//             ends: parts never call one another from inside a send.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "node/causality/dot_mint.h"
#include "node/causality/hybrid_clock.h"
#include "node/core/answer_memory.h"
#include "node/core/core.h"
#include "node/core/durability_gate.h"
#include "node/core/foreground.h"
#include "node/core/generations.h"
#include "node/core/peer_clocks.h"
#include "node/core/peer_health.h"
#include "node/core/retired.h"
#include "node/core/trees.h"

namespace quorate {

// Timers are named after the operation that set them.
enum class TimerKind : std::uint8_t {
  kTick = 0,
  kDeadline = 1,
  kResend = 2,
  kPoll = 3,
  kPace = 4,
  kHandoffPace = 5,
  kLeavesPace = 6
};
inline TimerId timer_id(OpId op, TimerKind kind) {
  return (op << 3) | static_cast<std::uint64_t>(kind);
}
inline OpId op_of(TimerId id) { return id >> 3; }
inline TimerKind kind_of(TimerId id) { return static_cast<TimerKind>(id & 7); }

struct NodeState {
  NodeState(CoreConfig config_in, Ring ring_in, Environment& environment);

  const CoreConfig config;
  const Ring ring;
  Environment& env;
  HybridClock clock;
  DotMint mint;
  PeerClocks clocks;
  PeerHealth health;
  DurabilityGate gate;
  AnswerMemory answers;  // to forwarded requests
  Foreground foreground;
  Generations generations;
  Retired retired;
  Trees trees;
  StoreState store_state = StoreState::kWritable;
  bool stopping = false;
  std::deque<Message> loopback;

  NodeId self() const { return config.node; }
  const CoreOptions& options() const { return config.options; }

  // Does a message that names this ring and this vnode mean what they are here? Nothing else of it
  // may be believed, nor the vnode be looked up, before this is asked.
  bool in_ring(RingVersion version, VnodeId vnode) const {
    return version == ring.version() && vnode < ring.vnodes();
  }

  // How many rows repair may look at in one go, for which clients wait: few, when there are some.
  std::uint32_t rows_page() {
    const std::uint32_t page = options().rebuild_rows_page;
    return foreground.rows_slower(env.now_ns()) < Foreground::kRowsSlowestTimes
               ? page
               : std::max(page / 8, 1u);
  }

  // To a peer through the environment, to oneself through the loopback.
  void send(NodeId to, Message message);

  // The time of day, in ms since 1970, as most members have it.
  std::int64_t wall_now_ms() const { return env.wall_now_ms() + clocks.correction_ms(); }
  // Takes a timestamp from elsewhere over into this node's clock, unless it is further ahead than
  // clocks may differ: then only the key that it came with goes on from it.
  void observe(Timestamp seen);

  // A name for one operation; never 0, unique in this run and in practice over all runs.
  OpId new_op() { return next_op_++; }

  // Puts the change of one row into the batch, and into the hash trees. `before`: what the store
  // says of it now; an error when it cannot be read. What was retired of it is shown again.
  void change_row(VnodeId vnode, const Key& key, const Result<RowPtr>& before,
                  std::optional<Row> after, Batch& batch);

  // The row shows only part of what it knows from now on, as all primaries do; or all of it again.
  void retire(VnodeId vnode, const Key& key, const RowPtr& row, Generation generation,
              Batch& batch);
  void unretire(VnodeId vnode, const Key& key, const RowPtr& row, Batch& batch);

  // Applies the batch, whose rows are to be revealed only when durable. Returns what to wait for.
  BatchId apply(Batch batch);
  // As apply, for a batch that changes what is known of `key` elsewhere than in its row.
  BatchId apply_for(const Key& key, Batch batch);

  // Can the node be reached for a request now? Oneself always.
  bool reachable(NodeId node) const { return node == self() || health.closed(node); }

  void trace(TraceEvent event) { env.trace(event); }

 private:
  OpId next_op_;
  BatchId last_batch_ = 0;
};

// Where the answer to a request goes.
struct Origin {
  enum class Kind : std::uint8_t {
    kClient,    // to a client of this node
    kForward,   // to the peer that handed the request on
    kInternal,  // nowhere: the node asked for its own sake
  };
  Kind kind = Kind::kInternal;
  ClientId client = 0;
  ClientTag tag = 0;
  NodeId peer = 0;
  OpId peer_op = 0;

  friend bool operator==(const Origin&, const Origin&) = default;
};

void answer(NodeState& state, const Origin& origin, ClientReply reply);

// "nodes 2 and 3", "node 1", "no node": for sentences to people.
std::string node_list(const std::vector<NodeId>& nodes);

}  // namespace quorate
