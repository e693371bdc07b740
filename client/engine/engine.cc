#include "client/engine/engine.h"

#include <signal.h>

#include <algorithm>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "client/engine/admin_call.h"
#include "client/engine/reply_mapping.h"
#include "node/base/hash.h"
#include "node/wire/frame.h"
#include "node/wire/secret.h"

namespace quorate::client {

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

// What frames and fields around key, value and token may take in a request.
constexpr std::size_t kRequestOverheadBytes = 512;

// How long a node on the small side of a cut is asked last; then one request finds out how it is.
constexpr std::chrono::milliseconds kAvoided{500};

Error closed_error() { return Error{ErrorCode::kUnreachable, "the client was closed"}; }

Answer refusal(Outcome outcome, Reason reason, std::string detail) {
  Answer answer;
  answer.outcome = outcome;
  answer.reason = reason;
  answer.detail = std::move(detail);
  return answer;
}

}  // namespace

Engine::Engine(ClientOptions options)
    : options_(std::move(options)),
      work_(asio::make_work_guard(io_)),
      timer_(io_),
      random_(random_u64_from_os()),
      budget_(options_.retries_percent, options_.retries_reserve),
      next_channel_(options_.endpoints.size(), 0),
      avoid_until_(options_.endpoints.size()),
      id_high_(random_u64_from_os()),
      id_low_(random_u64_from_os()) {
  connection_options_ = ConnectionOptions{options_.cluster, options_.name,
                                          options_.connect_timeout_ms, options_.silence_max_ms};
  for (const Endpoint& endpoint : options_.endpoints) {
    names_.push_back(endpoint.to_string());
    hashes_.push_back(hash64(names_.back()));
    channels_.emplace_back();
    for (std::size_t i = 0; i < options_.connections_per_endpoint; ++i) {
      channels_.back().push_back(
          std::make_unique<Channel>(io_, endpoint, connection_options_, random_));
    }
  }
  // Signals are the program's business: its handlers run on threads of its own.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { io_.run(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Engine::~Engine() {
  QUORATE_CHECK_MSG(!on_own_thread(), "a Client must not be destroyed in one of its own callbacks");
  asio::post(io_, [this] { close(); });
  thread_.join();
}

void Engine::close() {
  closing_ = true;  // a callback that asks again is told at once
  while (!calls_.empty()) {
    const std::shared_ptr<Call> call = calls_.begin()->second;
    call->give_up(Reason::kNone, "the client was closed");
  }
  while (!pauses_.empty()) {
    const auto then = std::move(pauses_.begin()->second);
    pauses_.erase(pauses_.begin());
    then();
  }
  while (!admin_calls_.empty()) {
    const std::shared_ptr<AdminCall> call = *admin_calls_.begin();
    call->give_up("the client was closed");
  }
  for (auto& endpoint : channels_) {
    for (auto& channel : endpoint) channel->close(closed_error());
  }
  timer_.cancel();
  work_.reset();
  io_.stop();  // a name look-up that hangs must not hold us up
}

void Engine::submit(Verb verb, std::string key, Change change, RequestOptions options,
                    OnAnswer on_answer, std::optional<Resumed> resumed) {
  const std::size_t bytes = key.size() + change.field.size() + change.value.size() +
                            options.field.size() + options.token.size() + options.bucket.size() +
                            kRequestOverheadBytes;
  if (bytes > kClientMessageBytesMax) {
    asio::dispatch(io_, [on_answer = std::move(on_answer), bytes] {
      on_answer(refusal(Outcome::kInvalid, Reason::kValueTooLarge,
                        "key, value and token together take " + std::to_string(bytes) +
                            " bytes; no request may exceed " +
                            std::to_string(kClientMessageBytesMax)));
    });
    return;
  }
  const std::size_t requests = ++requests_in_flight_;
  const std::size_t total = bytes_in_flight_ += bytes;
  if (requests > options_.requests_max || total > options_.request_bytes_max) {
    --requests_in_flight_;
    bytes_in_flight_ -= bytes;
    asio::dispatch(io_, [on_answer = std::move(on_answer), requests] {
      on_answer(refusal(Outcome::kNotApplied, Reason::kOverloaded,
                        "this client has " + std::to_string(requests - 1) +
                            " requests in flight already; wait for some of them"));
    });
    return;
  }
  const std::int64_t deadline_ms =
      options.deadline_ms > 0 ? options.deadline_ms : options_.deadline_ms;
  wire::ToNode message;
  request_into_wire(verb, resumed ? resumed->id : next_id(), std::move(key), std::move(change),
                    std::move(options), message);
  // From the client's own thread this runs at once: a callback that asks on costs no turn of the
  // loop.
  asio::dispatch(io_, [this, message = std::move(message), deadline_ms, bytes, resumed,
                       on_answer = std::move(on_answer)]() mutable {
    if (closing_) {
      --requests_in_flight_;
      bytes_in_flight_ -= bytes;
      on_answer(closed_error());
      return;
    }
    auto call = std::make_shared<Call>(*this, std::move(message), deadline_ms * 1'000'000,
                                       std::move(on_answer));
    call->bytes = bytes;
    if (resumed) call->resume(resumed->attempts, resumed->first_sent);
    start(call);
  });
}

