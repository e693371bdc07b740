#include "node/io/loop.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <chrono>

namespace quorate {

void Loop::run() {
  const auto work = boost::asio::make_work_guard(context_);
  context_.run();
}

void Loop::post(std::function<void()> task) { boost::asio::post(context_, std::move(task)); }

std::int64_t Loop::now_ns() const {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void Loop::touch() {
  touched_ = true;
  if (end_posted_) return;
  end_posted_ = true;
  // Behind everything that is ready now: that is what makes a turn.
  boost::asio::post(context_, [this] { end_turn(); });
}

void Loop::flush_soon(std::shared_ptr<TurnEnd> what) {
  dirty_.push_back(std::move(what));
  touch();
}

void Loop::end_turn() {
  do {
    touched_ = false;
    if (hooks_.before_flush) hooks_.before_flush();
    flushing_.swap(dirty_);
    for (const std::shared_ptr<TurnEnd>& what : flushing_) what->on_turn_end();
    flushing_.clear();
  } while (touched_);
  if (hooks_.after_flush) hooks_.after_flush();
  end_posted_ = false;
}

}  // namespace quorate
