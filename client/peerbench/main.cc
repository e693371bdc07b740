// peerbench: measures the stores that Quorate is compared with.
#include <memory>
#include <string>
#include <vector>

#include "client/kvbench/driver.h"
#include "client/kvbench/report.h"
#include "client/kvbench/summary.h"
#include "client/kvcli/report.h"
#include "client/kvcli/text/human.h"
#include "client/peerbench/etcd_target.h"
#include "client/peerbench/load.h"
#include "client/peerbench/options.h"
#include "client/peerbench/redis_target.h"

namespace quorate::client::peerbench {
namespace {

using kvbench::ExitCode;
using kvbench::Survey;
using kvbench::Target;
using kvcli::Console;

struct Peer {
  std::unique_ptr<Target> target;
  Survey survey;
};

Result<Peer> connect_redis(const Options& options) {
  auto survey = survey_redis(options.bench.endpoints);
  if (!survey) return survey.error();
  auto target = RedisTarget::create(options.bench.endpoints.front(), options.bench.connections,
                                    options.bench.request.deadline_ms);
  if (!target) return target.error();
  return Peer{std::move(*target), std::move(*survey)};
}

Result<Peer> connect_etcd(const Options& options) {
  EtcdOptions etcd{options.bench.endpoints, options.bench.connections,
                   options.bench.request.deadline_ms, options.serializable};
  auto target = EtcdTarget::create(etcd);
  if (!target) return target.error();
  std::size_t leader = 0;
  auto survey = (*target)->survey(leader);
  if (!survey) return survey.error();
  survey->processes = options.bench.server_pids;
  if (survey->processes.empty()) survey->why_not_all_processes = "etcd does not name its processes";
  if (options.leader_only) {
    etcd.endpoints = {options.bench.endpoints[leader]};
    target = EtcdTarget::create(etcd);
    if (!target) return target.error();
  }
  return Peer{std::move(*target), std::move(*survey)};
}

void say_heading(Console& console, const Survey& survey, const kvbench::Options& options) {
  console.out(survey.cluster + " " + survey.nodes.front().version + ": " +
              std::to_string(survey.nodes.size()) + " servers, " + survey.durability + "\n" +
              options.mix->description + "; " + kvcli::count_text(options.keys) + " keys of " +
              kvcli::size_text(options.value_bytes) + "; " + std::to_string(options.concurrency) +
              " in flight\n");
}

ExitCode run(Console& console, const Options& options) {
  const kvbench::Options& bench = options.bench;
  auto peer = options.system == System::kRedis ? connect_redis(options) : connect_etcd(options);
  if (!peer) {
    if (bench.json) console.json(kvcli::to_json(peer.error()));
    if (!bench.json) console.error("peerbench: " + kvcli::explain(peer.error()) + "\n");
    return ExitCode::kNoConnection;
  }
  if (!bench.json) say_heading(console, peer->survey, bench);
  if (bench.load) {
    const kvbench::Loaded loaded = load(*peer->target, bench);
    if (bench.json) console.json(kvbench::to_json(loaded, peer->survey, bench));
    if (!bench.json) console.out("loaded " + kvbench::load_text(loaded, bench));
    return kvbench::exit_code(loaded.outcomes);
  }
  const auto repetitions = kvbench::drive(*peer->target, bench, peer->survey.processes,
                                          [](const kvbench::Progress&) { return true; });
  const kvbench::Summary summary = kvbench::summarize(repetitions, bench);
  if (bench.json) console.json(kvbench::to_json(summary, peer->survey, bench, false));
  if (!bench.json) kvbench::print(console, summary, peer->survey, bench);
  return kvbench::exit_code(summary.outcomes);
}

}  // namespace
}  // namespace quorate::client::peerbench

int main(int argc, char** argv) {
  using namespace quorate::client;  // NOLINT: main is not a header
  const auto parsed = peerbench::parse_options(std::vector<std::string>(argv + 1, argv + argc));
  kvcli::Console console("peerbench");
  auto code = parsed.exit_code;
  if (parsed.options) {
    code = peerbench::run(console, *parsed.options);
  } else if (parsed.to_stderr) {
    console.error(parsed.text);
  } else {
    console.out(parsed.text);
  }
  if (!console.flush() && code == kvcli::ExitCode::kDone) code = kvcli::ExitCode::kBadUsage;
  return static_cast<int>(code);
}
