#include "sim/matrix/matrix.h"

#include <algorithm>
#include <utility>

#include "node/base/check.h"
#include "sim/check/freshness.h"
#include "sim/report/timeline.h"
#include "sim/run/run.h"

namespace quorate::sim {

namespace {

std::size_t group_of(const std::vector<Group>& groups, HostId node) {
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const Hosts& nodes = groups[i].nodes;
    if (std::find(nodes.begin(), nodes.end(), node) != nodes.end()) return i;
  }
  QUORATE_CHECK_MSG(false, "a node is in no group");
  return 0;
}

void add_operation(const Operation& operation, GroupCell& group) {
  if (operation.is_write()) {
    const bool unknown = !operation.done() || operation.outcome == Outcome::kUnknown;
    group.writes.add({operation.acknowledged() ? 1u : 0u, 1});
    group.unknown_writes.add({unknown ? 1u : 0u, 1});
    return;
  }
  const bool answered = operation.answered_read();
  group.reads.add({answered ? 1u : 0u, 1});
  if (answered) group.stale.add({0, 1});
}

void add_clients(const Run& run, const std::vector<Group>& groups, MatrixCell& cell) {
  const Window window = matrix_window();
  const auto in_window = [&](const Operation& operation) {
    return operation.invoked >= window.begin && operation.invoked < window.end;
  };
  const auto group_at = [&](const Operation& operation) -> GroupCell& {
    const ClientPlan& client = run.plan().clients[operation.client - kFirstClientHost];
    return cell.groups[group_of(groups, client.policy.endpoints.front())];
  };
  for (std::uint64_t i = 0; i < run.operations_of_clients(); ++i) {
    const Operation& operation = run.history()[i];
    if (operation.acknowledged()) ++cell.acknowledged;
    if (in_window(operation)) add_operation(operation, group_at(operation));
  }
  for (const StaleRead& stale : freshness_of(run.evidence(), in_window).stale) {
    ++group_at(*stale.read).stale.count;
    const auto versions = static_cast<std::uint64_t>(stale.versions);
    cell.versions_behind += versions;
    cell.versions_behind_max = std::max(cell.versions_behind_max, versions);
    cell.behind_max = std::max(cell.behind_max, stale.behind);
  }
}

// What is left: acknowledged writes that are gone, keys with siblings.
void add_rest(const Run& run, MatrixCell& cell) {
  const Evidence evidence = run.evidence();
  for (std::uint64_t i = 0; i < run.operations_of_clients(); ++i) {
    const Operation& operation = run.history()[i];
    if (!operation.acknowledged()) continue;
    if (!accounted_for(evidence, operation.request.key, operation.reply.dot)) ++cell.lost;
  }
  for (const auto& [key, record] : evidence.merged) {
    cell.keys_in_conflict.add({record.siblings.size() > 1 ? 1u : 0u, 1});
  }
}

void add_convergence(const Timeline& timeline, MatrixCell& cell) {
  const SimTime healed = matrix_window().end;
  SimTime equal = healed;
  if (!timeline.differing().empty()) {
    const Timeline::Differing& last = timeline.differing().back();
    if (last.keys > 0) {
      ++cell.not_converged;
      return;
    }
    equal = std::max(last.from, healed);
  }
  cell.converged_max = std::max(cell.converged_max, equal - healed);
}

void add_run(const RunPlan& plan, const std::vector<Group>& groups, MatrixCell& cell) {
  Timeline timeline;
  Run run(plan, {&timeline});
  timeline.watch(run);
  for (const Violation& violation : run.play().violations) {
    cell.violations.push_back("seed " + std::to_string(plan.cluster.seed) + ": " +
                              violation.property);
  }
  add_clients(run, groups, cell);
  add_rest(run, cell);
  add_convergence(timeline, cell);
}

}  // namespace

GroupCell MatrixCell::together() const {
  GroupCell sum;
  for (const GroupCell& group : groups) {
    sum.reads.add(group.reads);
    sum.writes.add(group.writes);
    sum.stale.add(group.stale);
    sum.unknown_writes.add(group.unknown_writes);
  }
  return sum;
}

std::vector<Configuration> configurations(const MatrixOptions& options) {
  const std::uint32_t n = options.n;
  std::vector<std::uint32_t> sizes;
  for (const std::uint32_t size : {1u, n / 2 + 1, n}) {
    if (sizes.empty() || sizes.back() != size) sizes.push_back(size);
  }
  std::vector<Configuration> all;
  for (const bool sloppy : {false, true}) {
    if (sloppy && (!options.sloppy || options.nodes <= n)) continue;
    for (const std::uint32_t r : sizes) {
      for (const std::uint32_t w : sizes) all.push_back({n, r, w, sloppy});
    }
  }
  return all;
}

MatrixBlock run_block(const MatrixOptions& options, Partition partition,
                      const std::function<bool()>& go_on) {
  MatrixBlock block;
  block.partition = partition;
  for (const Configuration& configuration : configurations(options)) {
    MatrixCell cell;
    cell.configuration = configuration;
    for (std::uint64_t seed = 1; seed <= options.seeds; ++seed) {
      const RunPlan plan = plan_cell(options, configuration, partition, seed);
      if (block.groups.empty()) {
        const Hosts primaries = primaries_of(plan.cluster, plan.keys.front());
        const Hosts others = others_than(primaries, all_hosts(options.nodes));
        PartitionPlan planned = plan_partition(partition, primaries, others, matrix_window());
        block.title = std::move(planned.title);
        block.groups = std::move(planned.groups);
      }
      cell.groups.resize(block.groups.size());
      add_run(plan, block.groups, cell);
      if (go_on && !go_on()) return block;
    }
    block.cells.push_back(std::move(cell));
  }
  return block;
}

}  // namespace quorate::sim
