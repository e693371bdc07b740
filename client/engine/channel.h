// The way to one endpoint: dials when there is something to send, holds what waits for the
// connection, and rests between dials that fail, longer each time. After one that failed, and after
// a connection that fell silent, it takes a probe to be among the first again: a dial on which no
// request waits.
//
// Place:      the engine owns one for each connection that it may have; on the client's own thread.
// Limits:     rests at most kRestMax; what waits here is bounded by the engine's requests_max.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "client/engine/connection.h"
#include "node/base/random.h"

namespace quorate::client {

class Channel {
 public:
  Channel(boost::asio::io_context& io, Endpoint endpoint, const ConnectionOptions& options,
          Random& random);

  // on_connected now, or later one of on_connected and on_not_sent.
  void submit(std::shared_ptr<Exchange> exchange, Slot slot);

  // The last dial failed, or the connection fell silent: others first, until a dial succeeds.
  bool resting() const { return failures_ > 0 && !ready(); }
  // What was sent, or the dial, has brought no answer for a while.
  bool quiet() const;
  // Dials if it has rested. REQUIRES: resting().
  void probe();

  void close(const Error& error);

 private:
  static constexpr std::chrono::milliseconds kRestFirst{25};
  static constexpr std::chrono::milliseconds kRestMax{400};
  static constexpr std::chrono::milliseconds kQuietDial{300};

  bool ready() const { return connection_ && connection_->ready(); }
  void dial();
  void on_ready();
  void on_closed(const Error& error);

  boost::asio::io_context& io_;
  Endpoint endpoint_;
  const ConnectionOptions& options_;
  Random& random_;
  boost::asio::steady_timer timer_;
  std::shared_ptr<Connection> connection_;
  std::vector<std::pair<std::shared_ptr<Exchange>, Slot>> queue_;
  std::uint32_t failures_ = 0;  // dials in a row
  bool dialling_ = false;
  bool dial_set_ = false;  // the timer will dial
  std::chrono::steady_clock::time_point dialled_at_;
  std::chrono::steady_clock::time_point rest_until_;
};

}  // namespace quorate::client
