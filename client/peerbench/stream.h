// One TCP connection to a peer: bytes in as they come, bytes out in one write for each turn of the
// loop.
//
// Place:      of a RedisConnection or a GrpcChannel; everything on the loop's thread, but for
//             connect(), which comes before the loop runs.
// Invariants: on_closed is called at most once, and nothing after it.
// Limits:     silence_max without a byte while answers are awaited.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/endpoint.h"
#include "node/base/status.h"

namespace quorate::client::peerbench {

class Stream : public std::enable_shared_from_this<Stream> {
 public:
  struct Owner {
    virtual ~Owner() = default;
    // Appends what is to be written now; asked again when that has left.
    virtual void fill(std::string& out) = 0;
    // Errors end the connection.
    virtual Status on_bytes(std::string_view bytes) = 0;
    virtual void on_closed(const Error& error) = 0;
    virtual bool awaits_answers() const = 0;
  };

  // Waits until it is connected. Errors: kUnreachable.
  static Result<std::shared_ptr<Stream>> connect(boost::asio::io_context& io,
                                                 const Endpoint& endpoint,
                                                 std::chrono::milliseconds silence_max);

  Stream(boost::asio::io_context& io, Endpoint endpoint, std::chrono::milliseconds silence_max);

  // `owner` outlives the loop's run.
  void start(Owner& owner);

  // There is something to write: `fill` is asked at the end of this turn of the loop.
  void wake();

  bool closed() const { return closed_; }
  const Endpoint& endpoint() const { return endpoint_; }

 private:
  void write();
  void read();
  void watch();
  void fail(Error error);
  std::string at(const std::string& what) const;

  boost::asio::io_context& io_;
  const Endpoint endpoint_;
  const std::chrono::milliseconds silence_max_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  Owner* owner_ = nullptr;
  std::string writing_;
  std::vector<char> received_;
  bool write_posted_ = false;
  bool write_running_ = false;
  bool closed_ = false;
  bool awaited_ = false;  // at the last look
  std::chrono::steady_clock::time_point heard_;
};

}  // namespace quorate::client::peerbench
