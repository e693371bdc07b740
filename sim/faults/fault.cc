#include "sim/faults/fault.h"

#include <utility>

namespace quorate::sim {

namespace {

std::string host_name(HostId host) {
  if (is_client(host)) return "client " + std::to_string(host - kFirstClientHost + 1);
  return std::to_string(host);
}

}  // namespace

const char* fault_kind_name(FaultKind kind) {
  switch (kind) {
    case FaultKind::kCut:
      return "cut";
    case FaultKind::kMend:
      return "mend";
    case FaultKind::kLinkSlow:
      return "link slow";
    case FaultKind::kLinkLossy:
      return "link lossy";
    case FaultKind::kCrash:
      return "crash";
    case FaultKind::kKill:
      return "kill";
    case FaultKind::kRestart:
      return "restart";
    case FaultKind::kPause:
      return "pause";
    case FaultKind::kResume:
      return "resume";
    case FaultKind::kNodeSlow:
      return "node slow";
    case FaultKind::kDiskFull:
      return "disk full";
    case FaultKind::kDiskRoom:
      return "disk room";
    case FaultKind::kDiskSlow:
      return "disk slow";
    case FaultKind::kDiskStall:
      return "disk stall";
    case FaultKind::kDiskFlow:
      return "disk flow";
    case FaultKind::kDiskLimp:
      return "disk limp";
    case FaultKind::kClockJump:
      return "clock jump";
    case FaultKind::kClockDrift:
      return "clock drift";
    case FaultKind::kWipe:
      return "wipe";
    case FaultKind::kBackUp:
      return "back up";
    case FaultKind::kRestore:
      return "restore";
    case FaultKind::kForgetRow:
      return "forget row";
    case FaultKind::kCorruptRow:
      return "corrupt row";
  }
  return "?";
}

std::optional<FaultKind> end_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::kCut:
      return FaultKind::kMend;
    case FaultKind::kCrash:
    case FaultKind::kKill:
      return FaultKind::kRestart;
    case FaultKind::kPause:
      return FaultKind::kResume;
    case FaultKind::kDiskFull:
      return FaultKind::kDiskRoom;
    case FaultKind::kDiskStall:
      return FaultKind::kDiskFlow;
    case FaultKind::kLinkSlow:
    case FaultKind::kLinkLossy:
    case FaultKind::kNodeSlow:
    case FaultKind::kDiskSlow:
    case FaultKind::kDiskLimp:
    case FaultKind::kClockDrift:
      return kind;
    case FaultKind::kMend:
    case FaultKind::kRestart:
    case FaultKind::kResume:
    case FaultKind::kDiskRoom:
    case FaultKind::kDiskFlow:
    case FaultKind::kClockJump:
    case FaultKind::kWipe:
    case FaultKind::kBackUp:
    case FaultKind::kRestore:
    case FaultKind::kForgetRow:
    case FaultKind::kCorruptRow:
      return std::nullopt;
  }
  return std::nullopt;
}

bool is_of_link(FaultKind kind) {
  return kind == FaultKind::kCut || kind == FaultKind::kMend || kind == FaultKind::kLinkSlow ||
         kind == FaultKind::kLinkLossy;
}

namespace {

// With its unit.
std::string amount_text(const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kLinkSlow:
    case FaultKind::kNodeSlow:
    case FaultKind::kDiskSlow:
    case FaultKind::kDiskLimp:
      return time_to_string(fault.amount);
    case FaultKind::kClockJump:
      return std::to_string(fault.amount) + " ms";
    case FaultKind::kLinkLossy:
    case FaultKind::kClockDrift:
      return std::to_string(fault.amount) + " ppm";
    case FaultKind::kCut:
    case FaultKind::kMend:
    case FaultKind::kCrash:
    case FaultKind::kKill:
    case FaultKind::kRestart:
    case FaultKind::kPause:
    case FaultKind::kResume:
    case FaultKind::kDiskFull:
    case FaultKind::kDiskRoom:
    case FaultKind::kDiskStall:
    case FaultKind::kDiskFlow:
    case FaultKind::kWipe:
    case FaultKind::kBackUp:
    case FaultKind::kRestore:
    case FaultKind::kForgetRow:
    case FaultKind::kCorruptRow:
      break;
  }
  return std::to_string(fault.amount);
}

}  // namespace

