#include "client/engine/update_run.h"

#include <chrono>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "client/engine/blocking.h"
#include "client/engine/engine.h"
#include "client/engine/update_plan.h"
#include "node/base/random.h"
#include "node/wire/secret.h"

namespace quorate::client {
namespace {

using Kind = UpdateStep::Kind;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

// Drawn anew each time, so that two updates that met go on at different times.
nanoseconds some_of(std::int64_t pause_ns) {
  if (pause_ns <= 0) return nanoseconds(0);
  return nanoseconds(Random(random_u64_from_os()).between(0, pause_ns));
}

// Sends what a step asks for. Remembers when its write was first sent.
class Sender {
 public:
  Sender(Engine& engine, std::string key) : engine_(engine), key_(std::move(key)) {}

  void read(UpdateStep step, OnAnswer done) {
    engine_.submit(Verb::kGet, key_, {}, std::move(step.options), std::move(done));
  }

  void write(UpdateStep step, OnAnswer done) {
    std::optional<Resumed> resumed;
    if (step.kind == Kind::kWriteAgain) {
      resumed = Resumed{step.id, step.attempts, first_sent_};
    } else {
      first_sent_ = steady_clock::now();
    }
    engine_.submit(step.verb, key_, std::move(step.change), std::move(step.options),
                   std::move(done), resumed);
  }

 private:
  Engine& engine_;
  const std::string key_;
  steady_clock::time_point first_sent_;
};

class UpdateRun : public std::enable_shared_from_this<UpdateRun> {
 public:
  UpdateRun(Engine& engine, std::string key, Resolver resolver, UpdateOptions options,
            OnUpdated on_updated)
      : engine_(engine),
        sender_(engine, std::move(key)),
        plan_(std::move(resolver), std::move(options)),
        on_updated_(std::move(on_updated)) {}

  void start() { perform(plan_.start()); }

 private:
  void perform(UpdateStep step) {
    const auto self = shared_from_this();
    switch (step.kind) {
      case Kind::kRead:
        sender_.read(std::move(step), [self](Result<Answer> answer) {
          self->perform(self->plan_.on_read(std::move(answer)));
        });
        return;
      case Kind::kWrite:
      case Kind::kWriteAgain:
        sender_.write(std::move(step), [self](Result<Answer> answer) {
          self->perform(self->plan_.on_write(std::move(answer)));
        });
        return;
      case Kind::kPause:
        engine_.after(some_of(step.pause_ns),
                      [self] { self->perform(self->plan_.on_pause_over()); });
        return;
      case Kind::kFinish:
        on_updated_(plan_.result());
        return;
    }
  }

  Engine& engine_;
  Sender sender_;
  UpdatePlan plan_;
  OnUpdated on_updated_;
};

}  // namespace

void start_update(Engine& engine, std::string key, Resolver resolver, UpdateOptions options,
                  OnUpdated on_updated) {
  const auto run = std::make_shared<UpdateRun>(engine, std::move(key), std::move(resolver),
                                               std::move(options), std::move(on_updated));
  // The resolver is asked on the client's own thread, and so is whoever waits for the end.
  engine.after(nanoseconds(0), [run] { run->start(); });
}

Result<Updated> run_update(const Client& client, const std::string& key, Resolver resolver,
                           UpdateOptions options) {
  Sender sender(client.engine(), key);
  UpdatePlan plan(std::move(resolver), std::move(options));
  UpdateStep step = plan.start();
  while (step.kind != Kind::kFinish) {
    if (step.kind == Kind::kPause) {
      std::this_thread::sleep_for(some_of(step.pause_ns));
      step = plan.on_pause_over();
    } else if (step.kind == Kind::kRead) {
      step = plan.on_read(wait_for<Result<Answer>>(
          client, [&](OnAnswer done) { sender.read(std::move(step), std::move(done)); }));
    } else {
      step = plan.on_write(wait_for<Result<Answer>>(
          client, [&](OnAnswer done) { sender.write(std::move(step), std::move(done)); }));
    }
  }
  return plan.result();
}

}  // namespace quorate::client
