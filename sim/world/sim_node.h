// A host that runs a node: the core of its present life, the disk that survives it, and how lives
// begin and end.
//
// Place:      owned by the cluster, which hands it the events that concern it and the faults that
//             befall it.
// Invariants: (1) events of an ended life never reach the next; messages may, as on a real network;
//             (2) a paused node handles nothing, and after that everything, in order; (3) a failed
//             batch is reported before any other input.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "node/core/core.h"
#include "sim/world/sim_environment.h"

namespace quorate::sim {

class SimNode {
 public:
  // What every life of the node is started with, but for its run id.
  struct Setup {
    NodeId node = 0;
    CoreOptions options;
    Buckets buckets;
    DiskModel disk;
    bool codec = false;
  };

  SimNode(World& world, Setup setup, const Ring& ring);

  NodeId id() const { return setup_.node; }
  bool up() const { return core_ != nullptr; }
  bool paused() const { return paused_; }

  // ---- life

  void start();  // REQUIRES: !up()
  void crash();  // a power cut: unsynced batches are lost but for a prefix. Nothing when down.
  void pause();
  void resume();

  // The core of the present life. REQUIRES: up()
  Core& core();
  const Core& core() const;

  SimEnvironment& environment() { return environment_; }
  MemoryStore& disk() { return environment_.disk(); }
  const MemoryStore& disk() const { return environment_.disk(); }

  void set_disk_full(bool full);

  // ---- events. Dropped when down, kept for later when paused.

  void on_packet(Delivery& delivery);
  void on_timer(const TimerFired& fired);
  void on_synced(const DiskSynced& synced);
  void on_link_notice(const LinkNotice& notice);

 private:
  bool keep_for_later(Event event);
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
  std::vector<Event> kept_;
};

}  // namespace quorate::sim