std::string to_string(const Fault& fault) {
  std::string text =
      time_to_string(fault.at) + " " + fault_kind_name(fault.kind) + " " + host_name(fault.a);
  if (fault.b != 0) text += " > " + host_name(fault.b);
  if (fault.amount != 0) text += " by " + amount_text(fault);
  if (!fault.key.name.empty()) text += " " + fault.key.bucket + "/" + fault.key.name;
  return text;
}

FaultInjector::FaultInjector(Cluster& cluster, std::vector<Fault> faults)
    : cluster_(cluster), faults_(std::move(faults)) {
  for (const Fault& fault : faults_) {
    cluster_.at(fault.at, [this, &fault] { befall(fault); });
  }
}

void FaultInjector::befall(const Fault& fault) {
  if (is_of_link(fault.kind)) return befall_link(fault);
  befall_node(fault, cluster_.node(node_of_host(fault.a)));
}

void FaultInjector::befall_link(const Fault& fault) {
  if (fault.kind == FaultKind::kCut) return cluster_.cut(fault.a, fault.b);
  if (fault.kind == FaultKind::kMend) return cluster_.mend(fault.a, fault.b);
  LinkTrouble& trouble = cluster_.network().trouble(fault.a, fault.b);
  if (fault.kind == FaultKind::kLinkSlow) trouble.extra_latency = fault.amount;
  if (fault.kind == FaultKind::kLinkLossy) {
    trouble.loss_ppm = static_cast<std::uint32_t>(fault.amount);
  }
}

void FaultInjector::befall_node(const Fault& fault, SimNode& node) {
  SimEnvironment& environment = node.environment();
  switch (fault.kind) {
    case FaultKind::kCut:
    case FaultKind::kMend:
    case FaultKind::kLinkSlow:
    case FaultKind::kLinkLossy:
      return;  // of links
    case FaultKind::kCrash:
      return cluster_.crash(node.id());
    case FaultKind::kKill:
      return cluster_.kill(node.id());
    case FaultKind::kRestart:
      return cluster_.restart(node.id());
    case FaultKind::kPause:
      return cluster_.pause(node.id());
    case FaultKind::kResume:
      return cluster_.resume(node.id());
    case FaultKind::kNodeSlow:
      return node.set_slowed(fault.amount);
    case FaultKind::kDiskFull:
      return node.set_disk_full(true);
    case FaultKind::kDiskRoom:
      return node.set_disk_full(false);
    case FaultKind::kDiskSlow: {
      DiskModel model = cluster_.options().disk;
      if (fault.amount > 0) model.sync = Latency::constant(fault.amount);
      return environment.set_disk_model(model);
    }
    case FaultKind::kDiskStall:
      return environment.set_stalled(true);
    case FaultKind::kDiskFlow:
      return environment.set_stalled(false);
    case FaultKind::kDiskLimp:
      return environment.set_limp(fault.amount);
    case FaultKind::kClockJump:
      return environment.wall().jump(fault.amount);
    case FaultKind::kClockDrift:
      return environment.wall().set_drift(cluster_.now(), fault.amount);
    case FaultKind::kWipe:
      if (known_to_all(node.id())) cluster_.wipe(node.id());
      return;
    case FaultKind::kBackUp:
      backups_.insert_or_assign(node.id(), cluster_.backup(node.id()));
      return;
    case FaultKind::kRestore: {
      const auto image = backups_.find(node.id());
      if (image != backups_.end()) cluster_.restore(node.id(), image->second);
      return;
    }
    case FaultKind::kForgetRow:
      return cluster_.forget_row(node.id(), fault.key);
    case FaultKind::kCorruptRow:
      return cluster_.corrupt_row(node.id(), fault.key);
  }
}

bool FaultInjector::known_to_all(NodeId node) const {
  for (const NodeId peer : cluster_.node_ids()) {
    if (peer == node) continue;
    if (!cluster_.node(peer).up()) return false;
    for (const PeerStatus& status : cluster_.node(peer).core().status().peers) {
      if (status.node == node && status.high_water == 0) return false;
    }
  }
  return true;
}

void FaultInjector::heal_all() {
  cluster_.heal();
  for (const NodeId node : cluster_.node_ids()) {
    SimNode& host = cluster_.node(node);
    host.environment().set_disk_model(cluster_.options().disk);
    host.environment().set_stalled(false);
    host.environment().set_limp(0);
    host.environment().wall().repair(cluster_.now());
    host.set_slowed(0);
    host.set_disk_full(false);
    cluster_.resume(node);
    cluster_.restart(node);
  }
}

}  // namespace quorate::sim
