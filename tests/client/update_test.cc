// Client::update and Session::update against nodes that a test scripts.
#include "client/update.h"

#include <gtest/gtest.h>

#include <future>
#include <mutex>
#include <thread>

#include "client/client.h"
#include "client/session.h"
#include "tests/client/fake_node.h"

namespace quorate::client {
namespace {

using Link = FakeNode::LinkPtr;

Client make_client(const FakeNode& node, std::int64_t deadline_ms = 2'000) {
  ClientOptions options;
  options.endpoints = {node.endpoint()};
  options.deadline_ms = deadline_ms;
  auto client = Client::create(std::move(options));
  QUORATE_CHECK(client.has_value());
  return std::move(*client);
}

// One key on one node: siblings, each with the number of the write that it came of. A token says up
// to which write its holder has seen.
class OneKey {
 public:
  wire::ToClient answer(const wire::ToNode& question) {
    const std::lock_guard lock(mutex_);
    const wire::ClientRequest& request = question.request();
    wire::ToClient message = ok_reply(question);
    wire::ClientReply& reply = *message.mutable_reply();
    if (request.verb() == static_cast<std::uint32_t>(Verb::kGet)) {
      reply.clear_run();
      reply.clear_counter();
      for (const auto& [number, value] : values_) {
        wire::ReadValue& read = *reply.add_values();
        read.set_value(value);
        read.set_run(1);
        read.set_counter(number);
        read.set_timestamp(number);
      }
      if (values_.empty()) reply.set_outcome(static_cast<std::uint32_t>(Outcome::kNotFound));
    } else {
      const std::uint64_t seen = request.token().empty() ? writes_ : std::stoull(request.token());
      if (!ids_.emplace(request.id_high(), request.id_low()).second) {
        ++repeated_;
      } else {
        std::erase_if(values_, [&](const auto& entry) { return entry.first <= seen; });
        ++writes_;
        if (request.verb() == static_cast<std::uint32_t>(Verb::kPut)) {
          values_.emplace(writes_, request.value());
        }
      }
      reply.set_counter(writes_);
    }
    reply.set_token(std::to_string(writes_));
    return message;
  }

  // A write that knew nothing of the others.
  void slip_in(const std::string& value) {
    const std::lock_guard lock(mutex_);
    values_.emplace(++writes_, value);
  }

