// A server in this process that says what a test has it say, in pieces as small as it likes.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "client/endpoint.h"

namespace quorate::client::peerbench {

class FakeServer {
 public:
  struct Session {
    virtual ~Session() = default;
    // What to answer; nothing: close the connection.
    virtual std::optional<std::string> on_bytes(std::string_view bytes) = 0;
  };
  using Make = std::function<std::unique_ptr<Session>()>;

  // `piece`: at most so many bytes in one write.
  explicit FakeServer(Make make, std::size_t piece = 1u << 20)
      : make_(std::move(make)),
        piece_(piece),
        acceptor_(io_, {boost::asio::ip::address_v4::loopback(), 0}) {
    accept();
    thread_ = std::thread([this] { io_.run(); });
  }
  ~FakeServer() {
    io_.stop();
    thread_.join();
  }

  Endpoint endpoint() const { return {"127.0.0.1", acceptor_.local_endpoint().port()}; }

 private:
  using Socket = boost::asio::ip::tcp::socket;

  struct Connection {
    explicit Connection(Socket connected) : socket(std::move(connected)) {}
    Socket socket;
    std::unique_ptr<Session> session;
    char received[4096];
  };

  void accept() {
    acceptor_.async_accept([this](boost::system::error_code ec, Socket socket) {
      if (ec) return;
      socket.set_option(boost::asio::ip::tcp::no_delay(true));
      auto connection = std::make_shared<Connection>(std::move(socket));
      connection->session = make_();
      read(connection);
      accept();
    });
  }

  void read(const std::shared_ptr<Connection>& connection) {
    connection->socket.async_read_some(
        boost::asio::buffer(connection->received),
        [this, connection](boost::system::error_code ec, std::size_t bytes) {
          if (ec) return;
          const auto answer = connection->session->on_bytes({connection->received, bytes});
          if (!answer) {
            connection->socket.close(ec);
            return;
          }
          for (std::size_t at = 0; at < answer->size() && !ec; at += piece_) {
            boost::asio::write(connection->socket,
                               boost::asio::buffer(std::string_view(*answer).substr(at, piece_)),
                               ec);
          }
          read(connection);
        });
  }

  const Make make_;
  const std::size_t piece_;
  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::thread thread_;
};

}  // namespace quorate::client::peerbench
