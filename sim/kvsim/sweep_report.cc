#include "sim/kvsim/sweep_report.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>

#include "sim/report/table.h"

namespace quorate::sim {

namespace {

namespace json = boost::json;

double rate_of(const SweepTally& tally) {
  if (tally.processor_us == 0) return 0;
  return static_cast<double>(tally.messages) * 1e6 / static_cast<double>(tally.processor_us);
}

std::string hex(std::uint64_t number) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(number));
  return text;
}

std::string seconds_text(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", seconds);
  return text;
}

std::string failed_text(const SweepTally& tally) {
  std::string text = with_commas(tally.failed);
  if (tally.not_converged > 0) {
    text += ", of which " + with_commas(tally.not_converged) + " did not converge";
  }
  if (tally.crashed > 0) {
    text += (tally.not_converged > 0 ? " and " : ", of which ") + with_commas(tally.crashed) +
            " took the process with them";
  }
  return text;
}

std::string verdict_line(const SweepReport& report, bool colours) {
  const std::vector<TraceKind> missed = branches_missed(report.tally);
  std::string text;
  if (report.tally.failed > 0) {
    text += styled("Promises were broken.", Style::kBad, colours);
  } else {
    text += styled("Every promise held.", Style::kGood, colours);
  }
  if (missed.empty()) return text + " Every branch that the core tells of was reached.\n";
  text += " Never reached:";
  for (const TraceKind kind : missed) text += std::string(" ") + trace_kind_name(kind);
  return text + "\n";
}

}  // namespace

ExitCode exit_code(const SweepReport& report) {
  if (report.tally.failed > report.tally.not_converged) return ExitCode::kViolated;
  if (report.tally.failed > 0) return ExitCode::kNotConverged;
  return report.interrupted ? ExitCode::kInterrupted : ExitCode::kHeld;
}

std::string replay_line(std::uint64_t seed) { return "kvsim run --seed " + std::to_string(seed); }
std::string shrink_line(std::uint64_t seed) {
  return "kvsim shrink --seed " + std::to_string(seed);
}

std::string failure_text(const SeedResult& result, bool colours) {
  std::string text;
  for (const Violation& violation : result.violations) {
    text += styled("seed " + std::to_string(result.seed) + " violated: ", Style::kBad, colours) +
            violation.property + "\n";
    // Nothing else can tell them: a run that dies says nothing at its end.
    if (violation.property == kProgramSurvives) text += violation.witness;
  }
  return text + "  " + replay_line(result.seed) + "\n  " + shrink_line(result.seed) + "\n";
}

std::string sweep_text(const SweepReport& report, bool colours) {
  const SweepTally& tally = report.tally;
  Table summary({{"sweep"}, {report.interrupted ? "interrupted" : ""}});
  const auto add = [&summary](const char* what, const std::string& text, Style style = {}) {
    summary.add({{what, Style::kDim}, {text, style}});
  };
  add("seeds", with_commas(tally.seeds) + " (" + std::to_string(report.options.first) + ".." +
                   std::to_string(report.options.last) + ") in " + seconds_text(report.seconds) +
                   ", " + std::to_string(report.options.jobs) + " at a time");
  add("failed", failed_text(tally), tally.failed > 0 ? Style::kBad : Style::kGood);
  add("operations",
      with_commas(tally.operations) + ", " + with_commas(tally.unfinished) + " unfinished");
  add("reads", with_commas(tally.reads_answered) + " answered, " +
                   with_commas(tally.reads_refused) + " refused");
  add("writes", with_commas(tally.acknowledged) + " acknowledged, " +
                    with_commas(tally.not_applied) + " not applied, " + with_commas(tally.unknown) +
                    " unknown");
  add("messages", with_commas(tally.messages) + " delivered, " +
                      with_commas(static_cast<std::uint64_t>(rate_of(tally))) +
                      " a second of one core");
  add("trace hash", hex(tally.trace_hash));
  Table branches({{"branch of the core"}, {"times", true}});
  for (int kind = 0; kind < kTraceKindCount; ++kind) {
    const std::uint64_t times = tally.traces[static_cast<std::size_t>(kind)];
    branches.add({{trace_kind_name(static_cast<TraceKind>(kind))}, {with_commas(times)}});
  }
  return summary.text(colours) + "\n" + branches.text(colours) + "\n" +
         verdict_line(report, colours);
}

std::string sweep_json(const SweepReport& report) {
  const SweepTally& tally = report.tally;
  json::object branches;
  for (int kind = 0; kind < kTraceKindCount; ++kind) {
    branches[trace_kind_name(static_cast<TraceKind>(kind))] =
        tally.traces[static_cast<std::size_t>(kind)];
  }
  json::array missed;
  for (const TraceKind kind : branches_missed(tally)) missed.push_back(trace_kind_name(kind));
  json::array failures;
  for (const SeedResult& failure : report.failures) {
    json::array violations;
    for (const Violation& violation : failure.violations) {
      violations.push_back(
          json::object{{"property", violation.property}, {"witness", violation.witness}});
    }
    failures.push_back(json::object{{"seed", failure.seed},
                                    {"violations", std::move(violations)},
                                    {"replay", replay_line(failure.seed)},
                                    {"shrink", shrink_line(failure.seed)}});
  }
  const json::object object{{"schema", "kvsim-sweep"},
                            {"schema_version", 1},
                            {"first", report.options.first},
                            {"last", report.options.last},
                            {"jobs", report.options.jobs},
                            {"codec", report.codec},
                            {"seconds", report.seconds},
                            {"interrupted", report.interrupted},
                            {"seeds", tally.seeds},
                            {"failed", tally.failed},
                            {"not_converged", tally.not_converged},
                            {"crashed", tally.crashed},
                            {"operations", json::object{{"all", tally.operations},
                                                        {"reads_answered", tally.reads_answered},
                                                        {"reads_refused", tally.reads_refused},
                                                        {"acknowledged", tally.acknowledged},
                                                        {"not_applied", tally.not_applied},
                                                        {"unknown", tally.unknown},
                                                        {"unfinished", tally.unfinished}}},
                            {"messages", tally.messages},
                            {"processor_seconds", static_cast<double>(tally.processor_us) / 1e6},
                            {"messages_per_processor_second", rate_of(tally)},
                            {"trace_hash", hex(tally.trace_hash)},
                            {"branches", std::move(branches)},
                            {"branches_missed", std::move(missed)},
                            {"failures", std::move(failures)}};
  return json::serialize(object) + "\n";
}

}  // namespace quorate::sim
