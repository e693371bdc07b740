#include "client/engine/connection.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <utility>

#include "node/base/check.h"
#include "node/wire/parse.h"
#include "node/wire/quorate.pb.h"

namespace quorate::client {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kReadBytes = 64u << 10;
constexpr std::size_t kBufferKeptBytes = 1u << 20;
constexpr milliseconds kWatchInterval{100};
constexpr milliseconds kPingAfter{300};

ErrorCode error_code_from_wire(std::uint32_t code) {
  return code <= static_cast<std::uint32_t>(ErrorCode::kNotSupported) ? static_cast<ErrorCode>(code)
                                                                      : ErrorCode::kIncompatible;
}

void append_framed(const google::protobuf::MessageLite& message, std::string& out) {
  const std::size_t start = begin_frames(out);
  message.AppendToString(&out);
  end_frames(out, start);
}

}  // namespace

Connection::Connection(asio::io_context& io, Endpoint endpoint, const ConnectionOptions& options)
    : io_(io),
      endpoint_(std::move(endpoint)),
      options_(options),
      resolver_(io),
      socket_(io),
      timer_(io),
      reader_(kReplyMessageBytesMax) {}

std::string Connection::at(const std::string& what) const {
  return endpoint_.to_string() + ": " + what;
}

void Connection::open(OnReady on_ready, OnClosed on_closed) {
  QUORATE_CHECK(state_ == State::kIdle);
  on_ready_ = std::move(on_ready);
  on_closed_ = std::move(on_closed);
  state_ = State::kConnecting;
  timer_.expires_after(milliseconds(options_.connect_timeout_ms));
  timer_.async_wait([self = shared_from_this()](error_code ec) {
    if (ec || self->state_ == State::kReady || self->state_ == State::kClosed) return;
    const bool greeting = self->state_ == State::kGreeting;
    self->fail(
        Error{ErrorCode::kUnreachable,
              self->at(std::string(greeting ? "connected, but no greeting" : "no connection") +
                       " within " + std::to_string(self->options_.connect_timeout_ms) + " ms")});
  });
  resolve();
}

void Connection::resolve() {
  error_code not_numeric;
  const auto address = asio::ip::make_address(endpoint_.host, not_numeric);
  if (!not_numeric) {
    const asio::ip::tcp::endpoint to(address, endpoint_.port);
    connect(asio::ip::tcp::resolver::results_type::create(to, endpoint_.host, ""));
    return;
  }
  resolver_.async_resolve(
      endpoint_.host, std::to_string(endpoint_.port),
      [self = shared_from_this()](error_code ec,
                                  const asio::ip::tcp::resolver::results_type& found) {
        if (self->state_ != State::kConnecting) return;
        if (ec) {
          self->fail(Error{ErrorCode::kUnreachable,
                           self->at("the host name cannot be resolved: " + ec.message())});
          return;
        }
        self->connect(found);
      });
}

