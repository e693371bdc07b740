// Sessions: the newest token of each key is kept and always sent, and requests for one key keep
// their order.
#include "client/session.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>

#include "client/changes.h"
#include "tests/client/fake_node.h"

namespace quorate::client {
namespace {

using Link = FakeNode::LinkPtr;

Client make_client(const FakeNode& node) {
  auto client = Client::create(ClientOptions{.endpoints = {node.endpoint()}});
  QUORATE_CHECK(client.has_value());
  return std::move(*client);
}

// Every answer carries a token that counts them: "t1", "t2"...
FakeNode::Handler counting_tokens() {
  const auto count = std::make_shared<std::atomic<int>>(0);
  return [count](const Link& link, const wire::ToNode& request) {
    wire::ToClient message =
        request.request().verb() == 0 ? value_reply(request, "v") : ok_reply(request);
    message.mutable_reply()->set_token("t" + std::to_string(++*count));
    link->send(message);
  };
}

std::vector<std::string> tokens_sent(const FakeNode& node) {
  std::vector<std::string> tokens;
  for (const auto& request : node.requests()) tokens.push_back(request.request().token());
  return tokens;
}

TEST(Session, EveryRequestCarriesTheTokenOfTheOneBefore) {
  FakeNode node(counting_tokens());
  Client client = make_client(node);
  Session session(client);
  ASSERT_TRUE(session.get("k")->ok());
  ASSERT_TRUE(session.put("k", "v")->ok());
  ASSERT_TRUE(session.get("k")->ok());
  ASSERT_TRUE(session.del("k")->ok());
  EXPECT_EQ(tokens_sent(node), (std::vector<std::string>{"", "t1", "t2", "t3"}));
  EXPECT_EQ(session.token("default", "k"), "t4");
}

TEST(Session, AChangeGoesUnderTheTokenAndSaysWhatItChanges) {
  FakeNode node(counting_tokens());
  Client client = make_client(node);
  Session session(client);
  ASSERT_TRUE(session.get("k", {.bucket = "map", .field = "city"})->ok());
  ASSERT_TRUE(session.change("k", map_put("city", "Faro"), {.bucket = "map"})->ok());
  ASSERT_TRUE(session.change("k", map_remove("city"), {.bucket = "map"})->ok());
  EXPECT_EQ(tokens_sent(node), (std::vector<std::string>{"", "t1", "t2"}));
  const auto requests = node.requests();
  EXPECT_EQ(requests[0].request().field(), "city");
  EXPECT_EQ(requests[1].request().verb(), static_cast<std::uint32_t>(Verb::kUpdate));
  EXPECT_EQ(requests[1].request().update(), static_cast<std::uint32_t>(Update::kMapPut));
  EXPECT_EQ(requests[1].request().field(), "city");
  EXPECT_EQ(requests[1].request().value(), "Faro");
  EXPECT_EQ(requests[2].request().update(), static_cast<std::uint32_t>(Update::kMapRemove));
}

TEST(Session, TokensBelongToOneBucketAndKey) {
  FakeNode node(counting_tokens());
  Client client = make_client(node);
  Session session(client);
  ASSERT_TRUE(session.put("k", "v")->ok());
  ASSERT_TRUE(session.put("other", "v")->ok());
  ASSERT_TRUE(session.put("k", "v", {.bucket = "carts"})->ok());
  ASSERT_TRUE(session.put("k", "v")->ok());
  EXPECT_EQ(tokens_sent(node), (std::vector<std::string>{"", "", "", "t1"}));
  EXPECT_EQ(session.keys(), 3u);
}

TEST(Session, NotFoundGivesATokenToo) {
  FakeNode node([](const Link& link, const wire::ToNode& request) {
    wire::ToClient message = failed_reply(request, Outcome::kNotFound, Reason::kNone, "");
    message.mutable_reply()->set_token("tombstone");
    link->send(message);
  });
  Client client = make_client(node);
  Session session(client);
  ASSERT_EQ(session.get("k")->outcome, Outcome::kNotFound);
  EXPECT_EQ(session.token("default", "k"), "tombstone");
}

TEST(Session, AFailureLeavesTheTokenAndAnExpiredOneIsForgotten) {
  FakeNode node(counting_tokens());
  Client client = make_client(node);
  Session session(client);
  ASSERT_TRUE(session.get("k")->ok());
  node.set_handler([](const Link& link, const wire::ToNode& request) {
    link->send(failed_reply(request, Outcome::kNotApplied, Reason::kTokenNotCovered, "not yet"));
  });
  ASSERT_EQ(session.get("k")->outcome, Outcome::kNotApplied);
  EXPECT_EQ(session.token("default", "k"), "t1");
  node.set_handler([](const Link& link, const wire::ToNode& request) {
    link->send(failed_reply(request, Outcome::kNotApplied, Reason::kTokenExpired, "read again"));
  });
  ASSERT_EQ(session.get("k")->outcome, Outcome::kNotApplied);
  EXPECT_EQ(session.token("default", "k"), std::nullopt);
}

TEST(Session, AWriteThatIsAcknowledgedWithoutATokenIsFollowedByAReadThatHasOne) {
  FakeNode node([](const Link& link, const wire::ToNode& request) {
    const bool read = request.request().verb() == 0;
    link->send(read ? value_reply(request, "v", "of the read") : ok_reply(request));
  });
  Client client = make_client(node);
  Session session(client);
  ASSERT_TRUE(session.put("k", "v")->ok());
  ASSERT_TRUE(session.get("k")->ok());
  EXPECT_EQ(tokens_sent(node), (std::vector<std::string>{"", "", "of the read"}));
  const auto requests = node.requests();
  EXPECT_EQ(requests[1].request().r().kind(), static_cast<std::uint32_t>(Quorum::Kind::kQuorum));
}

TEST(Session, ATokenThatTheClusterRefusesIsForgotten) {
  FakeNode node(counting_tokens());
  Client client = make_client(node);
  Session session(client);
  ASSERT_TRUE(session.get("k")->ok());
  node.set_handler([](const Link& link, const wire::ToNode& request) {
    link->send(failed_reply(request, Outcome::kInvalid, Reason::kBadContext,
                            "not a token of this cluster"));
  });
  EXPECT_EQ(session.get("k")->outcome, Outcome::kInvalid);
  EXPECT_EQ(session.token("default", "k"), std::nullopt);
}

TEST(Session, ARequestWithItsOwnContextLeavesTheSessionsTokenAlone) {
  FakeNode node(counting_tokens());
  Client client = make_client(node);
  Session session(client);
  ASSERT_TRUE(session.get("k")->ok());
  ASSERT_TRUE(session.put("k", "v", {.context_none = true})->ok());
  ASSERT_TRUE(session.get("k", {.token = "mine"})->ok());
  EXPECT_EQ(session.token("default", "k"), "t1");
  EXPECT_EQ(tokens_sent(node), (std::vector<std::string>{"", "", "mine"}));
}

// Were both sent at once, the answer that comes last could carry the older token, and the session
// would go back.
TEST(Session, RequestsForOneKeyGoOneAfterTheOtherAndForTwoKeysAtOnce) {
  std::mutex mutex;
  std::vector<std::pair<Link, wire::ToNode>> held;
  FakeNode node([&](const Link& link, const wire::ToNode& request) {
    const std::lock_guard lock(mutex);
    held.emplace_back(link, request);
  });
  Client client = make_client(node);
  Session session(client);
  std::vector<std::string> order;
  std::promise<void> all;
  const auto note = [&](const std::string& name) {
    return [&, name](const Result<Answer>&) {
      order.push_back(name);
      if (order.size() == 3) all.set_value();
    };
  };
  session.put("k", "1", RequestOptions{}, note("first"));
  session.get("k", RequestOptions{}, note("second"));
  session.put("other", "2", RequestOptions{}, note("other"));
  ASSERT_TRUE(node.wait_for_requests(2));
  EXPECT_EQ(node.requests()[0].request().key(), "k");
  EXPECT_EQ(node.requests()[1].request().key(), "other");
  const auto answer = [&](std::size_t index, const std::string& token) {
    const std::lock_guard lock(mutex);
    wire::ToClient message = ok_reply(held[index].second);
    message.mutable_reply()->set_token(token);
    held[index].first->send(message);
  };
  answer(0, "after the put");
  ASSERT_TRUE(node.wait_for_requests(3));
  EXPECT_EQ(node.requests()[2].request().key(), "k");
  EXPECT_EQ(node.requests()[2].request().token(), "after the put");
  answer(2, "after the get");
  answer(1, "t");
  all.get_future().wait();
  EXPECT_EQ(order, (std::vector<std::string>{"first", "second", "other"}));
}

TEST(Session, PastItsBoundTheKeyLongestNotUsedIsForgotten) {
  FakeNode node(counting_tokens());
  Client client = make_client(node);
  Session session(client, SessionOptions{.keys_max = 2});
  ASSERT_TRUE(session.put("a", "v")->ok());
  ASSERT_TRUE(session.put("b", "v")->ok());
  ASSERT_TRUE(session.get("a")->ok());
  ASSERT_TRUE(session.put("c", "v")->ok());
  EXPECT_EQ(session.keys(), 2u);
  EXPECT_FALSE(session.token("default", "b").has_value());
  EXPECT_TRUE(session.token("default", "a").has_value());

  Session small(client, SessionOptions{.token_bytes_max = 30});
  for (const char* key : {"a", "b", "c", "d", "e"}) ASSERT_TRUE(small.put(key, "v")->ok());
  EXPECT_LT(small.keys(), 5u);
  EXPECT_TRUE(small.token("default", "e").has_value());
}

}  // namespace
}  // namespace quorate::client
