#include "sim/report/troubles.h"

#include <algorithm>
#include <optional>

namespace quorate::sim {

namespace {

struct Sign {
  const char* text;
  int gravity;
};

constexpr int kPausedGravity = 60;
constexpr int kDownGravity = 70;
constexpr int kCrashGravity = 80;
constexpr int kDamageGravity = 90;

// Nothing for what is told by sides and lives, and for the ends of faults.
std::optional<Sign> sign_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::kCut:
    case FaultKind::kMend:
    case FaultKind::kCrash:
    case FaultKind::kKill:
    case FaultKind::kRestart:
    case FaultKind::kPause:
    case FaultKind::kResume:
    case FaultKind::kDiskRoom:
    case FaultKind::kDiskFlow:
    case FaultKind::kBackUp:
      return std::nullopt;
    case FaultKind::kLinkSlow:
    case FaultKind::kLinkLossy:
      return Sign{"L", 20};
    case FaultKind::kClockJump:
    case FaultKind::kClockDrift:
      return Sign{"C", 30};
    case FaultKind::kNodeSlow:
      return Sign{"S", 40};
    case FaultKind::kDiskFull:
    case FaultKind::kDiskSlow:
    case FaultKind::kDiskStall:
    case FaultKind::kDiskLimp:
      return Sign{"D", 50};
    case FaultKind::kForgetRow:
    case FaultKind::kCorruptRow:
    case FaultKind::kWipe:
    case FaultKind::kRestore:
      return Sign{"!", kDamageGravity};
  }
  return std::nullopt;
}

// When this fault ends; its own time for one of a moment.
SimTime end_time(const RunSummary& summary, const Fault& fault) {
  const std::optional<FaultKind> end_kind = end_of(fault.kind);
  if (!end_kind) return fault.at;
  SimTime end = summary.faults_end;
  for (const Fault& later : summary.faults) {
    const bool ends =
        later.kind == *end_kind && later.a == fault.a && later.b == fault.b && later.at > fault.at;
    if (ends) end = std::min(end, later.at);
  }
  return end;
}

void add_faults(std::vector<Trouble>& troubles, const RunSummary& summary, NodeId node) {
  for (const Fault& fault : summary.faults) {
    const std::optional<Sign> sign = sign_of(fault.kind);
    const bool here = fault.a == node || (is_of_link(fault.kind) && fault.b == node);
    const bool is_an_end = end_of(fault.kind) == fault.kind && fault.amount == 0;
    if (!sign || !here || is_an_end) continue;
    troubles.push_back({fault.at, end_time(summary, fault), sign->text, fault_kind_name(fault.kind),
                        sign->gravity == kDamageGravity ? Style::kBad : Style::kWarning,
                        sign->gravity});
  }
}

void add_lives(std::vector<Trouble>& troubles, const RunSummary& summary, NodeId node) {
  for (std::size_t i = 0; i < summary.lives.size(); ++i) {
    const LifeChange& change = summary.lives[i];
    const bool paused = change.event == LifeEvent::kPaused;
    const bool down = change.event == LifeEvent::kCrashed || change.event == LifeEvent::kKilled;
    if (change.node != node || (!paused && !down) || change.at >= summary.shown_until) continue;
    SimTime end = summary.shown_until;
    for (std::size_t j = i + 1; j < summary.lives.size(); ++j) {
      if (summary.lives[j].node != node) continue;
      end = std::min(end, summary.lives[j].at);
      break;
    }
    if (paused) {
      troubles.push_back({change.at, end, "=", "paused", Style::kWarning, kPausedGravity});
      continue;
    }
    const bool killed = change.event == LifeEvent::kKilled;
    troubles.push_back({change.at, end, "·", "down", Style::kDim, kDownGravity});
    troubles.push_back(
        {change.at, change.at, "×", killed ? "kill" : "crash", Style::kBad, kCrashGravity});
  }
}

}  // namespace

std::vector<Trouble> troubles_of(const RunSummary& summary, NodeId node) {
  std::vector<Trouble> troubles;
  add_faults(troubles, summary, node);
  add_lives(troubles, summary, node);
  return troubles;
}

}  // namespace quorate::sim
