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
    case FaultKind::kCrash:
      return "crash";
    case FaultKind::kRestart:
      return "restart";
    case FaultKind::kPause:
      return "pause";
    case FaultKind::kResume:
      return "resume";
    case FaultKind::kDiskFull:
      return "disk full";
    case FaultKind::kDiskRoom:
      return "disk room";
    case FaultKind::kDiskSlow:
      return "disk slow";
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

std::string to_string(const Fault& fault) {
  std::string text =
      time_to_string(fault.at) + " " + fault_kind_name(fault.kind) + " " + host_name(fault.a);
  if (fault.b != 0) text += " > " + host_name(fault.b);
  if (fault.amount != 0) text += " by " + std::to_string(fault.amount);
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
  if (fault.kind == FaultKind::kCut) return cluster_.cut(fault.a, fault.b);
  if (fault.kind == FaultKind::kMend) return cluster_.mend(fault.a, fault.b);
  const NodeId node = node_of_host(fault.a);
  SimNode& host = cluster_.node(node);
  switch (fault.kind) {
    case FaultKind::kCut:
    case FaultKind::kMend:
      return;
    case FaultKind::kCrash:
      return cluster_.crash(node);
    case FaultKind::kRestart:
      return cluster_.restart(node);
    case FaultKind::kPause:
      return cluster_.pause(node);
    case FaultKind::kResume:
      return cluster_.resume(node);
    case FaultKind::kDiskFull:
      return host.set_disk_full(true);
    case FaultKind::kDiskRoom:
      return host.set_disk_full(false);
    case FaultKind::kDiskSlow:
      return host.environment().set_disk_model(DiskModel{Latency::constant(fault.amount)});
    case FaultKind::kClockJump:
      return host.environment().wall().jump(fault.amount);
    case FaultKind::kClockDrift:
      return host.environment().wall().set_drift(cluster_.now(), fault.amount);
    case FaultKind::kWipe:
      if (known_to_all(node)) cluster_.wipe(node);
      return;
    case FaultKind::kBackUp:
      backups_.insert_or_assign(node, cluster_.backup(node));
      return;
    case FaultKind::kRestore: {
      const auto image = backups_.find(node);
      if (image != backups_.end()) cluster_.restore(node, image->second);
      return;
    }
    case FaultKind::kForgetRow:
      return cluster_.forget_row(node, fault.key);
    case FaultKind::kCorruptRow:
      return cluster_.corrupt_row(node, fault.key);
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
    host.environment().wall().repair(cluster_.now());
    host.set_disk_full(false);
    cluster_.resume(node);
    cluster_.restart(node);
  }
}

}  // namespace quorate::sim
