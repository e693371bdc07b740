// A host that runs a node: the core of its present life, the disk that survives it, and how lives
// begin and end.
//
// Place:      owned by the cluster, which hands it the events that concern it and the faults that
//             befall it.
// Invariants: (1) events of an ended life never reach the next; messages may, as on a real network;
//             (2) a paused node handles nothing, and after that everything, in order; (3) a failed
//             batch is reported before any other input; (4) a busy node handles its inputs one by
//             one in the order in which they came. Shown in tests/sim/world/sim_node_test.cc.
// Limits:     inputs_max packets wait for a busy or paused node: past that they are dropped, and
//             counted. Its own timers and syncs are not packets.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>

#include "node/core/core.h"
#include "sim/world/sim_environment.h"

namespace quorate::sim {

// What it costs a node to handle an input: a packet, a timer, the end of a sync. What the input
// causes leaves when that time is over.
struct ProcessingModel {
  SimTime per_input = 0;
  SimTime per_byte = 0;  // of a packet's nominal size
  std::size_t inputs_max = 100'000;

  bool takes_time() const { return per_input > 0 || per_byte > 0; }
};

// A node's wall clock when the world begins.
struct ClockModel {
  std::int64_t offset_ms = 0;
  std::int64_t drift_ppm = 0;
};

class SimNode {
 public:
  // What every life of the node is started with, but for its run id.
  struct Setup {
    NodeId node = 0;
    CoreOptions options;
    Buckets buckets;
    DiskModel disk;
    ProcessingModel processing;
    ClockModel clock;
    bool codec = false;
  };

  SimNode(World& world, Setup setup, const Ring& ring, std::unique_ptr<MemoryStore> disk);

  NodeId id() const { return setup_.node; }
  bool up() const { return core_ != nullptr; }
  bool paused() const { return paused_; }

  // ---- life

  void start();  // REQUIRES: !up()
  void crash();  // a power cut: unsynced batches are lost but for a prefix. When down, this is
                 // still what happens to those that the ended process had handed to the kernel.
  void kill();  // the end of the process alone: the kernel has what was written. Nothing when down.
  void pause();
  void resume();

  // The core of the present life. REQUIRES: up()
  Core& core();
  const Core& core() const;

  SimEnvironment& environment() { return environment_; }
  MemoryStore& disk() { return environment_.disk(); }
  const MemoryStore& disk() const { return environment_.disk(); }

  void set_disk_full(bool full);

  // From now on every input takes so much longer than the model says.
  void set_slowed(SimTime extra) { slowed_ = extra; }

  // ---- events. Dropped when down; they wait when the node is paused or busy.

  // A Delivery, TimerFired, DiskSynced or LinkNotice.
  void on_input(Event& event);
  void on_ready(const NodeReady& ready);

  std::uint64_t overflowed() const { return overflowed_; }

 private:
  SimTime cost_of(const Event& input) const;
  void wait(Event&& input);
  void handle_next_later();
  void handle(Event& input);
  void handle(Delivery& delivery);
  void handle(const TimerFired& fired);
  void handle(const DiskSynced& synced);
  void handle(const LinkNotice& notice);
  void end_life(LifeEvent how);
  void report_failures();
  void notice_room();
  void tell(LifeEvent event);

  World& world_;
  const Setup setup_;
  const Ring ring_;
  SimEnvironment environment_;
  Random run_ids_;
  std::unique_ptr<Core> core_;
  std::uint32_t life_ = 0;
  bool paused_ = false;
  SimTime slowed_ = 0;
  SimTime busy_until_ = 0;
  bool ready_pending_ = false;  // a NodeReady is on its way
  std::deque<Event> waiting_;
  std::size_t packets_waiting_ = 0;
  std::uint64_t overflowed_ = 0;
};

}  // namespace quorate::sim
