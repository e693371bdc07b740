#include "tests/integration/load.h"

#include <utility>

#include "node/base/check.h"
#include "tests/integration/eventually.h"

namespace quorate::integration {
namespace {

constexpr std::size_t kKeysPerWorker = 12;
constexpr std::size_t kPileEvery = 3;       // keys 0, 3, 6...
constexpr std::size_t kPileWritesMax = 40;  // then another pile: siblings have a bound
constexpr std::uint64_t kReadEvery = 4;

std::vector<std::string> texts(const std::vector<ReadValue>& values) {
  std::vector<std::string> result;
  result.reserve(values.size());
  for (const ReadValue& value : values) {
    result.emplace_back(value.value.view());
  }
  return result;
}

}  // namespace

struct Load::Worker {
  struct Key {
    std::string name;
    bool pile = false;
    std::size_t writes = 0;
    std::string token;               // of the last answer
    std::vector<std::string> knows;  // the values that the token stands for
  };

  int number = 0;
  client::Client client;
  std::vector<Key> keys;
  std::uint64_t step = 0;
  std::uint64_t piles = 0;
};

Load::Load(LoadOptions options, History& history)
    : options_(std::move(options)), history_(history) {
  for (int number = 0; number < options_.workers; ++number) {
    client::ClientOptions client_options;
    client_options.endpoints = options_.endpoints;
    client_options.deadline_ms = options_.deadline_ms;
    auto made = client::Client::create(client_options);
    QUORATE_CHECK_MSG(made.has_value(), "the load's client options are wrong");
    auto worker = std::make_unique<Worker>(Worker{number, std::move(made).value(), {}, 0, 0});
    for (std::size_t index = 0; index < kKeysPerWorker; ++index) {
      Worker::Key key;
      key.pile = index % kPileEvery == 0;
      key.name = (options_.keys.empty() ? options_.name : options_.keys) + "/" +
                 std::to_string(number) + "/" + (key.pile ? "pile" : "key") + std::to_string(index);
      worker->keys.push_back(std::move(key));
    }
    workers_.push_back(std::move(worker));
  }
  for (const auto& worker : workers_) {
    threads_.emplace_back([this, &worker] { run(*worker); });
  }
}

Load::~Load() { stop(); }

void Load::stop() {
  stopping_.store(true);
  for (std::thread& thread : threads_) {
    if (thread.joinable()) {
      thread.join();
    }
  }
}

bool Load::await_acknowledged(std::uint64_t more, std::chrono::seconds at_most) {
  const std::uint64_t wanted = acknowledged() + more;
  return eventually(at_most, [this, wanted] { return acknowledged() >= wanted; });
}

void Load::run(Worker& worker) {
  while (!stopping_.load()) {
    ++worker.step;
    const std::size_t key_index = worker.step % worker.keys.size();
    if (worker.step / worker.keys.size() % kReadEvery == kReadEvery - 1) {
      read(worker, key_index);
    } else {
      write(worker, key_index);
    }
  }
}

void Load::write(Worker& worker, std::size_t key_index) {
  Worker::Key& key = worker.keys[key_index];
  if (key.pile && key.writes == kPileWritesMax) {
    key.name += "+" + std::to_string(++worker.piles);
    key.writes = 0;
  }
  std::string value =
      options_.name + "-" + std::to_string(worker.number) + "-" + std::to_string(worker.step) + "-";
  value.resize(std::max(value.size(), options_.value_bytes), 'x');
  ++key.writes;

  client::RequestOptions request;
  request.w = options_.w;
  // Without a token a write would replace whatever its coordinator knows, and nobody here knows
  // what that is.
  request.context_none = key.pile || key.token.empty();
  if (!request.context_none) {
    request.token = key.token;
  }
  history_.began(key.name, value, key.pile ? std::vector<std::string>{} : key.knows);
  const auto answer = worker.client.put(key.name, value, request);

  const Outcome outcome = answer ? answer->outcome : Outcome::kNotApplied;
  const std::uint32_t attempts = answer ? answer->attempts : 1;
  switch (outcome) {
    case Outcome::kOk:
      history_.ended(key.name, value, Fate::kAcknowledged, attempts);
      if (!key.pile) {
        key.token = answer->token;
        key.knows = {value};
      }
      ++acknowledged_;
      return;
    case Outcome::kUnknown:
      history_.ended(key.name, value, Fate::kUnknown, attempts);
      ++unknown_;
      return;
    case Outcome::kNotApplied:
      history_.ended(key.name, value, Fate::kNotApplied);
      ++not_applied_;
      return;
    case Outcome::kNotFound:
    case Outcome::kInvalid:
      history_.ended(key.name, value, Fate::kNotApplied);
      complain("a put was answered '" + std::string(outcome_name(outcome)) +
               "': " + answer->detail);
      return;
  }
}

void Load::read(Worker& worker, std::size_t key_index) {
  Worker::Key& key = worker.keys[key_index];
  client::RequestOptions request;
  request.r = options_.r;
  const auto answer = worker.client.get(key.name, request);
  ++reads_;
  if (!answer || (answer->outcome != Outcome::kOk && answer->outcome != Outcome::kNotFound)) {
    return;  // no quorum just now
  }
  std::vector<std::string> values = texts(answer->values);
  if (options_.judge_reads) {
    if (auto wrong = history_.judge(key.name, values)) {
      complain("read in the middle: " + *wrong);
    }
  }
  if (!key.pile && !answer->token.empty() && !values.empty()) {
    key.token = answer->token;
    key.knows = std::move(values);
  }
}

void Load::complain(std::string what) {
  const std::lock_guard lock(mutex_);
  if (complaints_.size() < 20) {
    complaints_.push_back(std::move(what));
  }
}

std::vector<std::string> Load::complaints() const {
  const std::lock_guard lock(mutex_);
  return complaints_;
}

std::string Load::summary() const {
  return options_.name + ": " + std::to_string(acknowledged_.load()) + " acknowledged, " +
         std::to_string(unknown_.load()) + " unknown, " + std::to_string(not_applied_.load()) +
         " not applied, " + std::to_string(reads_.load()) + " reads";
}

}  // namespace quorate::integration
