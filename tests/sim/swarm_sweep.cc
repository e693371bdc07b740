// Runs a range of swarm seeds and says what failed: swarm_sweep FIRST LAST [--quiet | --trace].
//
// A tool for a person; tests/sim/swarm_test.cc runs a small range of the same seeds in every build.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "sim/report/trace_printer.h"
#include "sim/run/run.h"
#include "sim/swarm/swarm.h"

namespace {

using quorate::sim::RunPlan;
using quorate::sim::RunReport;

struct Totals {
  std::uint64_t delivered = 0;
  std::uint64_t operations = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t refused = 0;
  std::uint64_t unknown = 0;
  std::uint64_t failed_seeds = 0;
  std::uint64_t trace_hash = 0;  // of all runs together: the same in every build
  std::uint64_t traces[quorate::kTraceKindCount] = {};

  void add(const RunReport& report) {
    delivered += report.network.delivered;
    trace_hash = trace_hash * 0x9e3779b97f4a7c15ULL + report.trace_hash;
    operations += report.operations;
    acknowledged += report.acknowledged;
    refused += report.refused;
    unknown += report.unknown;
    failed_seeds += report.violations.empty() ? 0 : 1;
    for (int kind = 0; kind < quorate::kTraceKindCount; ++kind) traces[kind] += report.traces[kind];
  }
};

void print_failure(const RunPlan& plan, const RunReport& report, bool quiet) {
  const auto seed = static_cast<unsigned long long>(plan.cluster.seed);
  for (const quorate::sim::Violation& violation : report.violations) {
    std::printf("seed %llu: violated: %s\n", seed, violation.property.c_str());
    if (!quiet) std::printf("%s", violation.witness.c_str());
  }
  if (!quiet) std::printf("%s\n", describe(plan).c_str());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: swarm_sweep FIRST LAST [--quiet | --trace]\n");
    return 2;
  }
  const std::uint64_t first = std::strtoull(argv[1], nullptr, 10);
  const std::uint64_t last = std::strtoull(argv[2], nullptr, 10);
  const bool quiet = argc > 3 && std::strcmp(argv[3], "--quiet") == 0;
  const bool trace = argc > 3 && std::strcmp(argv[3], "--trace") == 0;
  quorate::sim::TracePrinter printer(stdout);
  const auto begun = std::chrono::steady_clock::now();
  Totals totals;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    const RunPlan plan = quorate::sim::draw_plan(seed);
    const RunReport report = quorate::sim::run_plan(plan, trace ? &printer : nullptr);
    totals.add(report);
    if (!report.violations.empty()) print_failure(plan, report, quiet);
    std::fflush(stdout);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  std::printf(
      "%llu seeds, %llu failed; %llu operations: %llu acknowledged, %llu not applied, "
      "%llu unknown; %llu messages in %.1f s, %.0f a second\n",
      static_cast<unsigned long long>(last - first + 1),
      static_cast<unsigned long long>(totals.failed_seeds),
      static_cast<unsigned long long>(totals.operations),
      static_cast<unsigned long long>(totals.acknowledged),
      static_cast<unsigned long long>(totals.refused),
      static_cast<unsigned long long>(totals.unknown),
      static_cast<unsigned long long>(totals.delivered), took.count(),
      static_cast<double>(totals.delivered) / took.count());
  std::printf("  combined trace hash %016llx\n",
              static_cast<unsigned long long>(totals.trace_hash));
  for (int kind = 0; kind < quorate::kTraceKindCount; ++kind) {
    std::printf("  %-20s %llu\n", quorate::trace_kind_name(static_cast<quorate::TraceKind>(kind)),
                static_cast<unsigned long long>(totals.traces[kind]));
  }
  return totals.failed_seeds == 0 ? 0 : 1;
}
