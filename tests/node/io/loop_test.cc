#include "node/io/loop.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace quorate {
namespace {

class Recorder final : public TurnEnd, public std::enable_shared_from_this<Recorder> {
 public:
  explicit Recorder(std::vector<std::string>& events) : events_(events) {}
  void on_turn_end() override { events_.emplace_back("flush"); }

 private:
  std::vector<std::string>& events_;
};

class LoopTest : public ::testing::Test {
 protected:
  LoopTest() {
    loop_.set_turn_hooks(
        {[this] { events_.emplace_back("before"); }, [this] { events_.emplace_back("after"); }});
  }
  // Everything that has been posted, and what follows from it.
  void run() {
    loop_.context().restart();
    loop_.context().run();
  }

  Loop loop_;
  std::vector<std::string> events_;
};

TEST_F(LoopTest, OneTurnEndsOnceForAllThatWasReadyInIt) {
  for (int i = 0; i < 3; ++i) {
    loop_.post([this] {
      events_.emplace_back("work");
      loop_.touch();
    });
  }
  run();
  EXPECT_EQ(events_, (std::vector<std::string>{"work", "work", "work", "before", "after"}));
}

TEST_F(LoopTest, WritesLeaveBetweenWhatBecameDurableAndTheNextSync) {
  loop_.post([this] { loop_.flush_soon(std::make_shared<Recorder>(events_)); });
  run();
  EXPECT_EQ(events_, (std::vector<std::string>{"before", "flush", "after"}));
}

TEST_F(LoopTest, WhatTheEndOfATurnBringsForthEndsInTheSameTurn) {
  int rounds = 0;
  loop_.set_turn_hooks({[&] {
                          events_.emplace_back("before");
                          if (++rounds == 1) {
                            loop_.flush_soon(std::make_shared<Recorder>(events_));
                          } else if (rounds == 2) {
                            loop_.touch();
                          }
                        },
                        [this] { events_.emplace_back("after"); }});
  loop_.post([this] { loop_.touch(); });
  run();
  EXPECT_EQ(events_, (std::vector<std::string>{"before", "flush", "before", "before", "after"}));
}

TEST_F(LoopTest, StopsOnRequestOfAnotherThread) {
  std::thread other([this] { loop_.post([this] { loop_.stop(); }); });
  loop_.run();
  other.join();
}

}  // namespace
}  // namespace quorate
