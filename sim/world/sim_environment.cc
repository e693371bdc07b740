#include "sim/world/sim_environment.h"

#include <string>
#include <utility>
#include <vector>

#include "node/base/check.h"
#include "node/core/hint.h"
#include "node/wire/codec.h"

namespace quorate::sim {

namespace {

Message through_codec(const Message& message) {
  std::string bytes;
  encode_message(message, bytes);
  Result<Message> decoded = decode_message(bytes);
  QUORATE_CHECK_MSG(decoded, "the codec refused a message that a core sent");
  return std::move(*decoded);
}

std::string stream_name(const char* concern, NodeId node) {
  return std::string(concern) + " of node " + std::to_string(node);
}

}  // namespace

const char* durability_name(Durability durability) {
  switch (durability) {
    case Durability::kFsync:
      return "fsync";
    case Durability::kOs:
      return "os";
  }
  return "?";
}

SimEnvironment::SimEnvironment(World& world, NodeId node, DiskModel disk, bool codec,
                               std::unique_ptr<MemoryStore> store)
    : world_(world),
      node_(node),
      codec_(codec),
      disk_model_(disk),
      store_(std::move(store)),
      core_random_(Random::stream(world.seed, stream_name("core", node))),
      disk_random_(Random::stream(world.seed, stream_name("disk", node))) {}

void SimEnvironment::begin_life(std::uint32_t life, RunId run) {
  // What an ended process had handed to the kernel is there, and opening the store syncs it.
  store_->crash(store_->unsynced());
  life_ = life;
  run_ = run;
  newest_ = 0;
  syncing_ = 0;
  writing_back_ = false;
  held_.reset();
  disk_time_ = 0;
  failure_.reset();
  timers_.clear();  // those of the last life find their life over
}

void SimEnvironment::send(NodeId to, Message message) {
  QUORATE_CHECK_MSG(to != node_ && to != 0, "a node never sends to itself or to nobody");
  if (codec_) message = through_codec(message);
  world_.network.send(world_.now + disk_time_, node_, to, std::move(message));
}

void SimEnvironment::reply(ClientId client, ClientTag tag, ClientReply reply) {
  world_.network.send(world_.now + disk_time_, node_, static_cast<HostId>(client),
                      ClientAnswer{tag, std::move(reply)});
}

void SimEnvironment::set_timer(TimerId id, std::int64_t at_ns) {
  Timer& timer = timers_[id];
  world_.queue.cancel(timer.handle);
  timer.setting = ++timer_settings_;
  timer.handle =
      world_.queue.push(std::max(at_ns, world_.now), TimerFired{node_, life_, id, timer.setting});
}

void SimEnvironment::cancel_timer(TimerId id) {
  const auto found = timers_.find(id);
  if (found == timers_.end()) return;
  world_.queue.cancel(found->second.handle);
  timers_.erase(found);
}

// One that fired while its node was busy may have been moved or cancelled before it is handled.
bool SimEnvironment::take_timer(const TimerFired& fired) {
  if (fired.life != life_) return false;
  const auto found = timers_.find(fired.timer);
  if (found == timers_.end() || found->second.setting != fired.setting) return false;
  timers_.erase(found);
  return true;
}

void SimEnvironment::apply(Batch batch) {
  disk_time_ += limp_;
  const BatchId id = batch.id;
  const Status applied = world_.observers.empty() ? store(std::move(batch)) : store_observed(batch);
  if (!applied) {
    if (!failure_) failure_ = Failure{id, applied.error()};
    return;
  }
  newest_ = id;
  if (syncing_ == 0) begin_sync();
}

Status SimEnvironment::store(Batch&& batch) {
  // After a failure nothing is stored until it was reported.
  return failure_ ? Status(failure_->error) : store_->take(std::move(batch));
}

Status SimEnvironment::store_observed(const Batch& batch) {
  const std::vector<Writing> writings = writings_of(batch);
  const std::vector<Retirement> retirements = retirements_of(batch);
  const Status stored = store(Batch(batch));
  for (const Retirement& retirement : retirements) {
    if (!stored) break;
    for (WorldObserver* observer : world_.observers) {
      observer->on_retired(world_.now, node_, retirement.key, retirement.before, retirement.left,
                           retirement.reaped);
    }
  }
  for (const Writing& writing : writings) {
    for (WorldObserver* observer : world_.observers) {
      observer->on_row_written(world_.now, node_, run_, writing.key, writing.before.get(),
                               writing.after, stored.has_value());
    }
  }
  return stored;
}

std::optional<Row> SimEnvironment::hint_row(const std::string& name) const {
  const Result<std::optional<std::string>> kept = store_->read_meta(name);
  if (!kept || !*kept) return std::nullopt;
  Result<Hint> hint = decode_hint(**kept);
  return hint ? std::move(hint->row) : std::nullopt;
}

// A stand-in that mints knows what all of its hints of the key know, whoever they are for; of the
// requests that were applied only the hint in question has a memory.
RowPtr SimEnvironment::known_to_hints(const HintId& id, const std::optional<Row>& own) const {
  Row known;
  if (own) known = *own;
  bool any = own.has_value();
  for (NodeId primary = 1; primary <= world_.network.nodes(); ++primary) {
    const std::optional<Row> other = hint_row(hint_name(HintId{primary, id.vnode, id.key}));
    if (primary == id.primary || !other) continue;
    AppliedRequests applied = std::move(known.record.applied);
    known.record = sync(known.record, other->record, kRetryWindowDefaultMs);
    known.record.applied = std::move(applied);
    any = true;
  }
  return any ? std::make_shared<const Row>(std::move(known)) : nullptr;
}

// Which way a named value of a retirement goes: it comes and the row stays, or it goes and the row
// loses what it knew.
std::vector<SimEnvironment::Retirement> SimEnvironment::retirements_of(const Batch& batch) const {
  std::vector<Retirement> all;
  for (const auto& [name, value] : batch.meta) {
    const std::optional<Retired::Id> id = parse_retired_name(name);
    if (!id) continue;
    const Result<RowPtr> before = store_->read(id->first, id->second);
    if (!before || *before == nullptr) continue;
    Retirement retirement{id->second, (*before)->record, {}, value.empty()};
    if (value.empty()) {
      const auto change =
          std::find_if(batch.rows.begin(), batch.rows.end(), [&id = *id](const RowChange& row) {
            return row.vnode == id.first && row.key == id.second;
          });
      if (change == batch.rows.end()) continue;
      if (change->row) retirement.left = change->row->record;
      // Else the row changed otherwise, and is shown again.
      const Record reaped = Retired(world_.buckets).reaped(id->second, retirement.before);
      if (!same_state(retirement.left, reaped)) continue;
    } else {
      retirement.left = Retired(world_.buckets).reaped(id->second, (*before)->record);
    }
    all.push_back(std::move(retirement));
  }
  return all;
}

std::vector<SimEnvironment::Writing> SimEnvironment::writings_of(const Batch& batch) const {
  std::vector<Writing> all;
  for (const RowChange& change : batch.rows) {
    if (!change.row) continue;
    const Result<RowPtr> row = store_->read(change.vnode, change.key);
    all.push_back(Writing{change.key, row ? *row : nullptr, *change.row});
  }
  for (const auto& [name, value] : batch.meta) {
    const std::optional<HintId> id = parse_hint_name(name);
    if (!id || value.empty()) continue;
    Result<Hint> after = decode_hint(value);
    if (!after || after->owed()) continue;
    Writing writing{id->key, nullptr, *std::move(after->row)};
    const std::optional<Row> before = hint_row(name);
    const bool minted =
        writing.after.mark.actor.run == run_ && !(before && before->mark == writing.after.mark);
    if (minted) {
      writing.before = known_to_hints(*id, before);
    } else if (before) {
      writing.before = std::make_shared<const Row>(*before);
    }
    all.push_back(std::move(writing));
  }
  return all;
}

void SimEnvironment::begin_sync() {
  syncing_ = newest_;
  if (disk_model_.durability == Durability::kOs) {
    world_.queue.push(world_.now, DiskSynced{node_, life_, syncing_, DiskSynced::What::kHanded});
    return;
  }
  end_sync(world_.now + disk_model_.sync.sample(disk_random_) + limp_, syncing_);
}

void SimEnvironment::end_sync(SimTime at, BatchId through) {
  world_.queue.push(at, DiskSynced{node_, life_, through, DiskSynced::What::kSynced});
}

void SimEnvironment::set_stalled(bool stalled) {
  stalled_ = stalled;
  if (!stalled_ && held_) end_sync(world_.now, *std::exchange(held_, std::nullopt));
}

SimEnvironment::Synced SimEnvironment::take_sync(const DiskSynced& synced) {
  if (synced.life != life_) return Synced::kNothing;
  if (synced.what == DiskSynced::What::kWrittenBack) {
    writing_back_ = false;
    // The kernel tries again and tells nobody: nothing was promised.
    if (!stalled_) (void)store_->sync_through(synced.through);
    if (store_->unsynced() > 0) write_back();
    return Synced::kNothing;
  }
  if (synced.what == DiskSynced::What::kSynced) {
    if (stalled_) {
      held_ = synced.through;
      return Synced::kNothing;
    }
    if (!store_->sync_through(synced.through)) return Synced::kFailed;
  } else if (!writing_back_) {
    write_back();
  }
  syncing_ = 0;
  if (newest_ > synced.through) begin_sync();
  return Synced::kDurable;
}

void SimEnvironment::write_back() {
  writing_back_ = true;
  world_.queue.push(world_.now + disk_model_.write_back,
                    DiskSynced{node_, life_, newest_, DiskSynced::What::kWrittenBack});
}

void SimEnvironment::lose_power() {
  const std::size_t unsynced = store_->unsynced();
  store_->crash(static_cast<std::size_t>(disk_random_.below(unsynced + 1)));
}

std::optional<SimEnvironment::Failure> SimEnvironment::take_failure() {
  return std::exchange(failure_, std::nullopt);
}

void SimEnvironment::trace(const TraceEvent& event) {
  world_.hash.add_trace(world_.now, node_, event);
  for (WorldObserver* observer : world_.observers) observer->on_trace(world_.now, node_, event);
}

}  // namespace quorate::sim
