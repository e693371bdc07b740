// One request of a program, from its first attempt to its answer: does what its CallPlan decides.
//
// Place:      owned by the engine while it runs; on the client's own thread.
// Invariants: the program's callback is called exactly once.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "client/answer.h"
#include "client/engine/call_plan.h"
#include "client/engine/exchange.h"
#include "node/wire/quorate.pb.h"

namespace quorate::client {

class Engine;

class Call final : public Exchange, public std::enable_shared_from_this<Call> {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // `message` holds the request; attempt, age and deadline are filled in for each attempt.
  Call(Engine& engine, wire::ToNode message, std::int64_t deadline_ns, OnAnswer on_answer);

  // It is one more call about a request that earlier ones have sent already. Before start().
  void resume(std::uint32_t attempts, TimePoint first_sent);

  void start();
  void on_wake(TimePoint now);
  void give_up(Reason reason, std::string why);

  // When on_wake is next due, and this call's name among those of the engine.
  TimePoint wake_at() const { return wake_at_; }
  std::uint64_t number = 0;
  std::size_t bytes = 0;  // charged to the engine

  void on_connected(Slot slot, Connection& connection) override;
  void on_not_sent(Slot slot, const Error& error) override;
  void on_answer(Slot slot, wire::ToClient& answer) override;
  void on_lost(Slot slot, const Error& error, bool sent) override;

 private:
  struct Attempt {
    std::size_t endpoint = 0;
    bool open = true;
    bool sent = false;
    std::weak_ptr<Connection> connection;
    std::uint64_t tag = 0;
  };

  void perform(Step step);
  void begin(std::size_t endpoint);
  void finish();
  void sleep_until(TimePoint when);
  bool late(TimePoint now) const;

  Engine& engine_;
  wire::ToNode message_;
  OnAnswer on_answer_;
  CallPlan plan_;
  TimePoint started_;
  TimePoint deadline_;
  TimePoint wake_at_;
  std::chrono::nanoseconds patience_;
  std::vector<Attempt> attempts_;
  std::uint32_t sent_ = 0;
  TimePoint first_sent_;
  bool pausing_ = false;
  TimePoint pause_until_;
  bool patient_ = false;  // the newest attempt still has its time
  TimePoint patience_until_;
  bool finished_ = false;
  std::size_t last_endpoint_ = 0;
};

}  // namespace quorate::client
