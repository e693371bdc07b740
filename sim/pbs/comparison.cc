#include "sim/pbs/comparison.h"

#include <algorithm>
#include <cmath>

namespace quorate::sim {

namespace {

// The curve is compared at once, and where the Monte Carlo says that such shares of reads are
// fresh.
constexpr double kShares[] = {0.9, 0.99, 0.999};

struct Topologies {
  WarsSimulation primary;
  WarsSimulation outside;

  const WarsFigures& of(Coordinators coordinators) const {
    return (coordinators == Coordinators::kOutside ? outside : primary).figures();
  }
};

std::vector<ReadKind> kinds_of(const Topologies& topologies, std::uint32_t w) {
  std::vector<ReadKind> kinds;
  for (const Coordinators coordinators : {Coordinators::kPrimary, Coordinators::kOutside}) {
    for (std::uint32_t r = 1; r <= kWarsReplicas; ++r) {
      kinds.push_back({r, coordinators, 0});
      const LogHistogram& wait = topologies.of(coordinators).wait(r, w);
      for (const double share : kShares) {
        const auto after = static_cast<SimTime>(std::llround(wait.quantile(share)));
        if (after > 0) kinds.push_back({r, coordinators, after});
      }
    }
  }
  return kinds;
}

FreshPair fresh_pair(const LogHistogram& wait, const ReadsOfKind& reads) {
  FreshPair pair;
  pair.after = reads.kind.after;
  pair.expected = wait.share_up_to(pair.after);
  pair.measured = static_cast<double>(reads.fresh) / static_cast<double>(reads.reads);
  const double trials =
      1 / (1 / static_cast<double>(wait.count()) + 1 / static_cast<double>(reads.reads));
  const double error = std::sqrt(pair.expected * (1 - pair.expected) / trials);
  pair.allowed = std::max(kFreshTolerance, kStandardErrors * error);
  return pair;
}

LatencyPair latency_pair(const LogHistogram& expected, const LogHistogram& measured) {
  LatencyPair pair;
  pair.expected_ns = expected.quantile(kTail);
  pair.measured_ns = measured.quantile(kTail);
  const double error = std::hypot(expected.standard_error(kTail), measured.standard_error(kTail));
  pair.allowed_ns = std::max(kLatencyTolerance * pair.expected_ns, kStandardErrors * error);
  return pair;
}

std::vector<ComparedCell> cells_of(const std::string& model, const Topologies& topologies,
                                   std::uint32_t w, const StoreTrials& store) {
  std::vector<ComparedCell> cells;
  LogHistogram latency;  // of all reads of a cell: when they began is nothing to them
  for (const ReadsOfKind& reads : store.reads()) {
    const auto [r, coordinators, after] = reads.kind;
    const WarsFigures& wars = topologies.of(coordinators);
    // The kinds of one cell follow one another, and the first is at once.
    if (after == 0) {
      ComparedCell cell{model, r, w, coordinators, {}, {}, {}};
      cell.write = latency_pair(wars.write(w), store.write());
      cells.push_back(std::move(cell));
      latency = {};
    }
    latency.add(reads.latency);
    cells.back().read = latency_pair(wars.read(r), latency);
    cells.back().fresh.push_back(fresh_pair(wars.wait(r, w), reads));
  }
  return cells;
}

}  // namespace

bool FreshPair::agrees() const { return std::abs(expected - measured) <= allowed; }

bool LatencyPair::agrees() const { return std::abs(expected_ns - measured_ns) <= allowed_ns; }

double LatencyPair::apart() const {
  return expected_ns == 0 ? measured_ns : (measured_ns - expected_ns) / expected_ns;
}

bool ComparedCell::agrees() const {
  return read.agrees() && write.agrees() &&
         std::all_of(fresh.begin(), fresh.end(),
                     [](const FreshPair& pair) { return pair.agrees(); });
}

std::vector<ComparedCell> compare(const NetworkModel& model, const ComparisonOptions& options,
                                  const OnTrials& on_trials) {
  Topologies topologies{{model, Coordinators::kPrimary, options.seed},
                        {model, Coordinators::kOutside, options.seed}};
  topologies.primary.run(options.wars_trials);
  topologies.outside.run(options.wars_trials);
  std::vector<ComparedCell> cells;
  std::uint64_t done = 0;
  for (std::uint32_t w = 1; w <= kWarsReplicas; ++w) {
    StoreTrials store(model, w, kinds_of(topologies, w), options.seed);
    while (store.trials() < options.store_trials) {
      const std::uint64_t left = options.store_trials - store.trials();
      store.run(std::min(left, kTrialsOfOneCluster));
      if (!on_trials(done + store.trials())) return {};
    }
    done += store.trials();
    const std::vector<ComparedCell> of_w = cells_of(model.name, topologies, w, store);
    cells.insert(cells.end(), of_w.begin(), of_w.end());
  }
  return cells;
}

}  // namespace quorate::sim
