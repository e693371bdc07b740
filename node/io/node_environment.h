// The core's world on a real machine: its clock, chance, timers, store and outputs; and the one
// door through which inputs reach the core.
//
// Place:      owned by Node. Servers and links call the inputs below, never the core itself.
// Threads:    the loop's, all of it; the syncer's thread only posts to the loop.
// Invariants: the contract of core/environment.h. In particular: (1) now_ns() stands still during
//             one input; (2) a batch that could not be applied is reported before any other input,
//             and nothing is applied between; (3) an input never begins inside another. Outputs
//             only append to queues: nothing calls back.
// Limits:     timers: as many as the core arms; answers that wait for durability: one for each list
//             request in flight.
// Not here:   what happens when the store fails for good (node.h).
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "node/base/random.h"
#include "node/core/core.h"
#include "node/core/environment.h"
#include "node/io/counters.h"
#include "node/io/log_syncer.h"
#include "node/io/loop.h"
#include "node/io/rocks_store.h"
#include "node/io/timer_queue.h"

namespace quorate {

// Where messages and replies go; both only queue.
class PeerSender {
 public:
  virtual void send(NodeId to, const Message& message) = 0;

 protected:
  ~PeerSender() = default;
};

class ClientReplier {
 public:
  virtual void reply(ClientId client, ClientTag tag, const ClientReply& reply) = 0;

 protected:
  ~ClientReplier() = default;
};

class NodeEnvironment final : public Environment {
 public:
  // Called once, on the syncer's thread or the loop's: nothing more will be durable.
  using SyncFailed = std::function<void(const Error&)>;
  // Called after a batch that the store refused, or could not write yet: its state may have
  // changed.
  using ApplyFailed = std::function<void()>;

  // `loop`, `counters` and `store` outlive it. What is applied gathers in the store, and is written
  // at the end of the turn.
  NodeEnvironment(Loop& loop, Counters& counters, RocksStore& store, Durability durability,
                  SyncFailed sync_failed, ApplyFailed apply_failed);
  ~NodeEnvironment() override;

  // Before any input. All three outlive it, or detach() comes first.
  void attach(Core& core, PeerSender& peers, ClientReplier& clients);

  // ---- inputs of the core
  void start();
  void client_request(ClientId client, ClientTag tag, ClientRequest request);
  void message(NodeId from, Message message);
  void link_up(NodeId peer);
  void link_down(NodeId peer);
  void store_state(StoreState state);
  void store_damaged();
  void repair(std::optional<VnodeId> vnode);
  void stop();

  // What could not be written at the end of its turn is tried again, at the end of this one.
  void write_again();

  // Runs `then` once everything that has been applied is durable: at once if it already is.
  void when_durable(std::function<void()> then);

  // Syncs what has been applied and ends the syncer. No input may follow.
  void close();

  // ---- Environment: for the core alone
  std::int64_t now_ns() override { return now_ns_; }
  std::int64_t wall_now_ms() override;
  std::uint64_t random() override { return random_.next(); }
  void send(NodeId to, Message message) override;
  void reply(ClientId client, ClientTag tag, ClientReply reply) override;
  void set_timer(TimerId id, std::int64_t at_ns) override;
  void cancel_timer(TimerId id) override;
  const StoreReader& store() override { return store_; }
  void apply(Batch batch) override;
  void trace(const TraceEvent& event) override;

 private:
  template <typename Input>
  void input(const Input& give);
  void arm_timer();
  void on_timer();
  void on_synced(Result<BatchId> done);
  void deliver_durable();
  bool note_applied();

  struct FailedBatch {
    BatchId id;
    Error error;
  };
  struct Waiting {
    BatchId batch;
    std::function<void()> then;
  };

  Loop& loop_;
  Counters& counters_;
  RocksStore& store_;
  const Durability durability_;
  const SyncFailed sync_failed_;
  const ApplyFailed apply_failed_;
  Core* core_ = nullptr;
  PeerSender* peers_ = nullptr;
  ClientReplier* clients_ = nullptr;

  Random random_;
  TraceLog trace_log_;
  TimerQueue timers_;
  boost::asio::steady_timer alarm_;
  std::int64_t alarm_at_ns_ = INT64_MAX;  // what alarm_ is set to
  std::int64_t now_ns_ = 0;
  bool in_input_ = false;

  std::optional<FailedBatch> failed_;  // not yet told
  BatchId applied_ = 0;
  BatchId noted_ = 0;      // told to the syncer
  BatchId synced_ = 0;     // told by the syncer
  BatchId delivered_ = 0;  // told to the core
  std::deque<Waiting> waiting_;
  bool closed_ = false;

  std::unique_ptr<LogSyncer> syncer_;  // last: its thread uses the loop
};

}  // namespace quorate
