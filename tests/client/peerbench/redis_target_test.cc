// Redis as the driver asks it, against a server that a test scripts.
#include "client/peerbench/redis_target.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <future>
#include <map>
#include <mutex>

#include "tests/client/peerbench/fake_server.h"

namespace quorate::client::peerbench {
namespace {

// Answers each command by its first word; nothing to say: it closes the connection.
class FakeRedis {
 public:
  using Words = std::vector<std::string>;
  using Script = std::function<std::optional<std::string>(const Words&)>;

  explicit FakeRedis(Script script, std::size_t piece = 1)
      : script_(std::move(script)),
        server_([this] { return std::make_unique<Session>(*this); }, piece) {}

  Endpoint endpoint() const { return server_.endpoint(); }

  // "SET SET WAIT"
  std::string asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  struct Session : FakeServer::Session {
    explicit Session(FakeRedis& of) : redis(of) {}

    std::optional<std::string> on_bytes(std::string_view bytes) override {
      reader.add(bytes);
      std::string answers;
      while (true) {
        const auto command = reader.next();
        if (!command || !command->has_value()) return answers;
        Words words;
        for (const RespReply& word : (*command)->elements) words.emplace_back(word.text);
        {
          const std::lock_guard lock(redis.mutex_);
          redis.asked_ += (redis.asked_.empty() ? "" : " ") + words[0];
        }
        const auto answer = redis.script_(words);
        if (!answer) return std::nullopt;
        answers += *answer;
      }
    }

    FakeRedis& redis;
    RespReader reader;
  };

