#include "client/kvbench/driver.h"

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include "client/changes.h"
#include "node/base/check.h"
#include "node/wire/secret.h"

namespace quorate::client::kvbench {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;

std::chrono::nanoseconds as_ns(double seconds) {
  return std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
}

std::int64_t between(TimePoint from, TimePoint to) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(to - from).count();
}

class Drive : public std::enable_shared_from_this<Drive> {
 public:
  Drive(Target& target, const Options& options, std::vector<pid_t> servers)
      : target_(target),
        options_(options),
        servers_(std::move(servers)),
        workload_(*options.mix, options.distribution, options.keys, random_u64_from_os()),
        values_(options.value_bytes, random_u64_from_os()),
        boundary_timer_(target.io()),
        pace_timer_(target.io()) {}

  std::vector<Repetition> run(const OnProgress& on_progress) {
    std::future<void> ended = ended_.get_future();
    asio::post(target_.io(), [self = shared_from_this()] { self->begin(); });
    const TimePoint started = Clock::now();
    bool wanted = true;
    while (ended.wait_for(std::chrono::milliseconds(100)) != std::future_status::ready) {
      const double seconds = static_cast<double>(between(started, Clock::now())) / 1e9;
      if (!wanted || on_progress(Progress{repetition_, done_, failed_, seconds})) continue;
      wanted = false;
      asio::post(target_.io(), [self = shared_from_this()] { self->interrupt(); });
    }
    return std::move(repetitions_);
  }

 private:
  struct Mark {  // where a repetition begins
    TimePoint at;
    std::int64_t own_cpu_ns = 0;
    Result<Usage> servers = Error{ErrorCode::kUnreachable, "none is known"};
  };

  void begin() {
    repetitions_.reserve(options_.repetitions);
    next_boundary_ = due_from_ = Clock::now();
    next_boundary_ += as_ns(options_.warm_up_s);
    await_boundary();
    fill();
  }

  // ---- repetitions

  void await_boundary() {
    boundary_timer_.expires_at(next_boundary_);
    boundary_timer_.async_wait([self = shared_from_this()](boost::system::error_code ec) {
      if (!ec) self->on_boundary();
    });
  }

  void on_boundary() {
    if (stopping_) return;
    Mark now{Clock::now(), own_cpu_ns()};
    if (!servers_.empty()) now.servers = usage_of(servers_);
    if (repetition_ > 0) close_repetition(now);
    mark_ = std::move(now);
    if (repetition_ == static_cast<int>(options_.repetitions)) {
      stop();
      return;
    }
    ++repetition_;
    repetitions_.emplace_back();
    next_boundary_ += as_ns(options_.window_s);
    await_boundary();
  }

  void close_repetition(const Mark& now) {
    Repetition& ended = repetitions_.back();
    ended.seconds = static_cast<double>(between(mark_.at, now.at)) / 1e9;
    ended.own_cpu_ns = now.own_cpu_ns - mark_.own_cpu_ns;
    if (!mark_.servers || !now.servers) return;
    ended.servers = Usage{now.servers->cpu_ns - mark_.servers->cpu_ns,
                          now.servers->written_bytes - mark_.servers->written_bytes,
                          mark_.servers->written_known && now.servers->written_known};
  }

  // What is in flight still ends, and shows its latency; it does not count for the rate.
  void stop() {
    stopping_ = true;
    pace_timer_.cancel();
    boundary_timer_.cancel();
    const TimePoint now = Clock::now();
    const bool full = in_flight_ >= options_.concurrency;
    while (!interrupted_ && options_.open() && full && due() <= now) {
      const Operation operation = workload_.next();
      ++repetitions_.back().never_started;
      latencies(operation.kind).record(between(due(), now));
      ++scheduled_;
    }
    if (in_flight_ == 0) ended_.set_value();
  }

  void interrupt() {
    if (stopping_) return;
    interrupted_ = true;
    if (repetition_ > 0) repetitions_.pop_back();  // cut short
    stop();
  }

  Histogram& latencies(OperationKind kind) {
    return repetitions_.back().latencies[static_cast<std::size_t>(kind)];
  }

  // ---- requests

  // Starts what may start now.
  void fill() {
    if (filling_) return;  // an operation that ended at once
    filling_ = true;
    std::size_t started = 0;
    const std::size_t started_max = std::size_t{4} * options_.concurrency;
    while (!stopping_ && in_flight_ < options_.concurrency && started < started_max) {
      const TimePoint now = Clock::now();
      if (options_.open() && due() > now) {
        await_due();
        break;
      }
      const TimePoint from = options_.open() ? due() : now;
      ++scheduled_;
      ++started;
      start(workload_.next(), from);
    }
    filling_ = false;
    // Everything ends at once: let the timers have their turn.
    if (started == started_max && !stopping_) {
      asio::post(target_.io(), [self = shared_from_this()] { self->fill(); });
    }
  }

