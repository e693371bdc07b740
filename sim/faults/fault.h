// Faults as plain values: a schedule of them can be printed, replayed, edited and made smaller
// without the generator of chance that drew it.
//
// Place:      drawn by fault_plan.h or written by hand; FaultInjector lets them befall a cluster.
// Not here:   loss, repetition and delay, which are properties of links for the whole run:
//             world/network.h.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/world/cluster.h"

namespace quorate::sim {

enum class FaultKind : std::uint8_t {
  kCut,         // a: from, b: to; one direction
  kMend,        // a: from, b: to
  kCrash,       // a: node
  kRestart,     // a: node
  kPause,       // a: node
  kResume,      // a: node
  kDiskFull,    // a: node
  kDiskRoom,    // a: node
  kDiskSlow,    // a: node; amount: what a sync takes, ns
  kClockJump,   // a: node; amount: by so many ms
  kClockDrift,  // a: node; amount: parts in a million
  kWipe,        // a: node; nothing while a peer has never heard a mark of it
  kBackUp,      // a: node; takes the image that kRestore brings back
  kRestore,     // a: node; nothing when no image was taken
  kForgetRow,   // a: node, key
  kCorruptRow,  // a: node, key
};
const char* fault_kind_name(FaultKind kind);

struct Fault {
  SimTime at = 0;
  FaultKind kind = FaultKind::kCut;
  HostId a = 0;
  HostId b = 0;
  std::int64_t amount = 0;
  Key key;
};

// "1.500000 s cut 1 > 3"
std::string to_string(const Fault& fault);

class FaultInjector {
 public:
  // Schedules all faults, which may come in any order. `cluster` and the injector outlive the run.
  FaultInjector(Cluster& cluster, std::vector<Fault> faults);

  // Ends every fault that has an end: links, lives, pauses, disks, clocks. Damage to rows stays.
  void heal_all();

 private:
  void befall(const Fault& fault);

  // Before a disk is lost it is asked whether the promise can be kept: a node that lost everything
  // before its peers had heard a mark of it passes for a new one (papers/decisions/0003).
  bool known_to_all(NodeId node) const;

  Cluster& cluster_;
  std::vector<Fault> faults_;
  std::map<NodeId, MemoryStore::Image> backups_;
};

}  // namespace quorate::sim
