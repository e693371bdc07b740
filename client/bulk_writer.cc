#include "client/bulk_writer.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <unordered_set>
#include <utility>
#include <vector>

#include "node/base/check.h"

namespace quorate::client {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

struct Item {
  std::uint64_t tag = 0;
  std::string key;
  std::string value;
  std::uint32_t tries = 0;

  std::size_t bytes() const { return key.size() + value.size(); }
};

struct Finished {
  Item item;
  Result<Answer> answer;
};

bool passing(const Result<Answer>& answer) {
  if (!answer) return answer.error().code == ErrorCode::kUnreachable;
  if (answer->outcome != Outcome::kNotApplied) return false;
  switch (answer->reason) {
    case Reason::kQuorumUnreachable:
    case Reason::kDeadline:
    case Reason::kOverloaded:
    case Reason::kNoSpace:
    case Reason::kStoreFailed:
    case Reason::kClockSkew:
    case Reason::kStopping:
    case Reason::kNone:
      return true;
    case Reason::kTokenNotCovered:
    case Reason::kTooManySiblings:
    case Reason::kRecordTooLarge:
    case Reason::kRetryTooOld:
    case Reason::kTokenExpired:
    case Reason::kUnknownBucket:
    case Reason::kKeyEmpty:
    case Reason::kKeyTooLarge:
    case Reason::kValueTooLarge:
    case Reason::kQuorumImpossible:
    case Reason::kNotSupported:
    case Reason::kBadContext:
    case Reason::kWrongType:
    case Reason::kContextBehind:
    case Reason::kNumberTooLarge:
    case Reason::kRetryUnsure:
      return false;
  }
  return false;
}

}  // namespace

struct BulkWriter::State : std::enable_shared_from_this<State> {
  State(Client& owner, BulkOptions bounds, OnDone done)
      : client(owner), options(std::move(bounds)), on_done(std::move(done)) {}

  void send(Item item) {
    ++item.tries;
    std::string key = item.key;
    std::string value = item.value;
    // A callback owns its item until the answer is here; std::function wants it copyable.
    auto kept = std::make_shared<Item>(std::move(item));
    client.put(std::move(key), std::move(value), options.request,
               [self = shared_from_this(), kept](Result<Answer> answer) {
                 const std::lock_guard lock(self->mutex);
                 self->finished.push_back({std::move(*kept), std::move(answer)});
                 if (self->finished.size() == 1) self->changed.notify_one();
               });
  }

  // Reports and retries what has come back, then waits for more until `enough` holds.
  template <typename Enough>
  void pump(const Enough& enough) {
    while (true) {
      std::vector<Finished> batch;
      {
        const std::lock_guard lock(mutex);
        batch.swap(finished);
      }
      for (Finished& one : batch) take(std::move(one));
      const auto now = steady_clock::now();
      while (!resting.empty() && (resting.begin()->first <= now)) {
        Item item = std::move(resting.begin()->second.item);
        resting.erase(resting.begin());
        send(std::move(item));
      }
      if (enough()) return;
      std::unique_lock lock(mutex);
      const auto something = [this] { return !finished.empty(); };
      if (resting.empty()) {
        changed.wait(lock, something);
      } else {
        changed.wait_until(lock, resting.begin()->first, something);
      }
    }
  }

  void take(Finished one) {
    if (!stopping && one.item.tries < options.tries_max && passing(one.answer)) {
      const milliseconds pause(std::min<std::int64_t>(
          options.pause_max_ms, options.pause_first_ms << std::min(one.item.tries - 1, 10u)));
      resting.emplace(steady_clock::now() + pause, std::move(one));
      return;
    }
    report(one);
  }

  void report(const Finished& one) {
    --open;
    open_bytes -= one.item.bytes();
    keys.erase(one.item.key);
    on_done(one.item.tag, one.item.key, one.answer);
  }

  Client& client;
  const BulkOptions options;
  const OnDone on_done;
  std::size_t open = 0;  // not reported yet
  std::size_t open_bytes = 0;
  std::unordered_set<std::string> keys;  // of what is open
  bool stopping = false;
  std::multimap<steady_clock::time_point, Finished> resting;  // until their next try

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Finished> finished;
};

BulkWriter::BulkWriter(Client& client, BulkOptions options, OnDone on_done)
    : state_(std::make_shared<State>(client, std::move(options), std::move(on_done))) {}

BulkWriter::~BulkWriter() { QUORATE_CHECK_MSG(state_->open == 0, "drain() first"); }

void BulkWriter::put(std::uint64_t tag, std::string key, std::string value) {
  State& state = *state_;
  Item item{tag, std::move(key), std::move(value), 0};
  const std::size_t bytes = item.bytes();
  state.pump([&] {
    return state.open == 0 || (state.open < state.options.window_requests &&
                               state.open_bytes + bytes <= state.options.window_bytes &&
                               state.keys.count(item.key) == 0);
  });
  ++state.open;
  state.keys.insert(item.key);
  state.open_bytes += bytes;
  state.send(std::move(item));
}

void BulkWriter::drain() {
  State& state = *state_;
  state.pump([&] { return state.open == 0; });
}

void BulkWriter::stop() {
  State& state = *state_;
  state.stopping = true;
  for (const auto& entry : state.resting) state.report(entry.second);
  state.resting.clear();
  drain();
}

}  // namespace quorate::client
