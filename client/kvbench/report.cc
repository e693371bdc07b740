#include "client/kvbench/report.h"

#include <cmath>
#include <cstdio>

#include "client/kvcli/text/escape.h"
#include "client/kvcli/text/human.h"

namespace quorate::client::kvbench {
namespace {

using kvcli::Cell;
using kvcli::count_text;
using kvcli::escape;
using kvcli::Json;
using kvcli::size_text;
using kvcli::Style;
using kvcli::Table;

std::string with_decimals(double number, int decimals) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, number);
  return text;
}

std::string whole(double number) {
  return count_text(static_cast<std::uint64_t>(std::llround(number)));
}

// "2", "0.5"
std::string seconds_text(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", seconds);
  return std::string(text) + " s";
}

std::string latency(std::int64_t ns) { return with_decimals(static_cast<double>(ns) / 1e6, 2); }

std::string known(const std::optional<double>& number) { return number ? whole(*number) : "-"; }

// How far from the lowest to the highest, as a part of the median.
std::string spread(double least, double most, double median) {
  if (median <= 0) return "-";
  return with_decimals((most - least) / median * 100, 0) + " %";
}

std::string spread(std::int64_t least, std::int64_t most, std::int64_t median) {
  return spread(static_cast<double>(least), static_cast<double>(most), static_cast<double>(median));
}

std::string spread(const std::optional<double>& least, const std::optional<double>& most,
                   const std::optional<double>& median) {
  return median ? spread(*least, *most, *median) : "-";
}

std::vector<Cell> row(const std::string& name, const Figures& figures, Style style) {
  return {Cell(name, style),
          Cell(whole(figures.per_second), style),
          Cell(latency(figures.p50_ns), style),
          Cell(latency(figures.p90_ns), style),
          Cell(latency(figures.p99_ns), style),
          Cell(latency(figures.p999_ns), style),
          Cell(latency(figures.max_ns), style),
          Cell(known(figures.server_cpu_us), style),
          Cell(known(figures.written_bytes), style),
          Cell(whole(figures.own_cpu_percent) + " %", style)};
}

Table repetitions_table(const Summary& summary) {
  Table table({"REPETITION", "OPS/S", "P50 MS", "P90", "P99", "P99.9", "MAX", "CPU US/OP",
               "WRITTEN B/OP", "OWN CPU"});
  for (std::size_t column = 1; column < 10; ++column) table.right_align(column);
  for (std::size_t i = 0; i < summary.repetitions.size(); ++i) {
    table.add(row(std::to_string(i + 1), summary.repetitions[i], Style::kPlain));
  }
  if (summary.repetitions.size() == 1) return table;
  const Figures& least = summary.least;
  const Figures& most = summary.most;
  const Figures& median = summary.median;
  table.add(row("median", median, Style::kBold));
  table.add({"spread", spread(least.per_second, most.per_second, median.per_second),
             spread(least.p50_ns, most.p50_ns, median.p50_ns),
             spread(least.p90_ns, most.p90_ns, median.p90_ns),
             spread(least.p99_ns, most.p99_ns, median.p99_ns),
             spread(least.p999_ns, most.p999_ns, median.p999_ns),
             spread(least.max_ns, most.max_ns, median.max_ns),
             spread(least.server_cpu_us, most.server_cpu_us, median.server_cpu_us),
             spread(least.written_bytes, most.written_bytes, median.written_bytes),
             spread(least.own_cpu_percent, most.own_cpu_percent, median.own_cpu_percent)});
  return table;
}

Table kinds_table(const Summary& summary) {
  Table table({"MEDIAN OF", "OPS/S", "P50 MS", "P90", "P99", "P99.9", "MAX"});
  for (std::size_t column = 1; column < 7; ++column) table.right_align(column);
  for (const Summary::Kind& kind : summary.kinds) {
    const Figures& figures = kind.median;
    table.add({operation_name(kind.kind), whole(figures.per_second), latency(figures.p50_ns),
               latency(figures.p90_ns), latency(figures.p99_ns), latency(figures.p999_ns),
               latency(figures.max_ns)});
  }
  return table;
}

