#include "client/peerbench/options.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "client/kvcli/text/escape.h"

namespace quorate::client::peerbench {
namespace {

using kvbench::ExitCode;
using kvcli::escape;

constexpr std::uint32_t kConnectionsMax = 1'024;

constexpr const char* kHelp =
    "Measures etcd or Redis as kvbench measures Quorate: the same driver, clock and report.\n\n"
    "Usage: peerbench run|load --system etcd|redis --endpoints LIST [OPTIONS]\n\n"
    "  run    drive a workload, and tell its rate, its latencies and what it cost the servers\n"
    "  load   write every key once\n\n"
    "  --system NAME          etcd: Put and Range over gRPC; redis: SET with WAIT 1, and GET\n"
    "  --endpoints LIST       host:port,...; of Redis the primary first, then its replicas\n"
    "  --workload NAME        put, get, mixed, A, B, C, D, F [put]\n"
    "  --keys N               how many there are [100000]\n"
    "  --value-bytes B        of each value [100; YCSB: 1000]\n"
    "  --concurrency N        requests in flight, 1 to 1024 [64]\n"
    "  --connections K        to each server [1]; Redis: to the primary; with fewer than there "
    "are puts\n"
    "                         in flight, one WAIT stands behind many SETs\n"
    "  --leader-only          etcd: send everything to the leader\n"
    "  --serializable         etcd: gets that need no quorum\n"
    "  --deadline-ms T        for one request [2000]\n"
    "  --warm-up S            seconds before anything is counted [2]\n"
    "  --seconds S            of each repetition [10]\n"
    "  --repetitions R        of which the medians are told, and the spread [3]\n"
    "  --server-pid PID...    etcd: processes whose CPU time and writes are counted\n"
    "  --json                 one line of JSON, as kvbench prints it\n\n"
    "Exit codes: 0 done; 1 gets found nothing; 2 bad usage; 3 operations were not applied; 4 the\n"
    "outcome of some is unknown; 6 cannot connect, or what answers is not what was expected.\n";

Parsed bad_usage(const std::vector<std::string>& problems) {
  Parsed parsed;
  parsed.to_stderr = true;
  parsed.exit_code = ExitCode::kBadUsage;
  for (const std::string& problem : problems) parsed.text += "peerbench: " + problem + "\n";
  parsed.text += "See: peerbench --help\n";
  return parsed;
}

struct Raw {
  std::string command, system, endpoints, workload = "put";
  std::optional<std::uint32_t> value_bytes;
};

void add_options(CLI::App& app, Raw& raw, Options& options) {
  kvbench::Options& bench = options.bench;
  bench.request.deadline_ms = 2'000;
  app.set_help_flag();
  app.add_option("command", raw.command);
  app.add_option("--system", raw.system);
  app.add_option("--endpoints", raw.endpoints);
  app.add_option("--workload", raw.workload);
  app.add_option("--keys", bench.keys)
      ->check(CLI::Range(std::uint64_t{1}, kvbench::Options::kKeysMax));
  app.add_option("--value-bytes", raw.value_bytes)
      ->check(CLI::Range(std::size_t{0}, kvbench::Values::kBytesMax));
  app.add_option("--concurrency", bench.concurrency)
      ->check(CLI::Range(1u, kvbench::Options::kConcurrencyMax));
  app.add_option("--connections", bench.connections)->check(CLI::Range(1u, kConnectionsMax));
  app.add_option("--deadline-ms", bench.request.deadline_ms)
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{600'000}));
  app.add_option("--warm-up", bench.warm_up_s)
      ->check(CLI::Range(0.0, kvbench::Options::kSecondsMax));
  app.add_option("--seconds", bench.window_s)
      ->check(CLI::Range(0.05, kvbench::Options::kSecondsMax));
  app.add_option("--repetitions", bench.repetitions)
      ->check(CLI::Range(1u, kvbench::Options::kRepetitionsMax));
  app.add_option("--server-pid", bench.server_pids)->delimiter(',')->check(CLI::PositiveNumber);
  app.add_flag("--leader-only", options.leader_only);
  app.add_flag("--serializable", options.serializable);
  app.add_flag("--json", bench.json);
}

void check(const Raw& raw, Options& options, std::vector<std::string>& problems) {
  kvbench::Options& bench = options.bench;
  if (raw.command != "run" && raw.command != "load") {
    problems.push_back("\"" + escape(raw.command) + "\" is no command; they are run and load");
  }
  bench.load = raw.command == "load";
  if (raw.system == "redis") {
    options.system = System::kRedis;
  } else if (raw.system != "etcd") {
    problems.emplace_back("--system: etcd or redis");
  }
  if (options.system == System::kRedis && (options.leader_only || options.serializable)) {
    problems.emplace_back("--leader-only and --serializable are of etcd");
  }
  auto endpoints = parse_endpoints(raw.endpoints);
  if (endpoints) {
    bench.endpoints = std::move(*endpoints);
  } else {
    problems.push_back("--endpoints: " + endpoints.error().message);
  }
  bench.mix = kvbench::find_mix(raw.workload);
  if (bench.mix == nullptr || std::string(bench.mix->bucket) != "default") {
    problems.push_back("--workload: \"" + escape(raw.workload) +
                       "\" is none of put, get, mixed, A, B, C, D, F");
    return;
  }
  bench.distribution = bench.mix->distribution;
  bench.value_bytes = raw.value_bytes.value_or(bench.mix->value_bytes);
}

}  // namespace

Parsed parse_options(const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (word == "--help" || word == "-h") {
      Parsed parsed;
      parsed.text = kHelp;
      return parsed;
    }
  }
  Raw raw;
  Options options;
  CLI::App app;
  add_options(app, raw, options);
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::ParseError& error) {
    return bad_usage({escape(error.what())});
  }
  std::vector<std::string> problems;
  check(raw, options, problems);
  if (!problems.empty()) return bad_usage(problems);
  Parsed parsed;
  parsed.options = std::move(options);
  return parsed;
}

}  // namespace quorate::client::peerbench
