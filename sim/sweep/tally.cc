#include "sim/sweep/tally.h"

#include <algorithm>

namespace quorate::sim {

void SweepTally::add(const SweepTally& other) {
  seeds += other.seeds;
  failed += other.failed;
  not_converged += other.not_converged;
  crashed += other.crashed;
  operations += other.operations;
  reads_answered += other.reads_answered;
  reads_refused += other.reads_refused;
  acknowledged += other.acknowledged;
  not_applied += other.not_applied;
  unknown += other.unknown;
  unfinished += other.unfinished;
  messages += other.messages;
  trace_hash += other.trace_hash;
  processor_us += other.processor_us;
  for (std::size_t kind = 0; kind < traces.size(); ++kind) traces[kind] += other.traces[kind];
}

SweepTally tally_of(std::uint64_t seed, const RunReport& report) {
  SweepTally tally;
  tally.seeds = 1;
  tally.failed = report.violations.empty() ? 0 : 1;
  const bool only_late =
      std::all_of(report.violations.begin(), report.violations.end(), is_about_healing);
  tally.not_converged = tally.failed == 1 && only_late ? 1 : 0;
  tally.operations = report.operations;
  tally.reads_answered = report.reads_answered;
  tally.reads_refused = report.reads_refused;
  tally.acknowledged = report.acknowledged;
  tally.not_applied = report.refused;
  tally.unknown = report.unknown;
  tally.unfinished = report.unfinished;
  tally.messages = report.network.delivered;
  // Each hash is tied to its seed, so that a sum of them tells which run had which.
  TraceHash hash;
  hash.add(seed);
  hash.add(report.trace_hash);
  tally.trace_hash = hash.value();
  std::copy(std::begin(report.traces), std::end(report.traces), tally.traces.begin());
  return tally;
}

std::vector<TraceKind> branches_missed(const SweepTally& tally) {
  std::vector<TraceKind> missed;
  for (int kind = 0; kind < kTraceKindCount; ++kind) {
    const auto trace = static_cast<TraceKind>(kind);
    // A law of records that nobody may break: `no dot twice` fails where somebody does.
    if (trace == TraceKind::kContextCollision) continue;
    if (tally.traces[static_cast<std::size_t>(kind)] == 0) missed.push_back(trace);
  }
  return missed;
}

}  // namespace quorate::sim
