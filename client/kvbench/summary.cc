#include "client/kvbench/summary.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "client/kvcli/text/human.h"
#include "node/base/check.h"

namespace quorate::client::kvbench {
namespace {

constexpr double kBottleneckPercent = 80;  // of one core: the client library uses one thread
constexpr double kBehindPart = 0.99;       // of the rate of an open loop

Figures of(const Histogram& latencies, std::uint64_t done, double seconds) {
  Figures figures;
  figures.per_second = static_cast<double>(done) / std::max(seconds, 1e-9);
  figures.p50_ns = latencies.at(0.5);
  figures.p90_ns = latencies.at(0.9);
  figures.p99_ns = latencies.at(0.99);
  figures.p999_ns = latencies.at(0.999);
  figures.max_ns = latencies.max();
  return figures;
}

Figures of(const Repetition& repetition) {
  Histogram all;
  for (const Histogram& one : repetition.latencies) all.merge(one);
  const std::uint64_t done = repetition.done_all();
  Figures figures = of(all, done, repetition.seconds);
  figures.own_cpu_percent =
      static_cast<double>(repetition.own_cpu_ns) / (repetition.seconds * 1e9) * 100;
  if (!repetition.servers || done == 0) return figures;
  const auto each = [done](double total) { return total / static_cast<double>(done); };
  figures.server_cpu_us = each(static_cast<double>(repetition.servers->cpu_ns) / 1000);
  if (repetition.servers->written_known) {
    figures.written_bytes = each(static_cast<double>(repetition.servers->written_bytes));
  }
  return figures;
}

// The one in the middle of what is there; between two, their mean.
template <typename T>
T middle(std::vector<T> values) {
  QUORATE_CHECK(!values.empty());
  std::sort(values.begin(), values.end());
  const std::size_t upper = values.size() / 2;
  if (values.size() % 2 == 1) return values[upper];
  return static_cast<T>((values[upper - 1] + values[upper]) / 2);
}

template <typename T>
T lowest(const std::vector<T>& values) {
  return *std::min_element(values.begin(), values.end());
}

template <typename T>
T highest(const std::vector<T>& values) {
  return *std::max_element(values.begin(), values.end());
}

// Each figure by itself, through `pick_whole` or `pick_real`.
template <typename Whole, typename Real>
Figures combined(const std::vector<Figures>& all, Whole pick_whole, Real pick_real) {
  Figures result;
  const auto take = [&all](auto member, auto pick, auto& target) {
    std::vector<std::decay_t<decltype(target)>> values;
    for (const Figures& one : all) values.push_back(one.*member);
    target = pick(values);
  };
  const auto take_known = [&all, &pick_real](std::optional<double> Figures::*member,
                                             std::optional<double>& target) {
    std::vector<double> values;
    for (const Figures& one : all) {
      if (one.*member) values.push_back(*(one.*member));
    }
    if (values.size() == all.size()) target = pick_real(values);
  };
  take(&Figures::per_second, pick_real, result.per_second);
  take(&Figures::p50_ns, pick_whole, result.p50_ns);
  take(&Figures::p90_ns, pick_whole, result.p90_ns);
  take(&Figures::p99_ns, pick_whole, result.p99_ns);
  take(&Figures::p999_ns, pick_whole, result.p999_ns);
  take(&Figures::max_ns, pick_whole, result.max_ns);
  take(&Figures::own_cpu_percent, pick_real, result.own_cpu_percent);
  take_known(&Figures::server_cpu_us, result.server_cpu_us);
  take_known(&Figures::written_bytes, result.written_bytes);
  return result;
}

Figures median_of(const std::vector<Figures>& all) {
  return combined(all, middle<std::int64_t>, middle<double>);
}

void warn(Summary& summary, const Options& options) {
  char text[256];
  if (summary.most.own_cpu_percent >= kBottleneckPercent) {
    std::snprintf(
        text, sizeof text,
        "kvbench itself used %.0f %% of one core and may be what limits the rate: run two "
        "of them side by side, each with half of --concurrency",
        summary.most.own_cpu_percent);
    summary.warnings.emplace_back(text);
  }
  if (options.open() && summary.least.per_second < options.rate * kBehindPart) {
    std::snprintf(text, sizeof text,
                  "the store did not keep up with %.0f operations a second (%.0f were answered): "
                  "latencies grow with the length of the run; try a lower --rate",
                  options.rate, summary.least.per_second);
    summary.warnings.emplace_back(text);
  }
  if (summary.never_started > 0) {
    summary.warnings.push_back(kvcli::count_text(summary.never_started) +
                               " operations were due and never sent, with --concurrency in flight "
                               "already; they count as long as they waited");
  }
  if (summary.outcomes.not_found > 0) {
    summary.warnings.push_back(kvcli::count_text(summary.outcomes.not_found) +
                               " gets found nothing: fill the keys with kvbench load");
  }
}

}  // namespace

Summary summarize(const std::vector<Repetition>& repetitions, const Options& options) {
  QUORATE_CHECK(!repetitions.empty());
  Summary summary;
  for (const Repetition& one : repetitions) {
    summary.repetitions.push_back(of(one));
    summary.outcomes.merge(one.outcomes);
    summary.never_started += one.never_started;
  }
  summary.median = median_of(summary.repetitions);
  summary.least = combined(summary.repetitions, lowest<std::int64_t>, lowest<double>);
  summary.most = combined(summary.repetitions, highest<std::int64_t>, highest<double>);
  for (std::size_t kind = 0; kind < kOperationKinds; ++kind) {
    if (options.mix->percent[kind] == 0) continue;
    std::vector<Figures> each;
    for (const Repetition& one : repetitions) {
      each.push_back(of(one.latencies[kind], one.done[kind], one.seconds));
    }
    summary.kinds.push_back({static_cast<OperationKind>(kind), median_of(each)});
  }
  warn(summary, options);
  return summary;
}

ExitCode exit_code(const Outcomes& outcomes) {
  if (outcomes.unknown > 0) return ExitCode::kUnknown;
  if (outcomes.unreachable > 0 && outcomes.ok == 0) return ExitCode::kNoConnection;
  if (outcomes.not_applied > 0 || outcomes.unreachable > 0) return ExitCode::kNotApplied;
  if (outcomes.invalid > 0) return ExitCode::kBadUsage;
  if (outcomes.not_found > 0) return ExitCode::kNotFound;
  return ExitCode::kDone;
}

}  // namespace quorate::client::kvbench
