#include "sim/linear/zones.h"

#include <algorithm>

namespace quorate::sim::linear {
namespace {

constexpr std::uint32_t kNoCluster = 0xffff'ffff;

}  // namespace

Zones::Zones(const History& history)
    : history_(history), cluster_of_value_(history.values.size(), kNoCluster) {}

Zones::Answer Zones::judge(std::span<const OperationId> operations) {
  const bool applicable = collect(operations);
  forget(operations);
  if (!applicable) return Answer::kNotApplicable;
  for (const Cluster& cluster : clusters_) {
    // Also for what was never written: that is "written never".
    if (cluster.first_end < cluster.written) return Answer::kNotLinearizable;
  }
  return zones_are_apart() ? Answer::kLinearizable : Answer::kNotLinearizable;
}

Zones::Cluster& Zones::cluster_of(ValueId value) {
  std::uint32_t& index = cluster_of_value_[value];
  if (index == kNoCluster) {
    index = static_cast<std::uint32_t>(clusters_.size());
    clusters_.push_back({});
  }
  return clusters_[index];
}

bool Zones::collect(std::span<const OperationId> operations) {
  clusters_.clear();
  cluster_of(history_.initial) = {
      .first_end = kBeforeAll, .last_begin = kBeforeAll, .written = kBeforeAll};
  for (const OperationId id : operations) {
    const Operation& operation = history_.operations[id];
    if (operation.outcome == Outcome::kFail) continue;
    if (operation.call == Call::kWrite) {
      Cluster& cluster = cluster_of(operation.value);
      if (cluster.written != kNever) return false;
      cluster.written = operation.invoked;
      cluster.first_end = std::min(cluster.first_end, operation.completed());
      cluster.last_begin = std::max(cluster.last_begin, operation.invoked);
    } else if (operation.call != Call::kRead) {
      return false;
    } else if (operation.outcome == Outcome::kOk) {
      Cluster& cluster = cluster_of(operation.value);
      cluster.first_end = std::min(cluster.first_end, operation.ended);
      cluster.last_begin = std::max(cluster.last_begin, operation.invoked);
    }
  }
  return true;
}

void Zones::forget(std::span<const OperationId> operations) {
  cluster_of_value_[history_.initial] = kNoCluster;
  for (const OperationId id : operations) {
    cluster_of_value_[history_.operations[id].value] = kNoCluster;
  }
}

// One sweep over the zones by their earliest ends. Of the forward ones seen so far, which are apart
// from one another, only the last can reach past the end of the zone at hand.
bool Zones::zones_are_apart() {
  sorted_.clear();
  for (const Cluster& cluster : clusters_) {
    sorted_.push_back(std::uint64_t{cluster.first_end} << 32 | cluster.last_begin);
  }
  std::sort(sorted_.begin(), sorted_.end());
  Time forward_begin = kBeforeAll;  // the last forward zone; from its earliest end...
  Time forward_end = kBeforeAll;    // ...to its latest begin
  for (const std::uint64_t zone : sorted_) {
    const Time first_end = static_cast<Time>(zone >> 32);
    const Time last_begin = static_cast<Time>(zone);
    if (forward_end > first_end && forward_begin < last_begin) return false;
    if (first_end < last_begin) {
      forward_begin = first_end;
      forward_end = last_begin;
    }
  }
  return true;
}

}  // namespace quorate::sim::linear
