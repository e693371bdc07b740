// Faults as plain values: a schedule of them can be printed, replayed, edited and made smaller
// without the generator of chance that drew it.
//
// Place:      drawn by fault_plan.h or written by hand; FaultInjector lets them befall a cluster.
// Invariants: every fault that lasts has another that ends it (end_of), and heal_all ends them all.
// Not here:   partitions with a name, and other shapes made of many faults: shapes.h. Loss,
//             repetition and delay of the whole run: world/network.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/world/cluster.h"

namespace quorate::sim {

enum class FaultKind : std::uint8_t {
  kCut,         // a: from, b: to; one direction
  kMend,        // a: from, b: to
  kLinkSlow,    // a: from, b: to; amount: everything takes so many ns longer; 0: as it was
  kLinkLossy,   // a: from, b: to; amount: so many in a million are lost beside the rest; 0: none
  kCrash,       // a: node; the power fails
  kKill,        // a: node; its process ends, its kernel and its disk live on
  kRestart,     // a: node
  kPause,       // a: node
  kResume,      // a: node
  kNodeSlow,    // a: node; amount: each input takes so many ns longer; 0: as it was
  kDiskFull,    // a: node
  kDiskRoom,    // a: node
  kDiskSlow,    // a: node; amount: what a sync takes, ns; 0: as it was
  kDiskStall,   // a: node; no sync ends
  kDiskFlow,    // a: node; they end again
  kDiskLimp,    // a: node; amount: each read, write and sync takes so many ns longer; 0: as it was
  kClockJump,   // a: node; amount: by so many ms
  kClockDrift,  // a: node; amount: parts in a million
  kWipe,        // a: node; nothing while a peer has never heard a mark of it
  kBackUp,      // a: node; takes the image that kRestore brings back
  kRestore,     // a: node; nothing when no image was taken
  kForgetRow,   // a: node, key
  kCorruptRow,  // a: node, key
};
inline constexpr std::size_t kFaultKindCount = static_cast<std::size_t>(FaultKind::kCorruptRow) + 1;
const char* fault_kind_name(FaultKind kind);

// What ends a fault of this kind, on the same hosts and with the amount 0: another kind, or the
// same one. Nothing: it has no end, or is one.
std::optional<FaultKind> end_of(FaultKind kind);

// Befalls the link a > b; else the node a.
bool is_of_link(FaultKind kind);

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
  void befall_link(const Fault& fault);
  void befall_node(const Fault& fault, SimNode& node);

  // Before a disk is lost it is asked whether the promise can be kept: a node that lost everything
  // before its peers had heard a mark of it passes for a new one (papers/decisions/0003).
  bool known_to_all(NodeId node) const;

  Cluster& cluster_;
  std::vector<Fault> faults_;
  std::map<NodeId, MemoryStore::Image> backups_;
};

}  // namespace quorate::sim
