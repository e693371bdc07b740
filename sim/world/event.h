// What can happen in the simulated world: every event is a typed value, so that the queue allocates
// nothing of its own for one and a trace can name it.
//
// Not here:   when and in which order, see event_queue.h; what happens then, see cluster.h.
#pragma once

#include <cstdint>
#include <variant>

#include "node/core/environment.h"
#include "node/core/messages.h"

namespace quorate::sim {

// Nodes are hosts under their node id (1..65535), clients above them: both stand on either side of
// a cut.
using HostId = std::uint32_t;
inline constexpr HostId kFirstClientHost = 1u << 16;

inline bool is_client(HostId host) { return host >= kFirstClientHost; }
inline NodeId node_of_host(HostId host) { return static_cast<NodeId>(host); }

// A client's request on its way to a node, and the reply on its way back.
struct ClientCall {
  ClientTag tag = 0;
  ClientRequest request;
};
struct ClientAnswer {
  ClientTag tag = 0;
  ClientReply reply;
};

using Packet = std::variant<Message, ClientCall, ClientAnswer>;

// A packet arrives.
struct Delivery {
  HostId from = 0;
  HostId to = 0;
  Packet packet;
  std::uint32_t only_in_life = 0;  // of the receiver; 0: in any
};

// A timer of one life of a node; nothing when that life is over.
struct TimerFired {
  NodeId node = 0;
  std::uint32_t life = 0;
  TimerId timer = 0;
  std::uint64_t setting = 0;  // which of the settings of this timer
};

// A sync of one life's disk ends: all batches through this one are durable. Or they were handed to
// the kernel; or the kernel has written them back, of which nobody is told.
struct DiskSynced {
  enum class What : std::uint8_t { kSynced, kHanded, kWrittenBack };
  NodeId node = 0;
  std::uint32_t life = 0;
  BatchId through = 0;
  What what = What::kSynced;
};

// The transport noticed that a peer's process ended, or that it listens again.
struct LinkNotice {
  NodeId node = 0;
  NodeId peer = 0;
  bool up = false;
};

// A busy node is done with what it did, and handles what came meanwhile.
struct NodeReady {
  NodeId node = 0;
  std::uint32_t life = 0;
};

// A client's own clock: an attempt has waited long enough, or it is time for the next thing.
struct ClientAlarm {
  HostId client = 0;
  std::uint64_t alarm = 0;
};

// Something scripted from outside: a fault, a step of a test.
struct ScriptedAction {
  std::size_t index = 0;
};

using Event = std::variant<Delivery, TimerFired, DiskSynced, LinkNotice, NodeReady, ClientAlarm,
                           ScriptedAction>;

}  // namespace quorate::sim
