// Runs a plan: a safety phase under faults, then everything heals, then a liveness phase; and
// judges what happened.
//
// Place:      every command of kvsim and every test of the swarm runs its worlds through here.
// Implements: DESIGN 3.3: "safety, under faults; then liveness: heal, and within a stated bound of
//             simulated time everything converges".
// Limits:     a run ends: every client step has a deadline, and the liveness phase is kSettleMax
//             long at most.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/check/property.h"
#include "sim/run/plan.h"

namespace quorate::sim {

// After the last fault ended: all nodes see one another again and have rebuilt what they lost.
inline constexpr SimTime kSettleMax = from_seconds(60);

// After the second of two reads of a key that ask all its replicas, they are equal within this
// time: without traffic nothing else makes them so.
inline constexpr SimTime kConvergeMax = from_seconds(2);

// With anti-entropy replicas are equal without any read, this long after every pair has met and all
// trees have been verified (CoreOptions).
inline constexpr SimTime kConvergeUnreadMax = from_seconds(20);

struct RunReport {
  std::vector<Violation> violations;
  std::uint64_t trace_hash = 0;
  NetworkCounts network;
  std::uint64_t operations = 0;
  std::uint64_t reads_answered = 0;
  std::uint64_t reads_refused = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t refused = 0;  // not applied
  std::uint64_t unknown = 0;
  std::uint64_t unfinished = 0;
  std::uint64_t traces[static_cast<std::size_t>(kTraceKindCount)] =
      {};  // how often each kind was seen
};

// One run, which stays to be looked at: its cluster, its history, its ledger.
class Run {
 public:
  // `plan` outlives the run; so do the watchers.
  explicit Run(const RunPlan& plan, const std::vector<WorldObserver*>& watchers = {},
               const MakeDisk& make_disk = nullptr);
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // Once: both phases and the judgement.
  const RunReport& play();

  const RunPlan& plan() const { return plan_; }
  const Cluster& cluster() const { return cluster_; }
  const History& history() const { return cluster_.history(); }
  const Ledger& ledger() const { return ledger_; }
  const RunReport& report() const { return report_; }

  // What the properties judge; for whoever wants more of it than the report: check/ladder.h,
  // check/freshness.h. REQUIRES: played. Good for as long as the run is.
  Evidence evidence() const;

  // The operations from this index on are the simulator's own reads after healing.
  std::uint64_t operations_of_clients() const { return operations_of_clients_; }

 private:
  bool settles();
  void converge_unread();
  void reach_every_key();
  void count();

  const RunPlan& plan_;
  Ledger ledger_;
  Cluster cluster_;
  RunReport report_;
  mutable std::optional<Supersession> supersession_;  // remembers what it has found out
  std::uint64_t operations_of_clients_ = 0;
};

// `watcher` may be null.
RunReport run_plan(const RunPlan& plan, WorldObserver* watcher = nullptr);

}  // namespace quorate::sim
