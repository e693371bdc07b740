// The world as one node's core sees it, over virtual time: its clock, chance, network, timers and
// disk.
//
// Place:      owned by the node's host (sim_node.h), which hands the resulting events to the core.
//             Outlives every core of its node.
// Implements: node/core/environment.h. Syncs are group commits: one at a time, covering all that
//             was applied when it began. In `os` mode a batch counts as durable when the process
//             has handed it over; the kernel writes back later, and until then a power cut takes
//             it.
// Invariants: (1) a batch becomes durable only when a sync that began after it ends; (2) a batch
//             that could not be applied, and all after it until the report, leave nothing behind;
//             (3) each concern has its own stream of chance; (4) a power cut leaves a prefix of the
//             batches: one that it cuts in the middle (a torn write) is found torn at the next
//             start, and vanishes whole; (5) the end of a process takes no batch. Shown in
//             tests/sim/world/sim_environment_test.cc.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "node/base/random.h"
#include "node/core/environment.h"
#include "node/core/hint.h"
#include "node/core/retired.h"
#include "sim/world/latency.h"
#include "sim/world/memory_store.h"
#include "sim/world/wall_clock.h"
#include "sim/world/world.h"

namespace quorate::sim {

// What "durable" means to a node (DESIGN 3.2).
enum class Durability : std::uint8_t {
  kFsync,  // on the disk
  kOs,     // handed to the kernel: the end of the process takes nothing, a power cut may
};
const char* durability_name(Durability durability);

struct DiskModel {
  Latency sync = Latency::uniform(from_us(100), from_us(2'000));
  Durability durability = Durability::kFsync;
  // in `os` mode: how long the kernel keeps what it was handed
  SimTime write_back = from_seconds(5);
};

class SimEnvironment final : public Environment {
 public:
  struct Failure {
    BatchId batch = 0;
    Error error;
  };

  // With `codec` every message between nodes goes through its bytes and back. `store` is the disk.
  SimEnvironment(World& world, NodeId node, DiskModel disk, bool codec,
                 std::unique_ptr<MemoryStore> store = std::make_unique<MemoryStore>());

  // ---- what the core asks and commands

  std::int64_t now_ns() override { return world_.now; }
  std::int64_t wall_now_ms() override { return wall_.read_ms(world_.now); }
  std::uint64_t random() override { return core_random_.next(); }
  void send(NodeId to, Message message) override;
  void reply(ClientId client, ClientTag tag, ClientReply reply) override;
  void set_timer(TimerId id, std::int64_t at_ns) override;
  void cancel_timer(TimerId id) override;
  const StoreReader& store() override {
    disk_time_ += limp_;
    return *store_;
  }
  void apply(Batch batch) override;
  void trace(const TraceEvent& event) override;

  // ---- what its host does with it

  void begin_life(std::uint32_t life, RunId run);

  // The disk after a power cut: of what was not synced a prefix survives, drawn from the disk's own
  // stream.
  void lose_power();

  // How long the disk held up the input that was handled last: what that sent left so much later,
  // and the next input waits so long.
  SimTime take_disk_time() { return std::exchange(disk_time_, 0); }

  // No sync ends while the disk stalls; they end when it goes on.
  void set_stalled(bool stalled);

  // Every read, every write and every sync takes so much longer.
  void set_limp(SimTime extra) { limp_ = extra; }

  // The timer has fired; false when it was moved or belongs to an earlier life.
  bool take_timer(const TimerFired& fired);

  // A sync ended: the core is told, or the node ends, or it is nothing to the core.
  enum class Synced : std::uint8_t { kNothing, kDurable, kFailed };
  Synced take_sync(const DiskSynced& synced);

  // The first batch that failed since the last call.
  std::optional<Failure> take_failure();

  WallClock& wall() { return wall_; }
  MemoryStore& disk() { return *store_; }
  const MemoryStore& disk() const { return *store_; }
  void set_disk_model(DiskModel model) { disk_model_ = model; }

 private:
  void begin_sync();
  void end_sync(SimTime at, BatchId through);
  void write_back();
  // A row that a batch writes, or a hint's, and what stood there.
  struct Writing {
    Key key;
    RowPtr before;
    Row after;
  };
  Status store(Batch&& batch);
  Status store_observed(const Batch& batch);
  std::vector<Writing> writings_of(const Batch& batch) const;
  std::optional<Row> hint_row(const std::string& name) const;
  RowPtr known_to_hints(const HintId& id, const std::optional<Row>& own) const;
  // A row of which something is retired or reaped.
  struct Retirement {
    Key key;
    Record before;
    Record left;
    bool reaped = false;
  };
  std::vector<Retirement> retirements_of(const Batch& batch) const;

  World& world_;
  const NodeId node_;
  const bool codec_;
  DiskModel disk_model_;
  const std::unique_ptr<MemoryStore> store_;
  WallClock wall_;
  Random core_random_;
  Random disk_random_;

  std::uint32_t life_ = 0;
  RunId run_ = 0;
  BatchId newest_ = 0;   // applied
  BatchId syncing_ = 0;  // what the sync under way will have made durable; 0: none is
  bool writing_back_ = false;
  bool stalled_ = false;
  std::optional<BatchId> held_;  // the sync that would have ended, had the disk not stalled
  SimTime limp_ = 0;
  SimTime disk_time_ = 0;
  std::optional<Failure> failure_;
  struct Timer {
    EventQueue::Handle handle;
    std::uint64_t setting = 0;
  };
  boost::unordered_flat_map<TimerId, Timer> timers_;  // looked up, never walked
  std::uint64_t timer_settings_ = 0;
};

}  // namespace quorate::sim
