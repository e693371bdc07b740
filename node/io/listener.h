// A listening socket that outlives a shortage of file descriptors.
//
// Place:      the client server and the peer server own one each.
// Limits:     without a descriptor to accept with, it gives one up that it keeps in reserve, turns
//             the waiting connection away, and rests for a moment: it never spins
//             (tests/node/io/node_limits_test.cc).
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "node/base/status.h"
#include "node/io/counters.h"
#include "node/io/loop.h"

namespace quorate {

class Listener {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using Accepted = std::function<void(Socket socket, const std::string& address)>;

  // Binds and listens; port 0 takes any. Errors: kInUse when somebody listens there already,
  // kIoError otherwise; both name the address.
  static Result<std::unique_ptr<Listener>> open(Loop& loop, Counters& counters,
                                                const boost::asio::ip::address& address,
                                                std::uint16_t port);
  ~Listener();

  // Begins to accept. `accepted` gets the other side's address without its port.
  void start(Accepted accepted);
  void stop();

  std::uint16_t port() const { return port_; }
  std::string endpoint() const;  // "127.0.0.1:7101"

 private:
  Listener(Loop& loop, Counters& counters);
  void accept();
  void on_accepted(const boost::system::error_code& error, Socket socket);
  void turn_one_away();
  void rest();

  Loop& loop_;
  Counters& counters_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer rest_;
  Accepted accepted_;
  std::uint16_t port_ = 0;
  int reserve_fd_ = -1;
  std::int64_t silent_until_ns_ = 0;  // of the log
};

// All addresses of a host, as the system knows them. Errors: kUnreachable.
Result<std::vector<boost::asio::ip::address>> resolve_host(Loop& loop, const std::string& host);

}  // namespace quorate
