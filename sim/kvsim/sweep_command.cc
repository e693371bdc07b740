// kvsim sweep: random worlds, one a seed.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/kvsim/commands.h"
#include "sim/kvsim/interrupt.h"
#include "sim/kvsim/progress.h"
#include "sim/kvsim/store_choice.h"
#include "sim/kvsim/sweep_report.h"
#include "sim/run/run.h"
#include "sim/swarm/swarm.h"

namespace quorate::sim {
namespace {

constexpr const char* kFooter = R"(
Each seed draws a world of its own (nodes, links, disks, clients, faults), plays it, heals it, and
holds what the clients were told against every property. A failing seed prints what it violates and
the lines that show it again:

  kvsim run --seed N       what happened
  kvsim shrink --seed N    the smallest schedule that still fails

^C ends the sweep with the summary so far. The trace hash is that of all runs together: the same for
any number of workers, in any build, with --codec and without, with either --store.

Examples:
  kvsim sweep --seeds 1..10000
  kvsim sweep --seeds 4711 --json
  kvsim sweep --seeds 1..1000000 --failures 1

Exit codes: 0 every property held; 1 one was violated; 2 bad usage; 3 nothing worse than worlds that
did not converge after healing; 130 interrupted.)";

struct Given {
  std::string seeds = "1..1000";
  std::string jobs;
  std::optional<std::string> failures;
  std::string store = "memory";
  bool codec = false;
  bool hashes = false;
  bool json = false;

  SweepOptions options;
  std::optional<std::uint64_t> failures_max;
  MakeDisk make_disk;
};

// "7" or "1..1000"; says what is wrong, if anything is.
std::optional<std::string> read_range(const std::string& text, SweepOptions& options) {
  const std::size_t dots = text.find("..");
  const auto first = whole_number(text.substr(0, dots));
  const auto last = dots == std::string::npos ? first : whole_number(text.substr(dots + 2));
  if (!first || !last) return "--seeds is a seed or a range of them, 1..1000, not '" + text + "'";
  if (*first > *last) {
    return "--seeds has its end before its beginning: '" + text + "'; the other way round is '" +
           std::to_string(*last) + ".." + std::to_string(*first) + "'";
  }
  if (*last > kSeedMax) {
    return "--seeds ends at " + std::to_string(kSeedMax) + " at most, not at " +
           std::to_string(*last);
  }
  options.first = *first;
  options.last = *last;
  return std::nullopt;
}

std::vector<std::string> judge_words(Given& given) {
  std::vector<std::string> problems;
  if (auto problem = read_range(given.seeds, given.options)) {
    problems.push_back(*std::move(problem));
  }
  const std::uint64_t jobs = whole_number(given.jobs).value_or(0);
  if (jobs < 1 || jobs > kSweepJobsMax) {
    problems.push_back("--jobs is a number from 1 to " + std::to_string(kSweepJobsMax) + ", not '" +
                       given.jobs + "'");
  } else {
    given.options.jobs = static_cast<unsigned>(jobs);
  }
  if (given.failures) {
    given.failures_max = whole_number(*given.failures);
    if (given.failures_max.value_or(0) == 0) {
      problems.push_back("--failures is a number from 1 on, not '" + *given.failures + "'");
    }
  }
  if (auto store = store_named(given.store)) {
    given.make_disk = *std::move(store);
  } else {
    problems.push_back("--store is memory or rocksdb, not '" + given.store + "'");
  }
  if (given.hashes && given.json) problems.emplace_back("--hashes prints lines, not JSON");
  return problems;
}

// One line a seed, without workers: a few seeds, to compare builds by.
ExitCode print_hashes(const Given& given) {
  bool held = true;
  for (std::uint64_t seed = given.options.first; seed <= given.options.last; ++seed) {
    RunPlan plan = draw_plan(seed);
    plan.cluster.codec = given.codec;
    Run world(plan, {}, given.make_disk);
    const RunReport& report = world.play();
    if (!report.violations.empty()) held = false;
    std::printf("%llu %016llx\n", static_cast<unsigned long long>(seed),
                static_cast<unsigned long long>(report.trace_hash));
  }
  return held ? ExitCode::kHeld : ExitCode::kViolated;
}

class Watcher final : public SweepWatcher {
 public:
  Watcher(const Given& given, bool colours)
      : given_(given),
        colours_(colours),
        progress_("seeds", given.options.last - given.options.first + 1) {}

  void on_failed_seed(const SeedResult& result) override {
    if (failures_.size() >= kFailuresListedMax) return;
    failures_.push_back(result);
    if (given_.json) return;
    progress_.clear();
    std::fputs(failure_text(result, colours_).c_str(), stdout);
    std::fflush(stdout);
  }

  bool go_on(const SweepTally& so_far) override {
    progress_.show(so_far.seeds, std::to_string(so_far.failed) + " failed");
    return !interrupt_.happened() && (!given_.failures_max || so_far.failed < *given_.failures_max);
  }

  // With what it has seen, after the end.
  SweepReport report(const SweepTally& tally) {
    progress_.clear();
    std::sort(failures_.begin(), failures_.end(),
              [](const SeedResult& a, const SeedResult& b) { return a.seed < b.seed; });
    SweepReport report;
    report.options = given_.options;
    report.codec = given_.codec;
    report.interrupted = interrupt_.happened();
    report.seconds = progress_.seconds();
    report.tally = tally;
    report.failures = std::move(failures_);
    return report;
  }

 private:
  const Given& given_;
  const bool colours_;
  Interrupt interrupt_;
  Progress progress_;
  std::vector<SeedResult> failures_;
};

ExitCode run(const Given& given, bool colours) {
  if (const Status usable = try_store(given.make_disk); !usable) {
    return refuse("kvsim sweep", {"--store " + given.store + ": " + usable.error().message});
  }
  if (given.hashes) return print_hashes(given);
  Watcher watcher(given, colours);
  const Result<SweepTally> tally = sweep(
      given.options,
      [&given](std::uint64_t seed) { return play_seed(seed, given.codec, given.make_disk); },
      watcher);
  if (!tally) return refuse("kvsim sweep", {tally.error().message});
  const SweepReport report = watcher.report(*tally);
  const std::string text = given.json ? sweep_json(report) : sweep_text(report, colours);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return exit_code(report);
}

}  // namespace

Command sweep_command() {
  const auto given = std::make_shared<Given>();
  const long cores = sysconf(_SC_NPROCESSORS_ONLN);
  given->jobs = std::to_string(std::clamp(cores, 1L, static_cast<long>(kSweepJobsMax)));
  Command command;
  command.name = "sweep";
  command.summary = "Play random worlds, and look for one that breaks a promise";
  command.footer = kFooter;
  command.option("--seeds", "FIRST..LAST", given->seeds, "Which worlds; or a single one");
  command.option("--jobs", "N", given->jobs, "Worker processes");
  command.option("--failures", "N", given->failures, "End when so many seeds have failed");
  command.option("--store", "memory|rocksdb", given->store, kStoreHelp);
  command.flag("--codec", given->codec, "Take every message through its bytes and back");
  command.flag("--hashes", given->hashes, "Only print each seed's trace hash, one line a seed");
  command.flag("--json", given->json, "Print one line of JSON for a program");
  command.problems = [given] { return judge_words(*given); };
  command.run = [given](bool colours) { return run(*given, colours); };
  return command;
}

}  // namespace quorate::sim
