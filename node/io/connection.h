// One TCP connection that carries frames: reads them, gives them to its handler, writes what it is
// told.
//
// Place:      a client session, a peer link and an accepted peer each own one; all on the loop's
//             thread. It lives on by itself after finish() until its last bytes are out.
// Invariants: (1) the handler is never called from within a call of its own (send, close, resume);
//             (2) on_failed is the last call it ever gets, and comes at most once; (3) after
//             close() or finish() it gets none.
// Limits:     what comes in: one message of message_bytes_max. What goes out: the owner looks at
//             out_bytes(). A message must be complete within frame_max_ms, and a reader must take
//             something within write_stall_max_ms: check() tells.
// Not here:   what a message means; who may connect.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "node/base/status.h"
#include "node/io/counters.h"
#include "node/io/io_options.h"
#include "node/io/loop.h"
#include "node/io/out_queue.h"
#include "node/wire/frame.h"

namespace quorate {

class ConnectionHandler {
 public:
  // One whole message; the view ends with the call.
  virtual void on_message(std::string_view message) = 0;

  // The connection is of no more use. kUnreachable: the other side is gone; anything else may still
  // be told to it before finish().
  virtual void on_failed(const Error& why) = 0;

  // Nothing waits to be written any more, and reading is paused.
  virtual void on_drained() {}

 protected:
  ~ConnectionHandler() = default;
};

class Connection final : public TurnEnd, public std::enable_shared_from_this<Connection> {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  // `queued_total`, if any, is kept at the sum of out_bytes() over all connections that share it.
  Connection(Loop& loop, Counters& counters, const IoOptions& options, Socket socket,
             std::size_t message_bytes_max, std::shared_ptr<std::int64_t> queued_total = nullptr);
  ~Connection();

  // Begins to read.
  void start(ConnectionHandler& handler);

  // Where to append frames; then call appended(). They leave at the end of the turn.
  std::string& out() { return out_.tail(); }
  void appended();
  // The payload as a frame.
  void send(std::string_view payload);
  std::size_t out_bytes() const { return out_.size(); }

  // Stops and goes on giving messages to the handler; nothing more is read from the socket
  // meanwhile.
  void pause() { paused_ = true; }
  void resume();
  bool paused() const { return paused_; }

  // From the next message on. An error of the other side if it has already sent a part of that.
  void set_message_bytes_max(std::size_t bytes) { next_message_bytes_max_ = bytes; }

  // In the middle of a message.
  bool partial() const { return reader_.partial(); }

  // Ends it now; what is queued is lost.
  void close();

  // Writes what is queued, ends the stream, and waits a moment for the other side to have read it.
  void finish();

  // Looks at the deadlines. Call every now and then.
  void check(std::int64_t now_ns);

  void on_turn_end() override;

 private:
  void start_read();
  void on_read(const boost::system::error_code& error, std::size_t bytes);
  void give_messages();
  bool change_reader();
  void write_some();
  void wait_to_write();
  void on_write_drained();
  void fail(const Error& why);
  void account();

  Loop& loop_;
  Counters& counters_;
  const IoOptions& options_;
  Socket socket_;
  FrameReader reader_;
  OutQueue out_;
  ConnectionHandler* handler_ = nullptr;  // null before start, and after the end
  const std::shared_ptr<std::int64_t> queued_total_;
  std::size_t queued_counted_ = 0;
  std::size_t read_hint_;
  std::optional<std::size_t> next_message_bytes_max_;
  std::optional<boost::asio::steady_timer> linger_;
  std::int64_t partial_since_ns_ = 0;  // 0: not in the middle of a message
  std::int64_t partial_bytes_ = 0;
  std::int64_t stalled_since_ns_ = 0;  // 0: the other side takes what it is sent
  bool reading_ = false;
  bool paused_ = false;
  bool resuming_ = false;
  bool dirty_ = false;
  bool waiting_to_write_ = false;
  bool finishing_ = false;
  bool closed_ = false;
};

// No delay, keep-alive, and an end of the connection when sent bytes stay unacknowledged for so
// long.
void set_tcp_options(Connection::Socket& socket, std::int64_t user_timeout_ms);

}  // namespace quorate
