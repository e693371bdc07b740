#include "client/engine/channel.h"

#include <algorithm>

namespace quorate::client {

using std::chrono::steady_clock;

Channel::Channel(boost::asio::io_context& io, Endpoint endpoint, const ConnectionOptions& options,
                 Random& random)
    : io_(io), endpoint_(std::move(endpoint)), options_(options), random_(random), timer_(io) {}

void Channel::submit(std::shared_ptr<Exchange> exchange, Slot slot) {
  if (ready()) {
    exchange->on_connected(slot, *connection_);
    return;
  }
  queue_.emplace_back(std::move(exchange), slot);
  if (dialling_ || dial_set_) return;
  if (steady_clock::now() >= rest_until_) {
    dial();
    return;
  }
  dial_set_ = true;
  timer_.expires_at(rest_until_);
  timer_.async_wait([this](boost::system::error_code ec) {
    if (ec) return;  // closed: this object may be gone
    dial_set_ = false;
    dial();
  });
}

bool Channel::quiet() const {
  if (ready()) return connection_->quiet();
  return dialling_ && steady_clock::now() - dialled_at_ >= kQuietDial;
}

void Channel::probe() {
  if (dialling_ || dial_set_ || steady_clock::now() < rest_until_) return;
  dial();
}

void Channel::dial() {
  dialling_ = true;
  dialled_at_ = steady_clock::now();
  connection_ = std::make_shared<Connection>(io_, endpoint_, options_);
  connection_->open([this] { on_ready(); }, [this](const Error& error) { on_closed(error); });
}

void Channel::on_ready() {
  dialling_ = false;
  failures_ = 0;
  const auto queue = std::move(queue_);
  queue_.clear();
  for (const auto& [exchange, slot] : queue) {
    // One of those before may have ended the connection.
    if (ready()) {
      exchange->on_connected(slot, *connection_);
    } else {
      submit(exchange, slot);
    }
  }
}

// A dial that failed, or a connection that stood and ended; after the latter the next request dials
// at once, unless it fell silent: a paused node's kernel takes every dial, and nobody greets.
void Channel::on_closed(const Error& error) {
  const bool fell_silent = connection_->fell_silent();
  connection_.reset();
  if (!dialling_ && !fell_silent) return;
  dialling_ = false;
  auto rest = std::min(kRestMax, kRestFirst * (1 << std::min<std::uint32_t>(failures_, 6)));
  // Spread over half as much again, so that many clients do not come back at once.
  rest += std::chrono::milliseconds(random_.between(0, rest.count() / 2));
  ++failures_;
  rest_until_ = steady_clock::now() + rest;
  const auto queue = std::move(queue_);
  queue_.clear();
  for (const auto& [exchange, slot] : queue) exchange->on_not_sent(slot, error);
}

void Channel::close(const Error& error) {
  timer_.cancel();
  if (connection_) connection_->close(error);
  connection_.reset();
  const auto queue = std::move(queue_);
  queue_.clear();
  for (const auto& [exchange, slot] : queue) exchange->on_not_sent(slot, error);
}

}  // namespace quorate::client
