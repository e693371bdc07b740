#include "node/io/node_environment.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "node/wire/secret.h"

namespace quorate {

namespace {

// Timers ring together that are due within so long: a replica that is late keeps thousands armed,
// and to wake for each would cost more than what they do.
constexpr std::int64_t kAlarmGrainNs = 2'000'000;

// A sync that took long makes thousands of batches durable at once. Other inputs have their turn
// between so many: more than wait for a sync that is quick.
constexpr BatchId kDurableBatchesATurn = 256;

}  // namespace

NodeEnvironment::NodeEnvironment(Loop& loop, Counters& counters, RocksStore& store,
                                 Durability durability, SyncFailed sync_failed,
                                 ApplyFailed apply_failed)
    : loop_(loop),
      counters_(counters),
      store_(store),
      durability_(durability),
      sync_failed_(std::move(sync_failed)),
      apply_failed_(std::move(apply_failed)),
      random_(random_u64_from_os()),
      alarm_(loop.context()) {
  store_.gather();
  syncer_ = std::make_unique<LogSyncer>(store, durability, [this](Result<BatchId> done) {
    if (!done) {
      sync_failed_(done.error());
    } else if (durability_ == Durability::kOs) {
      synced_ = *done;  // inside note_applied, on the loop's thread
    } else {
      loop_.post([this, batch = *done] { on_synced(batch); });
    }
  });
  // In os mode what was applied is durable as soon as it is noted: the replies that waited for it
  // leave in this very turn. In fsync mode our copy's sync can wait for the sends, the peers'
  // copies take longer.
  Loop::TurnHooks hooks;
  if (durability == Durability::kOs) {
    hooks.before_flush = [this] {
      while (noted_ < applied_ && note_applied()) deliver_durable();
    };
  } else {
    hooks.after_flush = [this] { note_applied(); };
  }
  loop.set_turn_hooks(std::move(hooks));
}

NodeEnvironment::~NodeEnvironment() { close(); }

void NodeEnvironment::attach(Core& core, PeerSender& peers, ClientReplier& clients) {
  core_ = &core;
  peers_ = &peers;
  clients_ = &clients;
}

void NodeEnvironment::close() {
  if (closed_) return;
  closed_ = true;
  note_applied();
  syncer_->stop();
  loop_.set_turn_hooks({});
  waiting_.clear();
  alarm_.cancel();
}

// ---------------------------------------------------------------- inputs

template <typename Input>
void NodeEnvironment::input(const Input& give) {
  QUORATE_CHECK_MSG(!in_input_, "an input of the core began inside another");
  if (closed_) return;
  in_input_ = true;
  now_ns_ = loop_.now_ns();
  give(*core_);
  bool refused = false;
  while (failed_) {
    const FailedBatch failed = *std::exchange(failed_, std::nullopt);
    refused = true;
    core_->on_apply_failed(failed.id, failed.error);
  }
  in_input_ = false;
  arm_timer();
  if (refused) apply_failed_();
}

void NodeEnvironment::start() {
  input([](Core& core) { core.on_start(); });
}

void NodeEnvironment::client_request(ClientId client, ClientTag tag, ClientRequest request) {
  input([&](Core& core) { core.on_client_request(client, tag, std::move(request)); });
}

void NodeEnvironment::message(NodeId from, Message message) {
  input([&](Core& core) { core.on_message(from, std::move(message)); });
}

void NodeEnvironment::link_up(NodeId peer) {
  input([&](Core& core) { core.on_link_up(peer); });
}

void NodeEnvironment::link_down(NodeId peer) {
  input([&](Core& core) { core.on_link_down(peer); });
}

void NodeEnvironment::store_state(StoreState state) {
  input([&](Core& core) { core.on_store_state(state); });
}

void NodeEnvironment::store_damaged() {
  input([](Core& core) { core.on_store_damaged(); });
}

void NodeEnvironment::repair(std::optional<VnodeId> vnode) {
  input([&](Core& core) { core.repair(vnode); });
}

void NodeEnvironment::stop() {
  input([](Core& core) { core.on_stop(); });
}

// ---------------------------------------------------------------- timers

void NodeEnvironment::arm_timer() {
  std::int64_t at_ns = timers_.next_ns();
  if (at_ns >= alarm_at_ns_) return;  // one that rings too early finds nothing and is set again
  at_ns = (at_ns + kAlarmGrainNs - 1) / kAlarmGrainNs * kAlarmGrainNs;
  if (at_ns >= alarm_at_ns_) return;
  alarm_at_ns_ = at_ns;
  alarm_.expires_at(std::chrono::steady_clock::time_point(std::chrono::nanoseconds(at_ns)));
  alarm_.async_wait([this](const boost::system::error_code& error) {
    if (!error) on_timer();
  });
}

void NodeEnvironment::on_timer() {
  alarm_at_ns_ = INT64_MAX;
  const std::int64_t now_ns = loop_.now_ns();
  while (!closed_) {
    const std::optional<TimerId> due = timers_.pop_due(now_ns);
    if (!due) break;
    input([&](Core& core) { core.on_timer(*due); });
  }
  if (!closed_) arm_timer();
}

void NodeEnvironment::set_timer(TimerId id, std::int64_t at_ns) { timers_.set(id, at_ns); }

void NodeEnvironment::cancel_timer(TimerId id) { timers_.cancel(id); }

// ---------------------------------------------------------------- store

void NodeEnvironment::apply(Batch batch) {
  if (failed_) return;  // reported together with the one that failed
  const BatchId id = batch.id;
  if (Status applied = store_.take(std::move(batch)); !applied) {
    failed_ = FailedBatch{id, applied.error()};
    return;
  }
  counters_.add(IoCounter::kBatchesApplied);
  applied_ = id;
  loop_.touch();
}

// Hands the store's engine what was applied since the last time. False: not yet; it was applied all
// the same, and becomes durable when there is room again, or the process ends.
bool NodeEnvironment::note_applied() {
  if (noted_ == applied_) return true;
  if (!store_.write_gathered()) {
    if (!closed_) loop_.post(apply_failed_);
    return false;
  }
  noted_ = applied_;
  syncer_->note_applied(applied_);
  return true;
}

void NodeEnvironment::write_again() {
  if (noted_ != applied_) loop_.touch();
}

void NodeEnvironment::on_synced(Result<BatchId> done) {
  counters_.add(IoCounter::kSyncs);
  synced_ = *done;
  deliver_durable();
}

void NodeEnvironment::deliver_durable() {
  if (closed_ || synced_ == delivered_) return;
  delivered_ = std::min(synced_, delivered_ + kDurableBatchesATurn);
  input([this](Core& core) { core.on_durable(delivered_); });
  while (!waiting_.empty() && waiting_.front().batch <= delivered_) {
    const std::function<void()> then = std::move(waiting_.front().then);
    waiting_.pop_front();
    then();
  }
  if (delivered_ < synced_) loop_.post([this] { deliver_durable(); });
}

void NodeEnvironment::when_durable(std::function<void()> then) {
  if (applied_ == delivered_) {
    then();
  } else {
    waiting_.push_back({applied_, std::move(then)});
  }
}

// ---------------------------------------------------------------- outputs

std::int64_t NodeEnvironment::wall_now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

void NodeEnvironment::send(NodeId to, Message message) { peers_->send(to, message); }

void NodeEnvironment::reply(ClientId client, ClientTag tag, ClientReply reply) {
  clients_->reply(client, tag, reply);
}

void NodeEnvironment::trace(const TraceEvent& event) {
  counters_.add(event.kind);
  trace_log_.write(event, now_ns_);
}

}  // namespace quorate