  const Script script_;
  std::mutex mutex_;
  std::string asked_;
  FakeServer server_;
};

std::unique_ptr<RedisTarget> connect(const FakeRedis& server, std::size_t connections = 1) {
  auto target = RedisTarget::create(server.endpoint(), connections, 2'000);
  QUORATE_CHECK(target.has_value());
  return std::move(*target);
}

// The answers to so many puts that start in one turn of the loop.
std::vector<Result<Answer>> put(RedisTarget& target, int count) {
  std::vector<std::promise<Result<Answer>>> promises(static_cast<std::size_t>(count));
  boost::asio::post(target.io(), [&] {
    for (auto& promise : promises) {
      target.put("key", "value", {},
                 [&promise](Result<Answer> answer) { promise.set_value(std::move(answer)); });
    }
  });
  std::vector<Result<Answer>> answers;
  for (auto& promise : promises) answers.push_back(promise.get_future().get());
  return answers;
}

Result<Answer> get(RedisTarget& target) {
  std::promise<Result<Answer>> promise;
  boost::asio::post(target.io(), [&] {
    target.get("key", [&promise](Result<Answer> answer) { promise.set_value(std::move(answer)); });
  });
  return promise.get_future().get();
}

FakeRedis::Script saying(std::string set, std::string wait, std::string get = "$-1\r\n") {
  return [=](const FakeRedis::Words& words) -> std::optional<std::string> {
    return words[0] == "SET" ? set : words[0] == "WAIT" ? wait : get;
  };
}

TEST(RedisTarget, APutIsDoneWhenWaitTellsOfAReplica) {
  FakeRedis server(saying("+OK\r\n", ":1\r\n"));
  const auto answers = put(*connect(server), 1);
  ASSERT_TRUE(answers[0]);
  EXPECT_EQ(answers[0]->outcome, Outcome::kOk);
  EXPECT_EQ(server.asked(), "SET WAIT");
}

TEST(RedisTarget, APutThatNoReplicaHasIsUnknown) {
  FakeRedis server(saying("+OK\r\n", ":0\r\n"));
  const auto answers = put(*connect(server), 1);
  ASSERT_TRUE(answers[0]);
  EXPECT_EQ(answers[0]->outcome, Outcome::kUnknown);
}

TEST(RedisTarget, APutThatIsRefusedIsNotApplied) {
  FakeRedis server(saying("-OOM command not allowed\r\n", ":2\r\n"));
  const auto answers = put(*connect(server), 1);
  ASSERT_TRUE(answers[0]);
  EXPECT_EQ(answers[0]->outcome, Outcome::kNotApplied);
  EXPECT_NE(answers[0]->detail.find("OOM"), std::string::npos);
}

TEST(RedisTarget, PutsOnOneConnectionShareAWait) {
  FakeRedis server(saying("+OK\r\n", ":2\r\n"));
  for (const auto& answer : put(*connect(server), 3)) EXPECT_TRUE(answer && answer->ok());
  EXPECT_EQ(server.asked(), "SET SET SET WAIT");
}

TEST(RedisTarget, WithAConnectionForEachPutEachWaitsForItself) {
  FakeRedis server(saying("+OK\r\n", ":2\r\n"));
  const auto target = connect(server, 2);
  for (int i = 0; i < 3; ++i) {
    for (const auto& answer : put(*target, 2)) EXPECT_TRUE(answer && answer->ok());
  }
  const std::string asked = server.asked();
  EXPECT_EQ(std::count(asked.begin(), asked.end(), 'S'), 6);
  EXPECT_EQ(std::count(asked.begin(), asked.end(), 'W'), 6);
}

TEST(RedisTarget, AGetTellsWhatIsThere) {
  FakeRedis there(saying("", "", "$5\r\nvalue\r\n"));
  const auto found = get(*connect(there));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->outcome, Outcome::kOk);
  ASSERT_EQ(found->values.size(), 1u);
  EXPECT_EQ(found->values[0].value.view(), "value");

  FakeRedis absent(saying("", "", "$-1\r\n"));
  EXPECT_EQ(get(*connect(absent))->outcome, Outcome::kNotFound);
  FakeRedis other(saying("", "", "-WRONGTYPE\r\n"));
  EXPECT_EQ(get(*connect(other))->outcome, Outcome::kNotApplied);
}

TEST(RedisTarget, WhatALostConnectionLeavesIsAnswered) {
  FakeRedis server([](const FakeRedis::Words&) { return std::nullopt; });
  const auto target = connect(server);
  const auto answers = put(*target, 2);
  for (const auto& answer : answers) {
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->outcome, Outcome::kUnknown);
  }
  EXPECT_FALSE(put(*target, 1)[0]) << "the connection has gone";
  EXPECT_FALSE(get(*target));
}

TEST(RedisTarget, NonsenseEndsTheConnection) {
  FakeRedis server(saying("HTTP/1.1 400 Bad Request\r\n", ""));
  const auto answers = put(*connect(server), 1);
  ASSERT_TRUE(answers[0]);
  EXPECT_EQ(answers[0]->outcome, Outcome::kUnknown);
}

std::string bulk(const std::string& text) {
  return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

FakeRedis::Script server_with(std::string info, std::map<std::string, std::string> settings) {
  return [=](const FakeRedis::Words& words) -> std::optional<std::string> {
    if (words[0] == "INFO")
      return bulk("# Server\r\nredis_version:7.0\r\nprocess_id:42\r\n" + info);
    return "*2\r\n" + bulk(words[2]) + bulk(settings.at(words[2]));
  };
}

constexpr const char* kPrimary = "role:master\r\nconnected_slaves:1\r\n";
constexpr const char* kReplica = "role:slave\r\nmaster_link_status:up\r\n";

TEST(RedisSurvey, DurabilityIsWhatEveryServerIsSetTo) {
  const std::map<std::string, std::string> always{
      {"appendonly", "yes"}, {"appendfsync", "always"}, {"save", ""}};
  const std::map<std::string, std::string> none{
      {"appendonly", "no"}, {"appendfsync", "always"}, {"save", ""}};
  FakeRedis primary(server_with(kPrimary, always));
  FakeRedis replica(server_with(kReplica, always));
  FakeRedis lax(server_with(kReplica, none));

  const auto synced = survey_redis({primary.endpoint(), replica.endpoint()});
  ASSERT_TRUE(synced);
  EXPECT_EQ(synced->durability, "appendfsync always");
  EXPECT_EQ(synced->processes, (std::vector<pid_t>{42, 42}));
  EXPECT_EQ(survey_redis({primary.endpoint(), lax.endpoint()})->durability, "mixed");
  EXPECT_EQ(survey_redis({primary.endpoint(), lax.endpoint()})->nodes[1].durability,
            "no persistence");
}

TEST(RedisSurvey, APrimaryMustHaveAllItsReplicas) {
  const std::map<std::string, std::string> none{
      {"appendonly", "no"}, {"appendfsync", "always"}, {"save", ""}};
  FakeRedis primary(server_with(kPrimary, none));
  FakeRedis cut(server_with("role:slave\r\nmaster_link_status:down\r\n", none));
  EXPECT_FALSE(survey_redis({primary.endpoint(), cut.endpoint()}));
  EXPECT_FALSE(survey_redis({cut.endpoint(), primary.endpoint()}));
  EXPECT_FALSE(survey_redis({primary.endpoint()})) << "a replica that was not named";
}

}  // namespace
}  // namespace quorate::client::peerbench
