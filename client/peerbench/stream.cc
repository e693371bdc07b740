#include "client/peerbench/stream.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "node/base/check.h"

namespace quorate::client::peerbench {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;

constexpr std::size_t kReadBytes = 64u << 10;
constexpr std::chrono::milliseconds kWatchInterval{100};

}  // namespace

Stream::Stream(asio::io_context& io, Endpoint endpoint, std::chrono::milliseconds silence_max)
    : io_(io),
      endpoint_(std::move(endpoint)),
      silence_max_(silence_max),
      socket_(io),
      timer_(io),
      received_(kReadBytes) {}

Result<std::shared_ptr<Stream>> Stream::connect(asio::io_context& io, const Endpoint& endpoint,
                                                std::chrono::milliseconds silence_max) {
  auto stream = std::make_shared<Stream>(io, endpoint, silence_max);
  asio::ip::tcp::resolver resolver(io);
  error_code ec;
  const auto found = resolver.resolve(endpoint.host, std::to_string(endpoint.port), ec);
  if (!ec) asio::connect(stream->socket_, found, ec);
  if (ec) return Error{ErrorCode::kUnreachable, stream->at(ec.message())};
  stream->socket_.set_option(asio::ip::tcp::no_delay(true), ec);
  return stream;
}

std::string Stream::at(const std::string& what) const {
  return endpoint_.to_string() + ": " + what;
}

void Stream::start(Owner& owner) {
  QUORATE_CHECK(owner_ == nullptr);
  owner_ = &owner;
  asio::post(io_, [self = shared_from_this()] {
    self->read();
    self->watch();
    self->write();
  });
}

void Stream::wake() {
  if (write_posted_ || write_running_ || closed_) return;
  write_posted_ = true;
  asio::post(io_, [self = shared_from_this()] {
    self->write_posted_ = false;
    self->write();
  });
}

void Stream::write() {
  if (write_running_ || closed_) return;
  writing_.clear();
  owner_->fill(writing_);
  if (writing_.empty()) return;
  write_running_ = true;
  asio::async_write(
      socket_, asio::buffer(writing_), [self = shared_from_this()](error_code ec, std::size_t) {
        self->write_running_ = false;
        if (ec) {
          self->fail(
              Error{ErrorCode::kUnreachable, self->at("the connection was lost: " + ec.message())});
          return;
        }
        self->write();
      });
}

void Stream::read() {
  socket_.async_read_some(asio::buffer(received_), [self = shared_from_this()](error_code ec,
                                                                               std::size_t bytes) {
    if (self->closed_) return;
    if (ec) {
      self->fail(
          Error{ErrorCode::kUnreachable,
                self->at(ec == asio::error::eof ? "the server closed the connection"
                                                : "the connection was lost: " + ec.message())});
      return;
    }
    self->heard_ = steady_clock::now();
    const Status taken = self->owner_->on_bytes(std::string_view(self->received_.data(), bytes));
    if (!taken) {
      self->fail(Error{taken.error().code, self->at(taken.error().message)});
      return;
    }
    self->read();
  });
}

void Stream::watch() {
  timer_.expires_after(kWatchInterval);
  timer_.async_wait([self = shared_from_this()](error_code ec) {
    if (ec || self->closed_) return;
    const auto now = steady_clock::now();
    const bool awaits = self->owner_->awaits_answers();
    if (!awaits || !self->awaited_) self->heard_ = now;
    self->awaited_ = awaits;
    if (now - self->heard_ >= self->silence_max_) {
      self->fail(
          Error{ErrorCode::kTimeout,
                self->at("no answer for " + std::to_string(self->silence_max_.count()) + " ms")});
      return;
    }
    self->watch();
  });
}

void Stream::fail(Error error) {
  if (closed_) return;
  closed_ = true;
  timer_.cancel();
  error_code ignored;
  socket_.close(ignored);
  owner_->on_closed(error);
}

}  // namespace quorate::client::peerbench
