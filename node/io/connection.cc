#include "node/io/connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace quorate {
namespace {

constexpr std::int64_t kNsPerMillisecond = 1'000'000;
constexpr std::size_t kReadGrowth = 4;
constexpr std::int64_t kBytesPerExtraSecond = 64 << 10;

Error gone(std::string why) { return Error{ErrorCode::kUnreachable, std::move(why)}; }

}  // namespace

Connection::Connection(Loop& loop, Counters& counters, const IoOptions& options, Socket socket,
                       std::size_t message_bytes_max, std::shared_ptr<std::int64_t> queued_total)
    : loop_(loop),
      counters_(counters),
      options_(options),
      socket_(std::move(socket)),
      reader_(message_bytes_max),
      queued_total_(std::move(queued_total)),
      read_hint_(static_cast<std::size_t>(options.read_bytes)) {}

Connection::~Connection() {
  out_.clear();
  account();
}

void Connection::start(ConnectionHandler& handler) {
  handler_ = &handler;
  start_read();
}

void Connection::appended() {
  out_.appended();
  if (closed_) out_.clear();
  account();
  if (dirty_ || closed_) return;
  dirty_ = true;
  loop_.flush_soon(shared_from_this());
}

void Connection::send(std::string_view payload) {
  append_frames(payload, out());
  appended();
}

void Connection::account() {
  if (queued_total_ == nullptr) return;
  *queued_total_ += static_cast<std::int64_t>(out_.size());
  *queued_total_ -= static_cast<std::int64_t>(queued_counted_);
  queued_counted_ = out_.size();
}

// ---------------------------------------------------------------- reading

void Connection::start_read() {
  if (reading_ || closed_) return;
  reading_ = true;
  char* const at = reader_.prepare(read_hint_);
  socket_.async_read_some(
      boost::asio::buffer(at, reader_.capacity()),
      [self = shared_from_this()](const boost::system::error_code& error, std::size_t bytes) {
        self->on_read(error, bytes);
      });
}

void Connection::on_read(const boost::system::error_code& error, std::size_t bytes) {
  reading_ = false;
  if (closed_) return;
  if (error) {
    if (finishing_) {
      close();
    } else {
      fail(gone(error == boost::asio::error::eof ? "closed by the other side" : error.message()));
    }
    return;
  }
  counters_.add(IoCounter::kBytesIn, bytes);
  if (finishing_) {  // what comes after the end is read, so that our last bytes are not reset away
    start_read();
    return;
  }
  if (bytes >= read_hint_) {
    read_hint_ =
        std::min(2 * read_hint_, kReadGrowth * static_cast<std::size_t>(options_.read_bytes));
  } else if (bytes < read_hint_ / 8) {
    read_hint_ = std::max(read_hint_ / 2, static_cast<std::size_t>(options_.read_bytes));
  }
  reader_.commit(bytes);
  partial_bytes_ += static_cast<std::int64_t>(bytes);
  give_messages();
  if (!paused_ || finishing_) start_read();
}

void Connection::give_messages() {
  bool some = false;
  while (handler_ != nullptr && !paused_) {
    if (!change_reader()) return;
    Result<std::optional<std::string_view>> message = reader_.next();
    if (!message) {
      fail(message.error());
      return;
    }
    if (!*message) break;
    some = true;
    handler_->on_message(**message);
  }
  if (!reader_.partial() || paused_) {
    partial_since_ns_ = 0;
  } else if (some || partial_since_ns_ == 0) {
    partial_since_ns_ = loop_.now_ns();
    partial_bytes_ = 0;
  }
}

// False when that ended the connection.
bool Connection::change_reader() {
  if (!next_message_bytes_max_) return true;
  if (reader_.partial()) {
    fail(invalid_input("sent more before its handshake was answered"));
    return false;
  }
  reader_ = FrameReader(*next_message_bytes_max_);
  next_message_bytes_max_.reset();
  return true;
}

