// The node's one thread: an event loop that works in turns, so that what one turn produced for one
// connection leaves in one write.
//
// Place:      owned by Node; run() is called once, by main's thread, and everything but post() and
//             stop() belongs to that thread.
// Invariants: (1) whoever calls touch() or flush_soon() during a turn is served at the end of that
//             turn, after all handlers that were ready with it; (2) at the end of a turn first the
//             core hears of what became durable, then connections write, then what was applied is
//             written and synced: a peer's copy is under way before our own sync begins.
// Not here:   the core (node_environment.h), sockets (connection.h).
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace quorate {

// Something with output to write at the end of a turn.
class TurnEnd {
 public:
  virtual void on_turn_end() = 0;

 protected:
  ~TurnEnd() = default;
};

class Loop {
 public:
  Loop() : context_(1) {}
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  boost::asio::io_context& context() { return context_; }

  // Until stop().
  void run();

  // From any thread.
  void stop() { context_.stop(); }
  void post(std::function<void()> task);

  // Of a clock that never goes back.
  std::int64_t now_ns() const;

  // Asks for the end of this turn to be held.
  void touch();
  void flush_soon(std::shared_ptr<TurnEnd> what);

  struct TurnHooks {
    std::function<void()> before_flush;
    std::function<void()> after_flush;
  };
  void set_turn_hooks(TurnHooks hooks) { hooks_ = std::move(hooks); }

 private:
  void end_turn();

  boost::asio::io_context context_;
  TurnHooks hooks_;
  std::vector<std::shared_ptr<TurnEnd>> dirty_;
  std::vector<std::shared_ptr<TurnEnd>> flushing_;
  bool end_posted_ = false;
  bool touched_ = false;  // since the end of this turn began
};

}  // namespace quorate
