// One question to a node about itself (status, ring, ping...), asked at one endpoint or at each in
// turn.
//
// Place:      owned by the engine while it runs; on the client's own thread.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <vector>

#include "client/engine/engine.h"
#include "client/engine/exchange.h"

namespace quorate::client {

class AdminCall final : public Exchange, public std::enable_shared_from_this<AdminCall> {
 public:
  AdminCall(Engine& engine, wire::ToNode question, std::vector<std::size_t> endpoints,
            std::int64_t deadline_ms, OnAdminAnswer on_answer);

  void start();
  void give_up(const std::string& why);

  void on_connected(Slot slot, Connection& connection) override;
  void on_not_sent(Slot slot, const Error& error) override;
  void on_answer(Slot slot, wire::ToClient& answer) override;
  void on_lost(Slot slot, const Error& error, bool sent) override;

 private:
  void ask_next(const Error& error);
  void finish(Result<AdminAnswer> result);

  Engine& engine_;
  wire::ToNode question_;
  std::vector<std::size_t> endpoints_;
  Slot at_ = 0;  // which of the endpoints is being asked
  std::int64_t deadline_ms_;
  OnAdminAnswer on_answer_;
  boost::asio::steady_timer timer_;
  std::weak_ptr<Connection> connection_;
  std::uint64_t tag_ = 0;
  NodeIdentity node_;
  std::chrono::steady_clock::time_point sent_at_;
  std::string faults_;
  ErrorCode fault_code_ = ErrorCode::kUnreachable;
  bool finished_ = false;
};

}  // namespace quorate::client
