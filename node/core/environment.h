// The world as the core sees it: a clock, a source of chance, a network, timers and a store.
//
// The contract between core and world (papers/decisions/0001-one-core-two-worlds.md):
//
//   * Inputs are calls on the Core, one at a time; outputs are the commands below, which return
//     nothing and never call back into the core. A command with a result becomes a later input.
//   * now_ns() is constant while one input is handled, and never goes back. wall_now_ms() may jump.
//   * random() comes from this node's own stream. There is no other source of chance in the core.
//   * send() may be lost, delayed, repeated or reordered; never corrupted. Never to oneself.
//   * A timer fires once, as Core::on_timer(id). Setting an armed id moves it.
//   * The store answers reads at once. apply() is atomic over its batch, visible at once to read(),
//     and durable later: Core::on_durable(batch id) follows, for this and all earlier batches, or
//     the process dies. After a crash the durable state is a prefix of the batches.
//   * A batch that could not be applied is not visible, and is reported as Core::on_apply_failed
//     *before any other input*. So are all that were applied after it and before the report.
//
// Implemented by: io/node_environment.h (Asio, RocksDB) and sim/world/sim_environment.h (virtual
// time).
#pragma once

#include <cstdint>
#include <optional>

#include "node/causality/row.h"
#include "node/core/messages.h"
#include "node/core/store.h"
#include "node/core/trace.h"

namespace quorate {

using TimerId = std::uint64_t;
// A connection or a simulated client; the environment's name for it.
using ClientId = std::uint64_t;
// One request of that client; comes back with its reply.
using ClientTag = std::uint64_t;

class Environment {
 public:
  virtual ~Environment() = default;

  virtual std::int64_t now_ns() = 0;
  virtual std::int64_t wall_now_ms() = 0;
  virtual std::uint64_t random() = 0;

  virtual void send(NodeId to, Message message) = 0;
  // Dropped without a word if the client is gone.
  virtual void reply(ClientId client, ClientTag tag, ClientReply reply) = 0;

  virtual void set_timer(TimerId id, std::int64_t at_ns) = 0;
  virtual void cancel_timer(TimerId id) = 0;

  virtual const StoreReader& store() = 0;
  virtual void apply(Batch batch) = 0;

  virtual void trace(const TraceEvent& event) = 0;
};

}  // namespace quorate
