#include "sim/shrink/shrink.h"

#include <algorithm>
#include <set>
#include <utility>

#include "sim/shrink/simplify.h"

namespace quorate::sim {

namespace {

// Plainer settings may let more be left out; after some rounds nothing comes of it.
constexpr int kRoundsMax = 6;

bool loses_rows(FaultKind kind) {
  return kind == FaultKind::kWipe || kind == FaultKind::kRestore || kind == FaultKind::kForgetRow ||
         kind == FaultKind::kCorruptRow;
}

class Shrinker {
 public:
  Shrinker(const RunPlan& plan, const StillFails& still_fails, const ShrinkOptions& options,
           const std::function<bool(std::uint64_t, const RunPlan&)>& progress)
      : still_fails_(still_fails),
        options_(options),
        progress_(progress),
        stays_fair_(is_fair(plan)),
        best_(plan) {}

  Shrunk run() {
    for (int round = 0; round < kRoundsMax && !ended_; ++round) {
      const PlanSize before = size_of(best_);
      leave_out();
      make_plainer();
      if (round > 0 && size_of(best_) == before) break;
    }
    RunPlan named = best_;
    rename_in_order(named);
    try_plan(named);
    return Shrunk{std::move(best_), runs_, ended_};
  }

 private:
  bool try_plan(const RunPlan& candidate) {
    if (ended_ || (stays_fair_ && !is_fair(candidate))) return false;
    if (runs_ == options_.runs_max) {
      ended_ = true;
      return false;
    }
    ++runs_;
    const bool fails = still_fails_(candidate);
    if (fails) best_ = candidate;
    if (!progress_(runs_, best_)) ended_ = true;
    return fails;
  }

  // `keep` makes a plan of the whole one and of what stays.
  template <typename Keep>
  void minimize(std::size_t count, const Keep& keep) {
    const RunPlan whole = best_;
    ddmin(count, [&](const Items& kept) { return try_plan(keep(whole, kept)); });
  }

  void leave_out_faults(const std::vector<Items>& groups) {
    minimize(groups.size(), [&groups](const RunPlan& plan, const Items& kept) {
      return keep_faults(plan, groups, kept);
    });
  }

  void leave_out() {
    leave_out_faults(episodes(best_));
    minimize(best_.clients.size(), keep_clients);
    minimize(best_.keys.size(), keep_keys);
    minimize(count_steps(best_), keep_steps);
    leave_out_faults(faults_with_their_ends(best_));
    leave_out_ends();
    minimize(best_.clients.size(), keep_clients);
    minimize(best_.keys.size(), keep_keys);
    for (NodeId node = best_.cluster.nodes; node >= 1; --node) {
      if (can_do_without(best_, node)) try_plan(without_node(best_, node));
    }
  }

  // Healing ends every fault in any case.
  void leave_out_ends() {
    std::vector<Items> each;
    for (std::size_t i = 0; i < best_.faults.size(); ++i) each.push_back({i});
    leave_out_faults(each);
  }

  void make_plainer() {
    for (const Simplification& how : simpler_settings(best_)) try_simpler(how);
    for (const Simplification& how : simpler_times(best_)) try_simpler(how);
    // In the order of their moments, which is how they befall.
    std::stable_sort(best_.faults.begin(), best_.faults.end(),
                     [](const Fault& a, const Fault& b) { return a.at < b.at; });
  }

  void try_simpler(const Simplification& how) {
    RunPlan candidate = best_;
    if (how(candidate)) try_plan(candidate);
  }

  const StillFails& still_fails_;
  const ShrinkOptions& options_;
  const std::function<bool(std::uint64_t, const RunPlan&)>& progress_;
  const bool stays_fair_;
  RunPlan best_;
  std::uint64_t runs_ = 0;
  bool ended_ = false;
};

}  // namespace

bool is_fair(const RunPlan& plan) {
  std::set<HostId> victims;
  for (const Fault& fault : plan.faults) {
    if (loses_rows(fault.kind)) victims.insert(fault.a);
  }
  if (victims.empty()) return true;
  if (victims.size() > 1) return false;
  for (const Key& key : plan.keys) {
    const Bucket& bucket = *plan.cluster.buckets.find(key.bucket);
    const std::uint32_t n = std::min<std::uint32_t>(bucket.n, plan.cluster.nodes);
    for (const ClientPlan& client : plan.clients) {
      for (const ClientStep& step : client.steps) {
        const bool writes = step.request.key == key && step.request.verb != Verb::kGet;
        if (writes && step.request.w.resolve(n, bucket.w) < 2) return false;
      }
    }
  }
  return true;
}

Shrunk shrink(const RunPlan& plan, const StillFails& still_fails, const ShrinkOptions& options,
              const std::function<bool(std::uint64_t runs, const RunPlan& smallest)>& progress) {
  return Shrinker(plan, still_fails, options, progress).run();
}

}  // namespace quorate::sim