  TimePoint due() const {
    return due_from_ + as_ns(static_cast<double>(scheduled_) / options_.rate);
  }

  void await_due() {
    if (awaiting_due_) return;
    awaiting_due_ = true;
    pace_timer_.expires_at(due());
    pace_timer_.async_wait([self = shared_from_this()](boost::system::error_code ec) {
      self->awaiting_due_ = false;
      if (!ec) self->fill();
    });
  }

  void start(Operation operation, TimePoint from) {
    ++in_flight_;
    switch (operation.kind) {
      case OperationKind::kGet:
        target_.get(key_name(operation.key),
                    [self = shared_from_this(), from](const Result<Answer>& answer) {
                      self->count_siblings(answer);
                      self->on_end(OperationKind::kGet, from, answer, true);
                    });
        return;
      case OperationKind::kPut:
        target_.put(key_name(operation.key), values_.next(), {},
                    [self = shared_from_this(), from](const Result<Answer>& answer) {
                      self->on_end(OperationKind::kPut, from, answer, false);
                    });
        return;
      case OperationKind::kInsert:
        target_.put(
            key_name(operation.key), values_.next(), {},
            [self = shared_from_this(), from, key = operation.key](const Result<Answer>& answer) {
              self->workload_.inserted(key);
              self->on_end(OperationKind::kInsert, from, answer, false);
            });
        return;
      case OperationKind::kCounterAdd:
        change(operation, counter_add(1), from);
        return;
      case OperationKind::kSetAdd:
        change(operation, set_add(values_.of_key(operation.key)), from);
        return;
      case OperationKind::kReadModifyWrite:
        target_.get(key_name(operation.key), [self = shared_from_this(), from,
                                              key = operation.key](const Result<Answer>& answer) {
          self->on_read_to_modify(key, from, answer);
        });
        return;
    }
  }

  void change(const Operation& operation, Change change, TimePoint from) {
    target_.change(key_name(operation.key), std::move(change),
                   [self = shared_from_this(), from, kind = operation.kind](
                       const Result<Answer>& answer) { self->on_end(kind, from, answer, false); });
  }

  void on_read_to_modify(std::uint64_t key, TimePoint from, const Result<Answer>& answer) {
    count_siblings(answer);
    if (!answer || (!answer->ok() && answer->outcome != Outcome::kNotFound)) {
      on_end(OperationKind::kReadModifyWrite, from, answer, true);
      return;
    }
    target_.put(key_name(key), values_.next(), answer->token,
                [self = shared_from_this(), from](const Result<Answer>& written) {
                  self->on_end(OperationKind::kReadModifyWrite, from, written, false);
                });
  }

  void count_siblings(const Result<Answer>& answer) {
    if (repetition_ == 0 || repetitions_.empty()) return;
    if (answer && answer->values.size() > 1) ++repetitions_.back().outcomes.siblings;
  }

  void on_end(OperationKind kind, TimePoint from, const Result<Answer>& answer, bool read) {
    --in_flight_;
    const bool done = answer && (answer->ok() || answer->outcome == Outcome::kNotFound);
    ++(done ? done_ : failed_);
    if (!repetitions_.empty()) {
      Repetition& repetition = repetitions_.back();
      latencies(kind).record(between(from, Clock::now()));
      repetition.outcomes.count(answer, read);
      if (done && !stopping_) ++repetition.done[static_cast<std::size_t>(kind)];
    }
    if (!stopping_) {
      fill();
    } else if (in_flight_ == 0) {
      ended_.set_value();
    }
  }

  Target& target_;
  const Options& options_;
  const std::vector<pid_t> servers_;
  Workload workload_;
  Values values_;

  asio::steady_timer boundary_timer_;
  asio::steady_timer pace_timer_;
  TimePoint next_boundary_;
  TimePoint due_from_;
  std::uint64_t scheduled_ = 0;  // operations of the open loop that were due
  std::size_t in_flight_ = 0;
  bool filling_ = false;
  bool awaiting_due_ = false;
  bool stopping_ = false;
  bool interrupted_ = false;

  Mark mark_;
  std::vector<Repetition> repetitions_;
  std::promise<void> ended_;

  // For the thread that waits.
  std::atomic<int> repetition_{0};
  std::atomic<std::uint64_t> done_{0};
  std::atomic<std::uint64_t> failed_{0};
};

}  // namespace

std::vector<Repetition> drive(Target& target, const Options& options,
                              const std::vector<pid_t>& servers, const OnProgress& on_progress) {
  return std::make_shared<Drive>(target, options, servers)->run(on_progress);
}

}  // namespace quorate::client::kvbench