void Connection::connect(const asio::ip::tcp::resolver::results_type& addresses) {
  asio::async_connect(socket_, addresses,
                      [self = shared_from_this()](error_code ec, const asio::ip::tcp::endpoint&) {
                        if (self->state_ != State::kConnecting) return;
                        if (ec) {
                          std::string why = ec.message();
                          std::transform(
                              why.begin(), why.begin() + 1, why.begin(),
                              [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
                          self->fail(Error{ErrorCode::kUnreachable, self->at(why)});
                          return;
                        }
                        self->greet();
                      });
}

void Connection::greet() {
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  state_ = State::kGreeting;
  wire::Hello hello;
  hello.set_protocol_version(kProtocolVersion);
  hello.set_cluster(options_.cluster);
  hello.set_client(options_.name);
  append_framed(hello, queued_);
  queued_to_ = queued_.size();
  write();
  read();
}

std::uint64_t Connection::send(wire::ToNode& message, std::shared_ptr<Exchange> exchange,
                               Slot slot) {
  QUORATE_CHECK(ready());
  const std::uint64_t tag = next_tag_++;
  message.set_tag(tag);
  const std::uint64_t offset = queued_to_;
  const std::size_t before = queued_.size();
  append_framed(message, queued_);
  queued_to_ += queued_.size() - before;
  if (waiting_.empty() && ping_tag_ == 0) {
    heard_ = steady_clock::now();
    quiet_ = false;
  }
  waiting_.emplace(tag, Waiting{std::move(exchange), slot, offset});
  flush();
  watch();
  return tag;
}

bool Connection::forget(std::uint64_t tag) {
  const auto found = waiting_.find(tag);
  if (found == waiting_.end()) return false;
  const bool sent = found->second.offset < written_to_;
  waiting_.erase(found);
  return sent;
}

// Everything that is queued in one turn of the loop leaves in one write.
void Connection::flush() {
  if (flush_posted_ || write_running_) return;
  flush_posted_ = true;
  asio::post(io_, [self = shared_from_this()] {
    self->flush_posted_ = false;
    self->write();
  });
}

void Connection::write() {
  if (write_running_ || queued_.empty() || state_ == State::kClosed) return;
  write_running_ = true;
  writing_.swap(queued_);
  written_to_ = queued_to_;
  asio::async_write(
      socket_, asio::buffer(writing_), [self = shared_from_this()](error_code ec, std::size_t) {
        self->write_running_ = false;
        self->writing_.clear();
        if (self->writing_.capacity() > kBufferKeptBytes) self->writing_.shrink_to_fit();
        if (self->state_ == State::kClosed) return;
        if (ec) {
          self->fail(
              Error{ErrorCode::kUnreachable, self->at("the connection was lost: " + ec.message())});
          return;
        }
        self->write();
      });
}

void Connection::read() {
  char* const to = reader_.prepare(kReadBytes);
  socket_.async_read_some(
      asio::buffer(to, reader_.capacity()),
      [self = shared_from_this()](error_code ec, std::size_t bytes) {
        if (self->state_ == State::kClosed) return;
        if (ec) {
          self->fail(
              Error{ErrorCode::kUnreachable,
                    self->at(ec == asio::error::eof ? "the node closed the connection"
                                                    : "the connection was lost: " + ec.message())});
          return;
        }
        self->reader_.commit(bytes);
        self->heard_ = steady_clock::now();
        self->quiet_ = false;
        if (self->take_messages()) self->read();
      });
}

// False when the connection has ended.
bool Connection::take_messages() {
  while (true) {
    const auto message = reader_.next();
    if (!message) {
      fail(Error{ErrorCode::kIncompatible,
                 at("what answers there does not speak this protocol, or the stream is damaged (" +
                    message.error().message + ")")});
      return false;
    }
    if (!message->has_value()) return true;
    const bool goes_on = state_ == State::kGreeting ? on_welcome(**message) : on_message(**message);
    if (!goes_on || state_ == State::kClosed) return false;
  }
}

bool Connection::on_welcome(std::string_view bytes) {
  wire::ToClient message;
  const bool parsed = parse_message(bytes, message).has_value();
  const wire::Welcome& welcome = message.welcome();
  if (parsed && message.has_welcome() && welcome.node() >= 1 && welcome.node() <= 65535 &&
      welcome.protocol_version() == kProtocolVersion) {
    if (!options_.cluster.empty() && welcome.cluster() != options_.cluster) {
      fail(Error{ErrorCode::kIncompatible, at("a node of cluster \"" + welcome.cluster() +
                                              "\", not of \"" + options_.cluster + "\"")});
      return false;
    }
    identity_ = NodeIdentity{welcome.cluster(), static_cast<NodeId>(welcome.node()), welcome.run()};
    state_ = State::kReady;
    timer_.cancel();
    // A callback may close this connection and drop the callbacks with it.
    const OnReady on_ready = on_ready_;
    if (on_ready) on_ready();
    return state_ == State::kReady;
  }
  if (parsed && message.has_error()) {
    fail(Error{error_code_from_wire(message.error().code()), at(message.error().message())});
    return false;
  }
  fail(Error{ErrorCode::kIncompatible, at("what answers there does not speak this protocol")});
  return false;
}

bool Connection::on_message(std::string_view bytes) {
  wire::ToClient message;
  const Status parsed = parse_message(bytes, message);
  if (!parsed) {
    fail(
        Error{ErrorCode::kIncompatible, at("an answer cannot be read: " + parsed.error().message)});
    return false;
  }
  if (message.tag() == 0) {
    fail(message.has_error()
             ? Error{error_code_from_wire(message.error().code()), at(message.error().message())}
             : Error{ErrorCode::kIncompatible, at("an answer belongs to no request")});
    return false;
  }
  if (message.tag() == ping_tag_) {
    ping_tag_ = 0;
    return true;
  }
  const auto found = waiting_.find(message.tag());
  if (found == waiting_.end()) return true;  // forgotten meanwhile
  const Waiting waiting = std::move(found->second);
  waiting_.erase(found);
  waiting.exchange->on_answer(waiting.slot, message);
  return true;
}

// While requests wait: looks every so often whether anything comes at all, and asks for a sign of
// life. Once it has asked it goes on until one comes, or it gives up, also when nobody waits any
// more: else those who wait for a silent node leave, it looks well again, and the next ones come.
void Connection::watch() {
  if (watching_) return;
  watching_ = true;
  timer_.expires_after(kWatchInterval);
  timer_.async_wait([self = shared_from_this()](error_code ec) {
    self->watching_ = false;
    if (!ec && self->ready()) self->on_watch();
  });
}

void Connection::on_watch() {
  if (waiting_.empty() && ping_tag_ == 0) {
    quiet_ = false;
    return;
  }
  const auto silent = steady_clock::now() - heard_;
  if (silent >= milliseconds(options_.silence_max_ms)) {
    fell_silent_ = true;
    fail(Error{ErrorCode::kUnreachable, at("connected, but not a sign of life for " +
                                           std::to_string(options_.silence_max_ms) + " ms")});
    return;
  }
  quiet_ = silent >= kPingAfter;
  if (quiet_ && ping_tag_ == 0) ping();
  watch();
}

void Connection::ping() {
  wire::ToNode message;
  ping_tag_ = next_tag_++;
  message.set_tag(ping_tag_);
  message.mutable_ping();
  const std::size_t before = queued_.size();
  append_framed(message, queued_);
  queued_to_ += queued_.size() - before;
  flush();
}

void Connection::close(const Error& error) {
  on_closed_ = nullptr;
  fail(error);
}

void Connection::fail(Error error) {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  const auto self = shared_from_this();  // the callbacks below may drop the last other reference
  resolver_.cancel();
  timer_.cancel();
  error_code ignored;
  socket_.close(ignored);
  on_ready_ = nullptr;
  const OnClosed on_closed = std::move(on_closed_);
  on_closed_ = nullptr;
  const auto waiting = std::move(waiting_);
  waiting_.clear();
  if (on_closed) on_closed(error);
  for (const auto& entry : waiting) {
    entry.second.exchange->on_lost(entry.second.slot, error, entry.second.offset < written_to_);
  }
}

}  // namespace quorate::client