void Engine::after(std::chrono::nanoseconds pause, std::function<void()> then) {
  asio::dispatch(io_, [this, pause, then = std::move(then)]() mutable {
    if (closing_) {
      then();
      return;
    }
    pauses_.emplace(steady_clock::now() + pause, std::move(then));
    arm();
  });
}

// A random 128-bit name: one half drawn for this client, the other one stepped from a random start,
// so that two clients meet only if both halves do.
RequestId Engine::next_id() {
  std::uint64_t low = id_low_.fetch_add(0x9e3779b97f4a7c15u, std::memory_order_relaxed);
  return RequestId{id_high_, low};
}

void Engine::start(const std::shared_ptr<Call>& call) {
  budget_.on_request();
  for (const auto& endpoint : channels_) {
    for (const auto& channel : endpoint) {
      if (channel->resting()) channel->probe();
    }
  }
  call->number = ++call_number_;
  calls_.emplace(WakeKey{call->wake_at(), call->number}, call);
  call->start();
  arm();
}

void Engine::move_wake(const Call& call, TimePoint from, TimePoint to) {
  auto entry = calls_.extract(WakeKey{from, call.number});
  QUORATE_CHECK(!entry.empty());
  entry.key().first = to;
  calls_.insert(std::move(entry));
  arm();
}

void Engine::on_call_over(const Call& call) {
  const auto found = calls_.find(WakeKey{call.wake_at(), call.number});
  QUORATE_CHECK(found != calls_.end());
  --requests_in_flight_;
  bytes_in_flight_ -= call.bytes;
  calls_.erase(found);  // whoever called the call holds it until it returns
}

void Engine::arm() {
  if (calls_.empty() && pauses_.empty()) return;
  const TimePoint next = std::min(calls_.empty() ? TimePoint::max() : calls_.begin()->first.first,
                                  pauses_.empty() ? TimePoint::max() : pauses_.begin()->first);
  if (armed_for_ && *armed_for_ <= next) return;
  armed_for_ = next;
  timer_.expires_at(next);
  timer_.async_wait([this](boost::system::error_code ec) {
    if (!ec) on_timer();
  });
}

void Engine::on_timer() {
  armed_for_.reset();
  const TimePoint now = steady_clock::now();
  while (!calls_.empty() && calls_.begin()->first.first <= now) {
    const std::shared_ptr<Call> call = calls_.begin()->second;
    call->on_wake(now);
  }
  while (!pauses_.empty() && pauses_.begin()->first <= now) {
    const auto then = std::move(pauses_.begin()->second);
    pauses_.erase(pauses_.begin());
    then();
  }
  arm();
}

std::vector<std::size_t> Engine::order(std::string_view bucket, std::string_view key) const {
  struct Rank {
    int trouble;
    std::uint64_t
        weight;  // rendezvous: the order differs from key to key, and is the same each time
    std::size_t endpoint;
  };
  std::vector<Rank> ranks;
  ranks.reserve(hashes_.size());
  const std::uint64_t key_hash = hash64(key, hash64(bucket));
  const TimePoint now = steady_clock::now();
  for (std::size_t i = 0; i < hashes_.size(); ++i) {
    int trouble = avoid_until_[i] > now ? 1 : 0;
    for (const auto& channel : channels_[i]) {
      trouble = std::max(trouble, channel->resting() ? 2 : channel->quiet() ? 1 : 0);
    }
    std::uint64_t weight = (key_hash ^ hashes_[i]) * 0x9e3779b97f4a7c15u;
    weight ^= weight >> 32;
    weight *= 0xd6e8feb86659fd93u;
    ranks.push_back(Rank{trouble, weight ^ (weight >> 32), i});
  }
  std::sort(ranks.begin(), ranks.end(), [](const Rank& a, const Rank& b) {
    return a.trouble != b.trouble ? a.trouble < b.trouble : a.weight > b.weight;
  });
  std::vector<std::size_t> order;
  order.reserve(ranks.size());
  for (const Rank& rank : ranks) order.push_back(rank.endpoint);
  return order;
}

void Engine::avoid(std::size_t endpoint) {
  avoid_until_[endpoint] = steady_clock::now() + kAvoided;
}

Channel& Engine::channel(std::size_t endpoint) {
  auto& channels = channels_[endpoint];
  std::size_t& next = next_channel_[endpoint];
  next = (next + 1) % channels.size();
  return *channels[next];
}

void Engine::ask(wire::ToNode question, std::optional<std::size_t> endpoint,
                 std::int64_t deadline_ms, OnAdminAnswer on_answer) {
  asio::dispatch(io_, [this, question = std::move(question), endpoint, deadline_ms,
                       on_answer = std::move(on_answer)]() mutable {
    if (closing_) {
      on_answer(closed_error());
      return;
    }
    std::vector<std::size_t> endpoints;
    if (endpoint) {
      endpoints.push_back(*endpoint);
    } else {
      endpoints = order("", "");
    }
    auto call = std::make_shared<AdminCall>(*this, std::move(question), std::move(endpoints),
                                            deadline_ms > 0 ? deadline_ms : options_.deadline_ms,
                                            std::move(on_answer));
    admin_calls_.insert(call);
    call->start();
  });
}

void Engine::on_admin_call_over(const AdminCall& call) {
  const auto found = std::find_if(admin_calls_.begin(), admin_calls_.end(),
                                  [&](const auto& other) { return other.get() == &call; });
  QUORATE_CHECK(found != admin_calls_.end());
  admin_calls_.erase(found);
}

}  // namespace quorate::client
