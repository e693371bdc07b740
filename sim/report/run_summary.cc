#include "sim/report/run_summary.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "sim/check/freshness.h"
#include "sim/report/columns.h"

namespace quorate::sim {

namespace {

Told told_of(const Operation& operation) {
  if (!operation.done()) return operation.is_write() ? Told::kUnknown : Told::kRefused;
  if (operation.acknowledged() || operation.answered_read()) return Told::kAnswered;
  if (operation.is_write() && operation.outcome == Outcome::kUnknown) return Told::kUnknown;
  return Told::kRefused;
}

void add_happenings(RunSummary& summary, const Run& run, const Columns& columns) {
  std::map<std::uint64_t, StaleRead> stale;
  for (const StaleRead& read : freshness_of(run.evidence()).stale) {
    stale.emplace(read.read->index, read);
  }
  for (std::uint64_t i = 0; i < run.operations_of_clients(); ++i) {
    const Operation& operation = run.history()[i];
    Happening happening;
    happening.index = i;
    happening.client = operation.client - kFirstClientHost;
    happening.is_write = operation.is_write();
    happening.invoked = operation.invoked;
    happening.finished = operation.done() ? operation.finished : summary.shown_until;
    happening.told = told_of(operation);
    if (operation.answered_read()) {
      if (const auto found = stale.find(i); found != stale.end()) {
        happening.told = Told::kStale;
        happening.versions = static_cast<std::size_t>(found->second.versions);
        happening.behind = found->second.behind;
      }
      const std::size_t values = operation.reply.values.size();
      happening.siblings = values > 1 ? values : 0;
    }
    columns.place(happening, operation);
    summary.happenings.push_back(happening);
  }
}

// Of last-writer-wins the winner alone, whatever else the rows still carry.
void keep_what_is_seen(Evidence& evidence) {
  for (auto& [key, record] : evidence.merged) {
    if (evidence.cluster.bucket(key).type != BucketType::kLww || record.siblings.empty()) continue;
    const auto winner = std::max_element(
        record.siblings.begin(), record.siblings.end(), [](const Sibling& a, const Sibling& b) {
          return std::pair(a.timestamp, a.dot) < std::pair(b.timestamp, b.dot);
        });
    record.siblings = {Sibling(*winner)};
  }
}

// Writes that nobody who wrote later had seen, and that are gone all the same. Last-writer-wins
// does that by its nature: so here no bucket counts as one.
void add_losses(RunSummary& summary, const Run& run) {
  Buckets registers = run.plan().cluster.buckets;
  for (const auto& [name, bucket] : run.plan().cluster.buckets.all()) {
    Bucket changed = bucket;
    changed.type = BucketType::kRegister;
    QUORATE_CHECK(registers.add(changed));
  }
  Supersession seen(run.ledger(), run.history(), registers);
  Evidence evidence = gather(run.cluster(), run.history(), run.ledger(), seen, run.plan().keys);
  keep_what_is_seen(evidence);
  for (std::uint64_t i = 0; i < run.operations_of_clients(); ++i) {
    const Operation& operation = run.history()[i];
    if (!operation.acknowledged()) continue;
    ++summary.acknowledged;
    if (!accounted_for(evidence, operation.request.key, operation.reply.dot)) {
      summary.lost.push_back(i);
    }
  }
  for (const auto& [key, record] : evidence.merged) {
    if (record.siblings.size() < 2 || evidence.of_parts(key)) continue;
    ++summary.keys_with_siblings;
    summary.siblings += record.siblings.size();
  }
}

void add_convergence(RunSummary& summary, const Timeline& timeline) {
  summary.differing = timeline.differing();
  summary.converged = summary.faults_end;
  for (const Timeline::Differing& differing : summary.differing) {
    if (differing.from <= summary.faults_end) summary.keys_differing_at_heal = differing.keys;
    if (differing.keys > 0) {
      summary.converged.reset();
    } else {
      summary.converged = std::max(differing.from, summary.faults_end);
      summary.differed_until = differing.from;
    }
  }
  SimTime last = 0;
  for (const Fault& fault : summary.faults) last = std::max(last, fault.at);
  if (!summary.faults.empty() && last < summary.faults_end) summary.last_fault = last;
}

}  // namespace

RunSummary summarize(const Run& run, const Timeline& timeline, RunLabels labels) {
  const RunPlan& plan = run.plan();
  RunSummary summary;
  summary.labels = std::move(labels);
  summary.seed = plan.cluster.seed;
  summary.nodes = plan.cluster.nodes;
  summary.clients = plan.clients.size();
  summary.keys = plan.keys;
  std::set<std::string> bucket_names;
  for (const Key& key : plan.keys) bucket_names.insert(key.bucket);
  for (const std::string& name : bucket_names) {
    summary.buckets.push_back(*plan.cluster.buckets.find(name));
  }
  summary.faults = plan.faults;
  summary.faults_end = plan.faults_end;
  summary.shown_until = plan.faults_end;
  for (std::uint64_t i = 0; i < run.operations_of_clients(); ++i) {
    summary.shown_until = std::max(summary.shown_until, run.history()[i].finished);
  }
  summary.lives = timeline.lives();
  summary.phases = phases_of(plan, summary.lives, summary.shown_until);

  Columns columns(run.cluster(), plan.keys, summary.phases);
  add_happenings(summary, run, columns);
  summary.columns = std::move(columns).counted(summary.happenings);
  summary.reads = tally_of(summary.happenings, [](const Happening& one) { return !one.is_write; });
  summary.writes = tally_of(summary.happenings, [](const Happening& one) { return one.is_write; });
  add_convergence(summary, timeline);
  add_losses(summary, run);
  summary.changes = changes_of(run.evidence());
  summary.violations = run.report().violations;
  summary.judged_unread = run.plan().cluster.core.anti_entropy;
  summary.ladder = climb(run.evidence());
  summary.network = run.report().network;
  summary.trace_hash = run.report().trace_hash;
  return summary;
}

}  // namespace quorate::sim
