// One connection to one node: handshake, then requests pipelined by tag, answers in any order.
//
// Place:      made by a Channel, on the client's own thread, which all its methods need.
// Invariants: every Exchange that was sent hears exactly one of on_answer and on_lost, unless it
//             was forgotten.
// Limits:     connect_timeout for TCP and handshake together; silence_max without a byte while
//             requests wait (pings go out meanwhile). What is queued is bounded by the engine's
//             request_bytes_max; an answer by kReplyMessageBytesMax. Frames of one turn of the loop
//             leave in one write.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "client/endpoint.h"
#include "client/engine/exchange.h"
#include "node/base/status.h"
#include "node/causality/dot.h"
#include "node/wire/frame.h"

namespace quorate::wire {
class ToNode;
}

namespace quorate::client {

struct ConnectionOptions {
  std::string cluster;
  std::string name;
  std::int64_t connect_timeout_ms = 0;
  std::int64_t silence_max_ms = 0;
};

// Who is at the other end, as its Welcome said.
struct NodeIdentity {
  std::string cluster;
  NodeId node = 0;
  RunId run = 0;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using OnReady = std::function<void()>;
  using OnClosed = std::function<void(const Error&)>;

  Connection(boost::asio::io_context& io, Endpoint endpoint, const ConnectionOptions& options);

  // Calls one of the two; on_closed also later, when a ready connection ends by itself.
  void open(OnReady on_ready, OnClosed on_closed);

  // REQUIRES: ready. Takes the message's tag over.
  std::uint64_t send(wire::ToNode& message, std::shared_ptr<Exchange> exchange, Slot slot);

  // The exchange wants no answer any more. True if its request may have left this process.
  bool forget(std::uint64_t tag);

  // Ends it without a word to on_closed; exchanges hear on_lost.
  void close(const Error& error);

  bool ready() const { return state_ == State::kReady; }
  std::size_t waiting() const { return waiting_.size(); }
  // Nothing has come for a while though it was asked: better not to add more.
  bool quiet() const { return quiet_; }
  // It was given up because of that: who is called next may well not answer either.
  bool fell_silent() const { return fell_silent_; }
  const NodeIdentity& identity() const { return identity_; }

 private:
  enum class State { kIdle, kConnecting, kGreeting, kReady, kClosed };
  using TimePoint = std::chrono::steady_clock::time_point;

  struct Waiting {
    std::shared_ptr<Exchange> exchange;
    Slot slot = 0;
    std::uint64_t offset = 0;  // of its first byte in all that was queued on this connection
  };

  void resolve();
  void connect(const boost::asio::ip::tcp::resolver::results_type& addresses);
  void greet();
  void flush();
  void write();
  void read();
  bool take_messages();
  bool on_message(std::string_view bytes);
  bool on_welcome(std::string_view bytes);
  void watch();
  void on_watch();
  void ping();
  void fail(Error error);
  std::string at(const std::string& what) const;

  boost::asio::io_context& io_;
  Endpoint endpoint_;
  const ConnectionOptions& options_;
  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  State state_ = State::kIdle;
  OnReady on_ready_;
  OnClosed on_closed_;
  NodeIdentity identity_;

  FrameReader reader_;
  std::string queued_;
  std::string writing_;
  std::uint64_t queued_to_ = 0;   // bytes ever queued
  std::uint64_t written_to_ = 0;  // bytes ever handed to the kernel, or being so now
  bool flush_posted_ = false;
  bool write_running_ = false;

  std::unordered_map<std::uint64_t, Waiting> waiting_;
  std::uint64_t next_tag_ = 1;
  std::uint64_t ping_tag_ = 0;  // 0: none is out
  bool watching_ = false;
  bool quiet_ = false;
  bool fell_silent_ = false;
  TimePoint heard_;
};

}  // namespace quorate::client