std::string outcomes_text(const Outcomes& outcomes) {
  std::string text = count_text(outcomes.ok + outcomes.not_found) + " operations answered";
  if (outcomes.not_found > 0) text += ", " + count_text(outcomes.not_found) + " of them not found";
  if (outcomes.siblings > 0) text += "; " + count_text(outcomes.siblings) + " gets had siblings";
  if (outcomes.failed() == 0) return text + "; none failed\n";
  text += "; failed:\n";
  for (const auto& [reason, times] : outcomes.reasons)
    text += "  " + count_text(times) + "  " + reason + "\n";
  return text + "  for example: " + outcomes.example + "\n";
}

Json optional_whole(const std::optional<double>& number) {
  return number ? Json(static_cast<std::int64_t>(std::llround(*number))) : Json();
}

Json to_json(const Figures& figures, bool of_all) {
  Json json = Json::object();
  json.set("operations_per_second", std::int64_t{std::llround(figures.per_second)})
      .set("p50_ns", figures.p50_ns)
      .set("p90_ns", figures.p90_ns)
      .set("p99_ns", figures.p99_ns)
      .set("p999_ns", figures.p999_ns)
      .set("max_ns", figures.max_ns);
  if (!of_all) return json;
  std::optional<double> cpu_ns = figures.server_cpu_us;
  if (cpu_ns) *cpu_ns *= 1000;
  json.set("server_cpu_ns_per_operation", optional_whole(cpu_ns))
      .set("server_written_bytes_per_operation", optional_whole(figures.written_bytes))
      .set("own_cpu_percent_of_a_core", std::int64_t{std::llround(figures.own_cpu_percent)});
  return json;
}

Json to_json(const Outcomes& outcomes) {
  Json json = Json::object();
  json.set("ok", outcomes.ok)
      .set("not_found", outcomes.not_found)
      .set("not_applied", outcomes.not_applied)
      .set("unknown", outcomes.unknown)
      .set("invalid", outcomes.invalid)
      .set("unreachable", outcomes.unreachable)
      .set("gets_with_siblings", outcomes.siblings);
  Json reasons = Json::object();
  for (const auto& [reason, times] : outcomes.reasons) reasons.set(reason, times);
  json.set("reasons", std::move(reasons));
  if (!outcomes.example.empty()) json.set("example", outcomes.example);
  return json;
}

Json cluster_json(const Survey& survey) {
  Json nodes = Json::array();
  for (const NodeView& node : survey.nodes) {
    nodes.add(Json::object()
                  .set("node", std::uint32_t{node.node})
                  .set("endpoint", node.endpoint)
                  .set("version", node.version)
                  .set("durability", node.durability)
                  .set("pid", node.pid));
  }
  Json processes = Json::array();
  for (const pid_t pid : survey.processes) processes.add(std::int64_t{pid});
  return Json::object()
      .set("name", survey.cluster)
      .set("durability", survey.durability)
      .set("nodes", std::move(nodes))
      .set("nodes_silent", std::uint64_t{survey.silent.size()})
      .set("server_pids", std::move(processes))
      .set("bucket", Json::object()
                         .set("name", survey.bucket.name)
                         .set("type", survey.bucket.type)
                         .set("n", survey.bucket.n)
                         .set("r", survey.r)
                         .set("w", survey.w));
}

}  // namespace

std::string heading(const Survey& survey, const Options& options) {
  std::string text = "cluster " + escape(survey.cluster) + ": " +
                     std::to_string(survey.nodes.size()) + " nodes, " + escape(survey.durability) +
                     "; bucket " + escape(survey.bucket.name) + " (" + escape(survey.bucket.type) +
                     ", n=" + std::to_string(survey.bucket.n) + " r=" + std::to_string(survey.r) +
                     " w=" + std::to_string(survey.w) + ")\n";
  if (options.load) return text;
  text += options.mix->description + std::string("; ") + count_text(options.keys) + " keys, " +
          distribution_name(options.distribution) + "; values of " +
          size_text(options.value_bytes) + "\n";
  const std::string connections =
      count_text(std::uint64_t{options.connections} * options.endpoints.size()) + " connections";
  text += options.open()
              ? "open loop, " + with_decimals(options.rate, 0) + " operations a second, at most " +
                    count_text(options.concurrency) + " in flight on " + connections
              : "closed loop, " + count_text(options.concurrency) + " in flight on " + connections;
  return text + "; warm-up " + seconds_text(options.warm_up_s) + ", " +
         std::to_string(options.repetitions) + " x " + seconds_text(options.window_s) + "\n";
}

