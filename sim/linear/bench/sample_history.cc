#include "sim/linear/bench/sample_history.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "node/base/check.h"

namespace quorate::sim::linear {
namespace {

constexpr std::uint64_t kThinkTime = 100;
constexpr std::uint64_t kWorkTime = 1000;
constexpr std::uint64_t kSlowness = 50;

class Sampler {
 public:
  Sampler(Random& random, const SampleOptions& options)
      : random_(random), options_(options), recorder_(options.model), held_(options.keys) {
    const ValueId initial = default_initial(options.model, recorder_.values());
    for (auto& values : held_) values.push_back(initial);
  }

  History draw();

 private:
  enum class Phase { kInvoke, kEffect, kEnd };
  struct Client {
    std::int64_t process = 0;
    std::uint32_t key = 0;
    Call call = Call::kRead;
    ValueId value = kNilValue;
    ValueId target = kNilValue;
    Outcome outcome = Outcome::kOk;
  };
  // Of equal times, the one that was planned first comes first.
  using Event = std::tuple<std::uint64_t, std::uint64_t, std::size_t, Phase>;

  bool percent(std::uint32_t parts) { return random_.chance(parts, 100); }
  void plan(std::uint64_t time, std::size_t client, Phase phase) {
    events_.emplace(time, planned_++, client, phase);
  }
  ValueId key_name(std::uint32_t key);
  ValueId new_value();
  void choose(Client& client);
  void invoke(std::uint64_t now, std::size_t index);
  void take_effect(Client& client);
  void end(std::uint64_t now, std::size_t index);

  Random& random_;
  const SampleOptions& options_;
  Recorder recorder_;
  std::vector<std::vector<ValueId>> held_;  // by each key, the newest last
  std::vector<Client> clients_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::uint64_t planned_ = 0;
  std::uint32_t invoked_ = 0;
  std::int64_t processes_ = 0;
  std::uint64_t written_ = 0;
};

ValueId Sampler::key_name(std::uint32_t key) {
  if (options_.model == Model::kKeyValue) return recorder_.values().string(std::to_string(key));
  return options_.keys == 1 ? kNilValue : recorder_.values().integer(key);
}

ValueId Sampler::new_value() {
  const std::uint64_t number =
      options_.values == 0 ? ++written_ : random_.below(options_.values) + 1;
  if (options_.model != Model::kKeyValue) {
    return recorder_.values().integer(static_cast<std::int64_t>(number));
  }
  return recorder_.values().string("x " + std::to_string(number) + " y");
}

void Sampler::choose(Client& client) {
  client.key = static_cast<std::uint32_t>(random_.below(options_.keys));
  const std::uint64_t drawn = random_.below(100);
  client.value = client.target = kNilValue;
  if (drawn < options_.reads) {
    client.call = Call::kRead;
    return;
  }
  client.value = new_value();
  if (drawn >= options_.reads + options_.changes) {
    client.call = Call::kWrite;
  } else if (options_.model == Model::kKeyValue) {
    client.call = Call::kAppend;
  } else {
    client.call = Call::kCas;
    client.target = new_value();
    // Half of them can succeed.
    if (percent(50)) client.value = held_[client.key].back();
  }
}

void Sampler::invoke(std::uint64_t now, std::size_t index) {
  if (invoked_ == options_.operations) return;
  ++invoked_;
  Client& client = clients_[index];
  choose(client);
  client.outcome = percent(options_.open)   ? Outcome::kOpen
                   : percent(options_.fail) ? Outcome::kFail
                                            : Outcome::kOk;
  QUORATE_CHECK(recorder_.invoke({.process = client.process,
                                  .key = key_name(client.key),
                                  .call = client.call,
                                  .value = client.value,
                                  .target = client.target}) == Recorder::Problem::kNone);
  const std::uint64_t work = kWorkTime * (percent(options_.slow) ? kSlowness : 1);
  plan(now + 1 + random_.below(work), index, Phase::kEffect);
}

void Sampler::take_effect(Client& client) {
  std::vector<ValueId>& held = held_[client.key];
  Values& values = recorder_.values();
  switch (client.call) {
    case Call::kRead: {
      std::size_t age = 0;
      if (random_.chance(options_.stale, 10'000)) age = 1 + random_.below(options_.stale_writes);
      client.value = held[held.size() - 1 - std::min(age, held.size() - 1)];
      break;
    }
    case Call::kWrite:
      held.push_back(client.value);
      break;
    case Call::kCas:
      if (held.back() == client.value) {
        held.push_back(client.target);
      } else if (client.outcome == Outcome::kOk) {
        client.outcome = Outcome::kFail;
      }
      break;
    case Call::kAppend:
      held.push_back(values.string(std::string(values.text(held.back())) +
                                   std::string(values.text(client.value))));
      break;
  }
}

void Sampler::end(std::uint64_t now, std::size_t index) {
  Client& client = clients_[index];
  if (client.outcome == Outcome::kOpen) {
    // The client gives up; another one comes in its place. In half of the cases nobody ever hears.
    if (percent(50)) {
      QUORATE_CHECK(recorder_.end({.process = client.process, .outcome = Outcome::kOpen}) ==
                    Recorder::Problem::kNone);
    }
    client.process = processes_++;
  } else {
    QUORATE_CHECK(recorder_.end({.process = client.process,
                                 .outcome = client.outcome,
                                 .value = client.value}) == Recorder::Problem::kNone);
  }
  plan(now + 1 + random_.below(kThinkTime), index, Phase::kInvoke);
}

History Sampler::draw() {
  for (std::size_t index = 0; index < options_.clients; ++index) {
    clients_.push_back({.process = processes_++});
    plan(random_.below(kWorkTime), index, Phase::kInvoke);
  }
  // What open operations do after their clients gave up runs as clients of its own.
  while (!events_.empty()) {
    const auto [now, order, index, phase] = events_.top();
    events_.pop();
    if (index >= options_.clients) {
      take_effect(clients_[index]);
      continue;
    }
    switch (phase) {
      case Phase::kInvoke:
        invoke(now, index);
        break;
      case Phase::kEffect:
        if (clients_[index].outcome == Outcome::kOk) take_effect(clients_[index]);
        if (clients_[index].outcome == Outcome::kOpen && percent(50)) {
          const Client later = clients_[index];
          clients_.push_back(later);
          plan(now + random_.below(kWorkTime * kSlowness), clients_.size() - 1, Phase::kEffect);
        }
        plan(now + 1 + random_.below(kWorkTime), index, Phase::kEnd);
        break;
      case Phase::kEnd:
        end(now, index);
        break;
    }
  }
  return std::move(recorder_).finish();
}

}  // namespace

History sample_history(Random& random, const SampleOptions& options) {
  return Sampler(random, options).draw();
}

}  // namespace quorate::sim::linear
