// A whole simulated world: nodes and clients under one clock, one network and one seed, and
// everything that can befall them.
//
// Place:      the entry of the simulator: tests, the swarm and scenarios build one, let time pass,
//             and look.
// Invariants: (1) the same options and the same calls give the same trace hash; (2) observers, the
//             wire codec in the path and what the disks keep their rows in change nothing of it;
//             (3) time passes only in run_*. Shown in tests/sim/determinism_test.cc.
// Not here:   which faults befall it when: faults/. What the clients ask: workload/. What is
//             judged: check/.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "node/ring/ring.h"
#include "sim/world/history.h"
#include "sim/world/sim_client.h"
#include "sim/world/sim_node.h"
#include "sim/world/world.h"

namespace quorate::sim {

struct ClusterOptions {
  std::uint64_t seed = 1;
  std::uint16_t nodes = 3;
  std::uint32_t vnodes = 8;
  Buckets buckets;
  CoreOptions core;
  LinkModel node_links;
  LinkModel client_links;
  Geography geography;  // what the distance between two sites adds to both
  DiskModel disk;
  ProcessingModel processing;
  std::vector<ClockModel> clocks;  // of node 1, 2...; true time where there is none
  bool link_notices = true;        // peers learn at once when a process ends or listens again
  bool codec = false;              // messages between nodes pass through their wire format
};

// The ring of these nodes. REQUIRES: nodes, and a number of vnodes that is a power of two.
Ring make_ring(const ClusterOptions& options);

// The disk that a node is built with.
using MakeDisk = std::function<std::unique_ptr<MemoryStore>(NodeId)>;

class Cluster {
 public:
  // All nodes start at time 0. Their disks are in memory alone unless `make_disk` makes others.
  explicit Cluster(ClusterOptions options, const MakeDisk& make_disk = nullptr);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  // ---- time

  SimTime now() const { return world_.now; }
  void run_until(SimTime time);
  void run_for(SimTime duration) { run_until(now() + duration); }

  // Lets time pass until the condition holds, which is asked after every event; false: it did not
  // within `limit`.
  bool run_until_true(const std::function<bool()>& condition, SimTime limit);

  // Every node is up, sees every other, and rebuilds nothing.
  bool settled() const;
  bool run_until_settled(SimTime limit);

  // Calls `action` when its time has come.
  void at(SimTime time, std::function<void()> action);

  // ---- clients

  // Endpoints default to all nodes, in order.
  SimClient& add_client(ClientPolicy policy = {});
  const std::vector<std::unique_ptr<SimClient>>& clients() const { return clients_; }
  const History& history() const { return history_; }
  History& history() { return history_; }

  // Lets the client do one step after what it has to do already, and time pass until it has ended.
  const Operation& call(SimClient& client, ClientStep step);

  // ---- nodes and their disks

  std::uint16_t size() const { return static_cast<std::uint16_t>(nodes_.size()); }
  SimNode& node(NodeId id);
  const SimNode& node(NodeId id) const;
  std::vector<NodeId> node_ids() const;

  void crash(NodeId id);    // the power fails
  void kill(NodeId id);     // the process ends, the kernel lives on; nothing when it is down
  void restart(NodeId id);  // nothing when it is up
  void pause(NodeId id) { node(id).pause(); }
  void resume(NodeId id) { node(id).resume(); }

  // A new, empty disk. The node is stopped for it, if need be, and started again if it was up.
  void wipe(NodeId id);
  MemoryStore::Image backup(NodeId id) { return node(id).disk().backup(); }
  void restore(NodeId id, const MemoryStore::Image& image);

  // The row vanishes from the disk, and nothing says so; or it can no longer be read.
  void forget_row(NodeId id, const Key& key);
  void corrupt_row(NodeId id, const Key& key);

  // ---- network

  Network& network() { return world_.network; }
  void cut(HostId from, HostId to) { world_.network.cut(from, to); }
  void mend(HostId from, HostId to) { world_.network.mend(from, to); }
  void cut_both(HostId a, HostId b);
  void mend_both(HostId a, HostId b);
  // Nothing passes between the two groups, in either direction.
  void split(const std::vector<HostId>& side, const std::vector<HostId>& other);
  void isolate(NodeId id);  // from all other nodes; its clients still reach it
  void heal() { world_.network.mend_all(); }

  // ---- what is known

  const Ring& ring() const { return ring_; }
  const ClusterOptions& options() const { return options_; }
  const Bucket& bucket(const Key& key) const;
  std::vector<NodeId> primaries(const Key& key) const;
  bool is_primary(NodeId id, const Key& key) const;

  // What is visible on the node's disk, readable or not; null: nothing.
  const Row* row(NodeId id, const Key& key) const;

  // What of it is shown to others (core/retired.h), readable or not.
  Record shown(NodeId id, const Key& key) const;

  void observe(WorldObserver& observer) { world_.observers.push_back(&observer); }
  std::uint64_t trace_hash() const { return world_.hash.value(); }
  const NetworkCounts& network_counts() const { return world_.network.counts(); }
  std::uint64_t inputs_overflowed() const;  // packets that found a busy node's queue full

 private:
  void step();
  void handle(Event& event);
  void notify_peers(NodeId id, bool up);
  void tell_damage(NodeId id, DiskDamage damage, const Key* key);

  ClusterOptions options_;
  const Ring ring_;
  World world_;
  History history_;
  std::vector<std::unique_ptr<SimNode>> nodes_;      // node i at i - 1
  std::vector<std::unique_ptr<SimClient>> clients_;  // host kFirstClientHost + i at i
  std::vector<std::function<void()>> actions_;
};

}  // namespace quorate::sim