  std::vector<std::string> values() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> list;
    for (const auto& [number, value] : values_) list.push_back(value);
    return list;
  }
  std::uint64_t repeated() const {
    const std::lock_guard lock(mutex_);
    return repeated_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::uint64_t, std::string> values_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> ids_;
  std::uint64_t writes_ = 0;
  std::uint64_t repeated_ = 0;
};

// Every letter of every sibling once, in order, and one more.
Resolver letters_and(char letter) {
  return [letter](const std::vector<ReadValue>& siblings) -> Result<Resolution> {
    std::set<char> all{letter};
    for (const ReadValue& one : siblings) {
      all.insert(one.value.view().begin(), one.value.view().end());
    }
    return Resolution::write(std::string(all.begin(), all.end()));
  };
}

bool is_write(const wire::ToNode& request) {
  return request.request().verb() != static_cast<std::uint32_t>(Verb::kGet);
}

TEST(Update, WhatCameInBetweenIsResolvedInTheNextTry) {
  OneKey key;
  bool slipped = false;
  FakeNode node([&](const Link& link, const wire::ToNode& request) {
    if (is_write(request) && !slipped) {
      slipped = true;
      key.slip_in("z");
    }
    link->send(key.answer(request));
  });
  Client client = make_client(node);
  const auto updated = client.update("k", letters_and('a'));
  ASSERT_TRUE(updated) << updated.error().message;
  EXPECT_TRUE(updated->ok());
  EXPECT_EQ(updated->tries, 2u);
  EXPECT_EQ(key.values(), std::vector<std::string>{"az"});
}

TEST(Update, ALostAnswerIsAskedForUnderTheSameIdAndTheWriteCountsOnce) {
  OneKey key;
  int answers_to_lose = 2;
  FakeNode node([&](const Link& link, const wire::ToNode& request) {
    const wire::ToClient answer = key.answer(request);
    if (is_write(request) && answers_to_lose-- > 0) return;  // it is never heard
    link->send(answer);
  });
  Client client = make_client(node, 200);
  const auto updated = client.update("k", letters_and('a'));
  ASSERT_TRUE(updated) << updated.error().message;
  EXPECT_TRUE(updated->ok()) << updated->answer.detail;
  EXPECT_EQ(key.values(), std::vector<std::string>{"a"});
  EXPECT_GE(key.repeated(), 1u);
  std::set<std::uint64_t> ids;
  std::uint32_t attempt = 0;
  for (const wire::ToNode& request : node.requests()) {
    if (!is_write(request)) continue;
    EXPECT_EQ(request.request().attempt(), attempt++);
    if (attempt > 1) {
      EXPECT_GT(request.request().age_ns(), 0);
    }
    ids.insert(request.request().id_low());
  }
  EXPECT_EQ(ids.size(), 1u);
}

TEST(Update, AWriteThatNobodyAnswersIsUnknown) {
  FakeNode node([](const Link& link, const wire::ToNode& request) {
    if (!is_write(request)) link->send(value_reply(request, "v", "t"));
  });
  Client client = make_client(node, 100);
  UpdateOptions options;
  options.tries_max = 2;
  const auto updated = client.update("k", letters_and('a'), options);
  ASSERT_TRUE(updated) << updated.error().message;
  EXPECT_EQ(updated->answer.outcome, Outcome::kUnknown);
  EXPECT_EQ(updated->tries, 2u);
  EXPECT_FALSE(updated->wrote);
}

TEST(Update, ManyAtATimeLoseNothing) {
  OneKey key;
  FakeNode node(
      [&](const Link& link, const wire::ToNode& request) { link->send(key.answer(request)); });
  Client client = make_client(node);
  std::vector<std::promise<Result<Updated>>> done(26);
  UpdateOptions options;
  options.tries_max = 100;
  options.pause_first_ms = 1;
  options.pause_max_ms = 20;
  for (std::size_t i = 0; i < done.size(); ++i) {
    client.update("k", letters_and(static_cast<char>('a' + i)), options,
                  [&done, i](Result<Updated> updated) { done[i].set_value(std::move(updated)); });
  }
  for (auto& one : done) {
    const auto updated = one.get_future().get();
    ASSERT_TRUE(updated) << updated.error().message;
    EXPECT_TRUE(updated->ok()) << updated->answer.detail;
  }
  EXPECT_EQ(key.values(), std::vector<std::string>{"abcdefghijklmnopqrstuvwxyz"});
}

TEST(Update, ABlockingOneAsksTheResolverOnTheCallersThread) {
  OneKey key;
  FakeNode node(
      [&](const Link& link, const wire::ToNode& request) { link->send(key.answer(request)); });
  Client client = make_client(node);
  std::thread::id asked_on;
  ASSERT_TRUE(client.update("k", [&](const auto&) {
    asked_on = std::this_thread::get_id();
    return Resolution::leave();
  }));
  EXPECT_EQ(asked_on, std::this_thread::get_id());
}

TEST(Update, WhoClosesTheClientInAPauseIsAnswered) {
  OneKey key;
  FakeNode node([&](const Link& link, const wire::ToNode& request) {
    if (is_write(request)) key.slip_in("z");
    link->send(key.answer(request));
  });
  std::promise<Result<Updated>> done;
  {
    Client client = make_client(node);
    UpdateOptions options;
    options.pause_first_ms = 600'000;
    options.pause_max_ms = 600'000;
    client.update("k", letters_and('a'), options,
                  [&](Result<Updated> updated) { done.set_value(std::move(updated)); });
    ASSERT_TRUE(node.wait_for_requests(3));  // read, written, read: siblings
  }
  const auto updated = done.get_future().get();
  ASSERT_TRUE(updated) << "what was acknowledged stays so";
  EXPECT_TRUE(updated->wrote);
}

TEST(SessionUpdate, NothingOfTheSessionComesBetweenItsReadAndItsWrite) {
  OneKey key;
  FakeNode node(
      [&](const Link& link, const wire::ToNode& request) { link->send(key.answer(request)); });
  Client client = make_client(node);
  Session session(client);
  ASSERT_TRUE(session.put("k", "b")->ok());
  std::promise<void> put_done;
  const auto updated = session.update("k", [&](const std::vector<ReadValue>& siblings) {
    session.put("k", "later", RequestOptions{},
                [&](const Result<Answer>&) { put_done.set_value(); });
    return letters_and('a')(siblings);
  });
  ASSERT_TRUE(updated);
  EXPECT_TRUE(updated->ok());
  EXPECT_EQ(updated->answer.values[0].value.view(), "ab");
  put_done.get_future().wait();
  EXPECT_EQ(key.values(), std::vector<std::string>{"later"});
}

TEST(SessionUpdate, ReadsFromWhatTheSessionHasSeenAndLearnsWhatItSawItself) {
  OneKey key;
  FakeNode node(
      [&](const Link& link, const wire::ToNode& request) { link->send(key.answer(request)); });
  Client client = make_client(node);
  Session session(client);
  ASSERT_TRUE(session.put("k", "b")->ok());
  std::promise<Result<Updated>> done;
  session.update("k", letters_and('a'), UpdateOptions{},
                 [&](Result<Updated> updated) { done.set_value(std::move(updated)); });
  ASSERT_TRUE(done.get_future().get()->ok());
  EXPECT_EQ(node.requests()[1].request().token(), "1");
  EXPECT_EQ(session.token("default", "k"), "2");
  ASSERT_TRUE(session.get("k")->ok());
  EXPECT_EQ(node.requests().back().request().token(), "2");
}

TEST(SessionUpdate, WhoWaitsForAKeyWhenTheSessionClosesIsAnswered) {
  std::mutex mutex;
  std::vector<std::pair<Link, wire::ToNode>> held;
  FakeNode node([&](const Link& link, const wire::ToNode& request) {
    const std::lock_guard lock(mutex);
    held.emplace_back(link, request);
  });
  Client client = make_client(node);
  std::promise<Result<Updated>> done;
  {
    Session session(client);
    session.get("k", RequestOptions{}, [](const Result<Answer>&) {});
    session.update("k", letters_and('a'), UpdateOptions{},
                   [&](Result<Updated> updated) { done.set_value(std::move(updated)); });
    ASSERT_TRUE(node.wait_for_requests(1));
  }
  {
    const std::lock_guard lock(mutex);
    held[0].first->send(value_reply(held[0].second, "v", "t"));
  }
  const auto updated = done.get_future().get();
  ASSERT_FALSE(updated);
  EXPECT_EQ(updated.error().code, ErrorCode::kUnreachable);
}

}  // namespace
}  // namespace quorate::client
