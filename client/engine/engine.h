// The client's own thread and all that happens on it: calls, connections, deadlines.
//
// Place:      owned by a Client; the library's other parts (admin.cc) reach it through
//             Client::engine().
// Limits:     ClientOptions::requests_max and request_bytes_max in flight.
// Not here:   decisions about one request (call_plan.h), bytes (connection.h).
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

#include "client/answer.h"
#include "client/client.h"
#include "client/engine/call.h"
#include "client/engine/channel.h"
#include "client/engine/retry_budget.h"
#include "node/base/random.h"

namespace quorate::client {

class AdminCall;

// What a node answered to a question about itself.
struct AdminAnswer {
  wire::ToClient message;
  NodeIdentity node;
  std::string endpoint;
  std::int64_t round_trip_ns = 0;
};
using OnAdminAnswer = std::function<void(Result<AdminAnswer>)>;

// An earlier request in doubt that is sent once more, under its own id.
struct Resumed {
  RequestId id;
  std::uint32_t attempts = 0;  // that were sent
  std::chrono::steady_clock::time_point first_sent;
};

class Engine {
 public:
  explicit Engine(ClientOptions options);
  ~Engine();

  // ---- from any thread

  void submit(Verb verb, std::string key, Change change, RequestOptions options, OnAnswer on_answer,
              std::optional<Resumed> resumed = std::nullopt);

  // Runs it on the client's own thread after so long, or when the client closes.
  void after(std::chrono::nanoseconds pause, std::function<void()> then);

  // Asks one endpoint, or without one each in turn until one answers. The question must bear being
  // asked twice.
  void ask(wire::ToNode question, std::optional<std::size_t> endpoint, std::int64_t deadline_ms,
           OnAdminAnswer on_answer);

  const ClientOptions& options() const { return options_; }
  std::size_t endpoint_count() const { return options_.endpoints.size(); }
  const std::string& endpoint_name(std::size_t endpoint) const { return names_[endpoint]; }
  bool on_own_thread() const { return std::this_thread::get_id() == thread_.get_id(); }

  // ---- for calls, on the client's own thread

  // The endpoints, best first: those that answer, in an order of the key's own, then the others.
  std::vector<std::size_t> order(std::string_view bucket, std::string_view key) const;
  Channel& channel(std::size_t endpoint);
  RetryBudget& budget() { return budget_; }
  // The endpoint could not serve a request that another one may be able to: others first, for a
  // moment.
  void avoid(std::size_t endpoint);
  boost::asio::io_context& io() { return io_; }

  // Moves the call's next on_wake from `from` to `to`.
  void move_wake(const Call& call, std::chrono::steady_clock::time_point from,
                 std::chrono::steady_clock::time_point to);
  void on_call_over(const Call& call);
  void on_admin_call_over(const AdminCall& call);

 private:
  using TimePoint = std::chrono::steady_clock::time_point;
  using WakeKey = std::pair<TimePoint, std::uint64_t>;

  void start(const std::shared_ptr<Call>& call);
  void arm();
  void on_timer();
  void close();
  RequestId next_id();

  ClientOptions options_;
  ConnectionOptions connection_options_;
  std::vector<std::string> names_;
  std::vector<std::uint64_t> hashes_;  // of the names, for order()

  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer timer_;
  std::optional<TimePoint> armed_for_;

  Random random_;
  RetryBudget budget_;
  std::vector<std::vector<std::unique_ptr<Channel>>> channels_;  // by endpoint
  std::vector<std::size_t> next_channel_;
  std::vector<TimePoint> avoid_until_;  // by endpoint
  std::map<WakeKey, std::shared_ptr<Call>> calls_;
  std::multimap<TimePoint, std::function<void()>> pauses_;
  std::unordered_set<std::shared_ptr<AdminCall>> admin_calls_;
  std::uint64_t call_number_ = 0;
  bool closing_ = false;

  std::uint64_t id_high_;  // of this client's request ids
  std::atomic<std::uint64_t> id_low_;
  std::atomic<std::size_t> requests_in_flight_{0};
  std::atomic<std::size_t> bytes_in_flight_{0};

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace quorate::client