void Connection::resume() {
  if (!paused_ || resuming_) return;
  resuming_ = true;
  // Not from here: the caller may be in the middle of an input of the core.
  boost::asio::post(loop_.context(), [self = shared_from_this()] {
    self->resuming_ = false;
    if (!self->paused_) return;
    self->paused_ = false;
    // While a read is under way nothing whole is buffered, and the buffer belongs to the read.
    if (self->reading_ || self->closed_) return;
    self->give_messages();
    if (!self->paused_) self->start_read();
  });
}

// ---------------------------------------------------------------- writing

void Connection::on_turn_end() {
  dirty_ = false;
  write_some();
}

void Connection::write_some() {
  while (!closed_ && !waiting_to_write_ && !out_.empty()) {
    iovec buffers[OutQueue::kBuffersMax];
    msghdr message{};
    message.msg_iov = buffers;
    message.msg_iovlen = static_cast<std::size_t>(out_.buffers(buffers));
    const ssize_t sent = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) {
        wait_to_write();
        return;
      }
      fail(gone(std::strerror(errno)));
      return;
    }
    counters_.add(IoCounter::kWrites);
    counters_.add(IoCounter::kBytesOut, static_cast<std::uint64_t>(sent));
    out_.consume(static_cast<std::size_t>(sent));
    account();
    stalled_since_ns_ = 0;
  }
  if (!closed_ && out_.empty()) on_write_drained();
}

void Connection::wait_to_write() {
  waiting_to_write_ = true;
  if (stalled_since_ns_ == 0) stalled_since_ns_ = loop_.now_ns();
  socket_.async_wait(Socket::wait_write,
                     [self = shared_from_this()](const boost::system::error_code& error) {
                       self->waiting_to_write_ = false;
                       if (!error) self->write_some();
                     });
}

void Connection::on_write_drained() {
  if (finishing_) {
    boost::system::error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
  } else if (paused_ && handler_ != nullptr) {
    handler_->on_drained();
  }
}

// ---------------------------------------------------------------- the end

void Connection::fail(const Error& why) {
  if (finishing_) {
    close();
    return;
  }
  if (handler_ == nullptr) return;
  ConnectionHandler* const handler = handler_;
  handler_ = nullptr;
  handler->on_failed(why);
}

void Connection::close() {
  handler_ = nullptr;
  if (closed_) return;
  closed_ = true;
  if (linger_) linger_->cancel();
  boost::system::error_code ignored;
  socket_.close(ignored);
  out_.clear();
  account();
}

void Connection::finish() {
  handler_ = nullptr;
  if (closed_ || finishing_) return;
  finishing_ = true;
  linger_.emplace(loop_.context());
  linger_->expires_after(std::chrono::milliseconds(options_.linger_max_ms));
  linger_->async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error) self->close();
  });
  if (!dirty_) {
    dirty_ = true;
    loop_.flush_soon(shared_from_this());
  }
  // Not from here: a handler may still look at its message.
  boost::asio::post(loop_.context(), [self = shared_from_this()] { self->start_read(); });
}

void Connection::check(std::int64_t now_ns) {
  if (partial_since_ns_ != 0) {
    const std::int64_t allowed_ns =
        options_.frame_max_ms * kNsPerMillisecond +
        partial_bytes_ * (1000 * kNsPerMillisecond / kBytesPerExtraSecond);
    if (now_ns - partial_since_ns_ > allowed_ns) {
      fail(Error{ErrorCode::kTimeout, "a message did not arrive within " +
                                          std::to_string(options_.frame_max_ms) + " ms"});
      return;
    }
  }
  if (stalled_since_ns_ != 0 &&
      now_ns - stalled_since_ns_ > options_.write_stall_max_ms * kNsPerMillisecond) {
    fail(gone("took none of the bytes that were sent to it for " +
              std::to_string(options_.write_stall_max_ms) + " ms"));
  }
}

void set_tcp_options(Connection::Socket& socket, std::int64_t user_timeout_ms) {
  const int fd = socket.native_handle();
  const auto set = [fd](int level, int name, int value) {
    // A socket that has already been reset refuses; the next read tells.
    static_cast<void>(::setsockopt(fd, level, name, &value, sizeof value));
  };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 5);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 2);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(user_timeout_ms));
}

}  // namespace quorate
