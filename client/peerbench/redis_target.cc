#include "client/peerbench/redis_target.h"

#include <chrono>
#include <utility>

namespace quorate::client::peerbench {

Result<std::unique_ptr<RedisTarget>> RedisTarget::create(const Endpoint& primary,
                                                         std::size_t connections,
                                                         std::int64_t deadline_ms) {
  std::unique_ptr<RedisTarget> target(new RedisTarget());  // NOLINT: the constructor is private
  // Above WAIT's own limit: a WAIT that ends in vain is told as such, and not as silence.
  const std::chrono::milliseconds silence_max(deadline_ms + 500);
  for (std::size_t i = 0; i < connections; ++i) {
    auto stream = Stream::connect(target->loop_.io(), primary, silence_max);
    if (!stream) return stream.error();
    target->connections_.push_back(
        std::make_unique<RedisConnection>(std::move(*stream), deadline_ms, target->idle_));
  }
  target->loop_.start();
  return target;
}

RedisTarget::~RedisTarget() { loop_.stop(); }

void RedisTarget::get(std::string key, OnAnswer on_answer) {
  connections_[next_++ % connections_.size()]->get(key, std::move(on_answer));
}

void RedisTarget::put(std::string key, std::string value, std::string, OnAnswer on_answer) {
  RedisConnection* connection = nullptr;
  if (idle_.empty()) {
    connection = connections_[next_++ % connections_.size()].get();
  } else {
    connection = idle_.back();
    idle_.pop_back();
  }
  connection->set(key, value, std::move(on_answer));
}

void RedisTarget::change(std::string, Change, OnAnswer on_answer) {
  on_answer(Error{ErrorCode::kNotSupported, "Redis is measured with gets and puts only"});
}

}  // namespace quorate::client::peerbench
