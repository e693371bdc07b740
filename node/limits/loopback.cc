#include "node/limits/loopback.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <thread>
#include <vector>

namespace quorate::limits {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kReadBytes = 64u << 10;

// Sends back whatever comes.
class Server {
 public:
  explicit Server(asio::io_context& io) : socket(io), received_(kReadBytes) {}

  void read() {
    socket.async_read_some(asio::buffer(received_), [this](error_code ec, std::size_t bytes) {
      if (ec) return;
      asio::async_write(socket, asio::buffer(received_, bytes),
                        [this](error_code failed, std::size_t) {
                          if (!failed) read();
                        });
    });
  }

  tcp::socket socket;

 private:
  std::vector<char> received_;
};

class Client {
 public:
  Client(asio::io_context& io, std::size_t in_flight, std::size_t bytes, double seconds)
      : socket(io),
        bytes_(bytes),
        seconds_(seconds),
        requests_(in_flight * bytes, 'x'),
        received_(kReadBytes) {}

  void begin() {
    send(requests_.size());
    read();
  }

  Rate rate() const { return rate_; }
  tcp::socket socket;

 private:
  // As many new requests as answers came.
  void send(std::size_t bytes) {
    writing_ = true;
    asio::async_write(socket, asio::buffer(requests_, bytes), [this](error_code ec, std::size_t) {
      writing_ = false;
      if (!ec) go_on();
    });
  }

  void read() {
    socket.async_read_some(asio::buffer(received_), [this](error_code ec, std::size_t bytes) {
      if (ec) return;
      answered_bytes_ += bytes;
      go_on();
      if (socket.is_open()) read();
    });
  }

  void go_on() {
    if (static_cast<double>(watch_.elapsed_ns()) >= seconds_ * 1e9) {
      if (rate_.count == 0) rate_ = watch_.stop(answered_bytes_ / bytes_);
      error_code ignored;
      socket.close(ignored);
      return;
    }
    const std::size_t due = answered_bytes_ / bytes_ * bytes_ - asked_again_bytes_;
    if (writing_ || due == 0) return;
    asked_again_bytes_ += due;
    send(due);
  }

  const std::size_t bytes_;
  const double seconds_;
  const std::string requests_;
  std::vector<char> received_;
  std::size_t answered_bytes_ = 0;
  std::size_t asked_again_bytes_ = 0;
  bool writing_ = false;
  const Stopwatch watch_;
  Rate rate_;
};

}  // namespace

Result<Rate> measure_loopback(std::size_t in_flight, std::size_t bytes, int threads,
                              double seconds) {
  asio::io_context client_io;
  asio::io_context server_io;
  asio::io_context& home = threads == 1 ? client_io : server_io;
  error_code ec;
  tcp::acceptor acceptor(home, {asio::ip::address_v4::loopback(), 0});
  Server server(home);
  Client client(client_io, in_flight, bytes, seconds);
  client.socket.connect(acceptor.local_endpoint(), ec);
  if (!ec) acceptor.accept(server.socket, ec);
  if (ec) return Error{ErrorCode::kIoError, "loopback: " + ec.message()};
  client.socket.set_option(tcp::no_delay(true), ec);
  server.socket.set_option(tcp::no_delay(true), ec);
  server.read();
  client.begin();
  if (threads == 1) {
    client_io.run();
  } else {
    std::thread other([&server_io] { server_io.run(); });
    client_io.run();
    other.join();
  }
  if (client.rate().count == 0) return Error{ErrorCode::kIoError, "loopback: nothing came back"};
  return client.rate();
}

}  // namespace quorate::limits
