#include "sim/sweep/sweep.h"

#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "node/base/check.h"
#include "sim/swarm/swarm.h"
#include "sim/sweep/child.h"

namespace quorate::sim {

namespace {

constexpr int kTickMs = 100;

std::uint64_t processor_us() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto micros = [](const timeval& time) {
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 +
           static_cast<std::uint64_t>(time.tv_usec);
  };
  return micros(usage.ru_utime) + micros(usage.ru_stime);
}

class Sweep {
 public:
  Sweep(const SweepOptions& options, const std::function<SeedResult(std::uint64_t)>& play,
        SweepWatcher& watcher)
      : options_(options), play_(play), watcher_(watcher) {}

  Result<SweepTally> run() {
    const std::uint64_t seeds = options_.last - options_.first + 1;
    const auto jobs = static_cast<std::size_t>(std::min<std::uint64_t>(options_.jobs, seeds));
    workers_.resize(jobs);
    for (std::size_t i = 0; i < jobs; ++i) {
      workers_[i].next = options_.first + i;
      if (const Status started = start(workers_[i]); !started) return started.error();
    }
    while (watcher_.go_on(total_)) {
      if (!hear_all()) return total_;
      for (Worker& worker : workers_) {
        if (worker.child == nullptr || !worker.child->silent()) continue;
        if (const Status ended = end(worker); !ended) return ended.error();
      }
    }
    return total_;  // interrupted: the workers die with their handles
  }

 private:
  struct Worker {
    std::unique_ptr<Child> child;  // null: it has done all its seeds
    std::uint64_t next = 0;        // the first seed that it has not told of
  };

  bool has_seeds(const Worker& worker) const { return worker.next <= options_.last; }

  Status start(Worker& worker) {
    Result<std::unique_ptr<Child>> child =
        Child::start([this, &worker](const ToParent& parent) { work(worker.next, parent); });
    if (!child) return child.error();
    worker.child = std::move(*child);
    return {};
  }

  // In the worker.
  void work(std::uint64_t seed, const ToParent& parent) const {
    std::uint64_t told_us = processor_us();
    for (; seed <= options_.last; seed += workers_.size()) {
      alarm(options_.seconds_max);
      SeedResult result = play_(seed);
      const std::uint64_t now_us = processor_us();
      result.tally.processor_us = now_us - std::exchange(told_us, now_us);
      parent.tell(pack(result));
    }
  }

  // Waits for something to hear, or a tick. False: nobody is left.
  bool hear_all() {
    std::vector<pollfd> ready;
    for (const Worker& worker : workers_) {
      if (worker.child == nullptr) continue;
      // Those of -1 are ignored.
      ready.push_back({worker.child->told_fd(), POLLIN, 0});
      ready.push_back({worker.child->words_fd(), POLLIN, 0});
    }
    if (ready.empty()) return false;
    if (poll(ready.data(), ready.size(), kTickMs) <= 0) return true;
    std::size_t at = 0;
    for (Worker& worker : workers_) {
      if (worker.child == nullptr) continue;
      if (ready[at++].revents != 0) worker.child->hear_told();
      if (ready[at++].revents != 0) worker.child->hear_words();
      take(worker);
    }
    return true;
  }

  void take(Worker& worker) {
    std::string_view bytes = worker.child->told();
    while (const std::optional<SeedResult> result = unpack(bytes)) {
      QUORATE_CHECK(result->seed == worker.next);
      count(*result);
      worker.next += workers_.size();
    }
    worker.child->told().erase(0, worker.child->told().size() - bytes.size());
  }

  Status end(Worker& worker) {
    const std::string how = worker.child->end();
    worker.child.reset();
    if (!has_seeds(worker)) return {};
    SeedResult result;
    result.seed = worker.next;
    result.tally.seeds = result.tally.failed = result.tally.crashed = 1;
    result.violations.push_back(
        Violation{kProgramSurvives, how.empty() ? "ended too early\n" : how + "\n"});
    count(result);
    worker.next += workers_.size();
    return has_seeds(worker) ? start(worker) : Status{};
  }

  void count(const SeedResult& result) {
    total_.add(result.tally);
    if (!result.violations.empty()) watcher_.on_failed_seed(result);
  }

  const SweepOptions& options_;
  const std::function<SeedResult(std::uint64_t)>& play_;
  SweepWatcher& watcher_;
  std::vector<Worker> workers_;
  SweepTally total_;
};

}  // namespace

Result<SweepTally> sweep(const SweepOptions& options,
                         const std::function<SeedResult(std::uint64_t seed)>& play,
                         SweepWatcher& watcher) {
  QUORATE_CHECK(options.first <= options.last && options.last <= kSeedMax);
  QUORATE_CHECK(options.jobs >= 1 && options.jobs <= kSweepJobsMax);
  return Sweep(options, play, watcher).run();
}

SeedResult play_seed(std::uint64_t seed, bool codec, const MakeDisk& make_disk) {
  RunPlan plan = draw_plan(seed);
  plan.cluster.codec = codec;
  Run run(plan, {}, make_disk);
  RunReport report = run.play();
  SeedResult result;
  result.seed = seed;
  result.tally = tally_of(seed, report);
  result.violations = std::move(report.violations);
  return result;
}

}  // namespace quorate::sim