std::string load_text(const Loaded& loaded, const Options& options) {
  const Outcomes& outcomes = loaded.outcomes;
  return count_text(outcomes.ok) + " keys of " + size_text(options.value_bytes) + " in " +
         kvcli::duration_text(static_cast<std::int64_t>(loaded.seconds * 1000)) + " (" +
         whole(static_cast<double>(outcomes.ok) / std::max(loaded.seconds, 1e-3)) +
         "/s); not applied " + count_text(outcomes.not_applied + outcomes.unreachable) +
         ", unknown " + count_text(outcomes.unknown) + "\n";
}

void print(kvcli::Console& console, const Summary& summary, const Survey& survey,
           const Options& options) {
  console.out("\n");
  console.table(repetitions_table(summary));
  if (summary.kinds.size() > 1) {
    console.out("\n");
    console.table(kinds_table(summary));
  }
  console.out("\n" + outcomes_text(summary.outcomes));
  if (!survey.why_not_all_processes.empty()) {
    console.out("CPU and bytes of the servers are not known: " + survey.why_not_all_processes +
                "; name their processes with --server-pid\n");
  } else if (!summary.median.server_cpu_us) {
    console.out("CPU of the servers is not known: a process ended meanwhile\n");
  } else if (!summary.median.written_bytes) {
    console.out("bytes written are not known: /proc/PID/io is for the nodes' own user or root\n");
  }
  if (options.open() && summary.warnings.empty()) {
    console.out("latencies count from when each operation was meant to start\n");
  }
  for (const std::string& warning : summary.warnings) {
    console.out(console.styled("warning:", Style::kWarning) + " " + warning + "\n");
  }
}

Json to_json(const Summary& summary, const Survey& survey, const Options& options, bool loaded) {
  Json workload = Json::object();
  workload.set("name", options.mix->name)
      .set("keys", options.keys)
      .set("value_bytes", options.value_bytes)
      .set("distribution", distribution_name(options.distribution))
      .set("loaded_first", loaded);
  Json loop = Json::object();
  loop.set("mode", options.open() ? "open" : "closed");
  if (options.open()) loop.set("rate_per_second", std::int64_t{std::llround(options.rate)});
  loop.set("concurrency", options.concurrency)
      .set("connections_per_node", options.connections)
      .set("warm_up_ms", std::int64_t{std::llround(options.warm_up_s * 1000)})
      .set("repetition_ms", std::int64_t{std::llround(options.window_s * 1000)});
  Json repetitions = Json::array();
  for (const Figures& one : summary.repetitions) repetitions.add(to_json(one, true));
  Json kinds = Json::object();
  for (const Summary::Kind& kind : summary.kinds) {
    kinds.set(operation_name(kind.kind), to_json(kind.median, false));
  }
  Json warnings = Json::array();
  for (const std::string& warning : summary.warnings) warnings.add(warning);
  return Json::object()
      .set("cluster", cluster_json(survey))
      .set("workload", std::move(workload))
      .set("loop", std::move(loop))
      .set("repetitions", std::move(repetitions))
      .set("median", to_json(summary.median, true))
      .set("least", to_json(summary.least, true))
      .set("most", to_json(summary.most, true))
      .set("median_by_kind", std::move(kinds))
      .set("outcomes", to_json(summary.outcomes))
      .set("never_started", summary.never_started)
      .set("warnings", std::move(warnings));
}

Json to_json(const Loaded& loaded, const Survey& survey, const Options& options) {
  return Json::object()
      .set("cluster", cluster_json(survey))
      .set("keys", options.keys)
      .set("value_bytes", options.value_bytes)
      .set("elapsed_ms", std::int64_t{std::llround(loaded.seconds * 1000)})
      .set("complete", loaded.complete)
      .set("outcomes", to_json(loaded.outcomes));
}

}  // namespace quorate::client::kvbench
