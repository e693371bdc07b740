// The library against nodes that a test scripts: fail-over, retries by id, joined outcomes,
// deadlines, damage.
#include "client/client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include "tests/client/fake_node.h"

namespace quorate::client {
namespace {

using Link = FakeNode::LinkPtr;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

Client make_client(std::vector<Endpoint> endpoints, ClientOptions options = {}) {
  options.endpoints = std::move(endpoints);
  auto client = Client::create(std::move(options));
  QUORATE_CHECK(client.has_value());
  return std::move(*client);
}

void say_ok(const Link& link, const wire::ToNode& request) { link->send(ok_reply(request)); }
void say_nothing(const Link&, const wire::ToNode&) {}

FakeNode::Handler say(Outcome outcome, Reason reason, std::string detail) {
  return [=](const Link& link, const wire::ToNode& request) {
    link->send(failed_reply(request, outcome, reason, detail));
  };
}

// A key whose first contact, among these endpoints, is the one wanted: contacts go by key.
std::string key_that_prefers(const std::vector<FakeNode*>& nodes, std::size_t wanted) {
  std::vector<Endpoint> endpoints;
  for (const FakeNode* node : nodes) endpoints.push_back(node->endpoint());
  Client client = make_client(endpoints);
  for (int i = 0; i < 1000; ++i) {
    std::vector<std::size_t> before;
    for (const FakeNode* node : nodes) before.push_back(node->requests().size());
    const std::string key = "key" + std::to_string(i);
    (void)client.get(key, RequestOptions{});
    if (nodes[wanted]->requests().size() > before[wanted]) return key;
  }
  ADD_FAILURE() << "no key prefers endpoint " << wanted;
  return "";
}

TEST(Client, SendsARequestAndGivesBackTheAnswer) {
  FakeNode node([](const Link& link, const wire::ToNode& request) {
    if (request.request().verb() == 0) {
      link->send(value_reply(request, std::string("\0\xff value", 8), "sealed"));
    } else {
      link->send(ok_reply(request));
    }
  });
  Client client = make_client({node.endpoint()});
  const auto put = client.put("k", std::string("\0\xff value", 8),
                              {.bucket = "carts",
                               .r = {},
                               .w = Quorum::of(3),
                               .sloppy = true,
                               .read_repair = {},
                               .token = "tok",
                               .context_none = false,
                               .expiry_ms = 7,
                               .deadline_ms = 1000});
  ASSERT_TRUE(put) << put.error().message;
  EXPECT_TRUE(put->ok());
  EXPECT_EQ(put->attempts, 1u);
  EXPECT_EQ(put->reached, 2u);
  EXPECT_EQ(put->answered, (std::vector<NodeId>{1, 2}));
  EXPECT_EQ(put->endpoint, node.endpoint().to_string());

  const auto get = client.get("k", RequestOptions{});
  ASSERT_TRUE(get) << get.error().message;
  ASSERT_EQ(get->values.size(), 1u);
  EXPECT_EQ(get->values[0].value.view(), std::string_view("\0\xff value", 8));
  EXPECT_EQ(get->token, "sealed");

  const auto requests = node.requests();
  ASSERT_EQ(requests.size(), 2u);
  const auto& sent = requests[0].request();
  EXPECT_EQ(sent.bucket(), "carts");
  EXPECT_EQ(sent.key(), "k");
  EXPECT_EQ(sent.w().count(), 3u);
  EXPECT_EQ(sent.sloppy(), 2u);
  EXPECT_EQ(sent.token(), "tok");
  EXPECT_EQ(sent.expiry_ms(), 7);
  EXPECT_EQ(sent.attempt(), 0u);
  EXPECT_GT(sent.deadline_ns(), 500'000'000);
  EXPECT_LT(sent.deadline_ns(), 1'000'000'000);
  EXPECT_NE(sent.id_high(), 0u);
}

TEST(Client, EveryWriteHasAnIdOfItsOwn) {
  FakeNode node(say_ok);
  Client one = make_client({node.endpoint()});
  Client two = make_client({node.endpoint()});
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(one.put("k", "v", RequestOptions{})->ok());
    ASSERT_TRUE(two.put("k", "v", RequestOptions{})->ok());
  }
  std::set<std::pair<std::uint64_t, std::uint64_t>> ids;
  for (const auto& request : node.requests()) {
    ids.emplace(request.request().id_high(), request.request().id_low());
  }
  EXPECT_EQ(ids.size(), 100u);
}

TEST(Client, GoesToTheNextEndpointWhenOneRefusesConnections) {
  FakeNode node(say_ok);
  Client client = make_client({closed_endpoint(), closed_endpoint(), node.endpoint()});
  for (int i = 0; i < 10; ++i) {
    const auto answer = client.put("key" + std::to_string(i), "v", RequestOptions{});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_TRUE(answer->ok());
    EXPECT_EQ(answer->attempts, 1u) << "what was never sent is no attempt";
  }
  for (const auto& request : node.requests()) EXPECT_EQ(request.request().attempt(), 0u);
}

TEST(Client, WhenNobodyListensTheErrorNamesEveryEndpointAtOnce) {
  const Endpoint a = closed_endpoint();
  const Endpoint b = closed_endpoint();
  Client client = make_client({a, b}, ClientOptions{.deadline_ms = 30'000});
  const auto before = steady_clock::now();
  const auto answer = client.put("k", "v", RequestOptions{});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kUnreachable);
  EXPECT_NE(answer.error().message.find(a.to_string()), std::string::npos)
      << answer.error().message;
  EXPECT_NE(answer.error().message.find(b.to_string()), std::string::npos)
      << answer.error().message;
  EXPECT_LT(steady_clock::now() - before, std::chrono::seconds(10))
      << "told at once, not at the deadline";
}

TEST(Client, AWriteLostInFlightIsRetriedUnderItsId) {
  std::atomic<int> seen{0};
  FakeNode node([&](const Link& link, const wire::ToNode& request) {
    if (seen++ == 0) {
      link->close();
    } else {
      link->send(ok_reply(request));
    }
  });
  Client client = make_client({node.endpoint()});
  const auto answer = client.put("k", "v", RequestOptions{});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_TRUE(answer->ok());
  EXPECT_EQ(answer->attempts, 2u);
  const auto requests = node.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].request().id_low(), requests[1].request().id_low());
  EXPECT_EQ(requests[0].request().id_high(), requests[1].request().id_high());
  EXPECT_EQ(requests[0].request().attempt(), 0u);
  EXPECT_EQ(requests[1].request().attempt(), 1u);
  EXPECT_EQ(requests[0].request().age_ns(), 0);
  EXPECT_GT(requests[1].request().age_ns(), 0);
  EXPECT_LT(requests[1].request().deadline_ns(), requests[0].request().deadline_ns());
}

TEST(Client, AWriteLostAtANodeThatDoesNotComeBackGoesToAnother) {
  FakeNode other(say_ok, {.node = 2});
  FakeNode* dying_ptr = nullptr;
  FakeNode dying(say_ok, {.node = 1});
  dying_ptr = &dying;
  const std::string key = key_that_prefers({&dying, &other}, 0);
  // The node dies with the write in its hands: the listener goes first, then the connection.
  std::thread killer;
  dying.set_handler(
      [&](const Link&, const wire::ToNode&) { killer = std::thread([&] { dying_ptr->down(); }); });
  Client client = make_client({dying.endpoint(), other.endpoint()});
  const auto answer = client.put(key, "v", RequestOptions{});
  killer.join();
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_TRUE(answer->ok());
  EXPECT_EQ(other.requests().back().request().attempt(), 1u);
  EXPECT_EQ(other.requests().back().request().id_low(), dying.requests().back().request().id_low());
}

TEST(Client, NotAppliedAfterALostAttemptIsUnknown) {
  std::atomic<int> seen{0};
  FakeNode node([&](const Link& link, const wire::ToNode& request) {
    if (seen++ == 0) {
      link->close();
    } else {
      link->send(failed_reply(request, Outcome::kNotApplied, Reason::kTooManySiblings, "too many"));
    }
  });
  Client client = make_client({node.endpoint()});
  const auto answer = client.put("k", "v", RequestOptions{});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->outcome, Outcome::kUnknown);
  EXPECT_NE(answer->detail.find("may still surface"), std::string::npos) << answer->detail;
}

TEST(Client, AWriteThatIsNeverAnsweredIsUnknownAtItsDeadlineAndAReadNotApplied) {
  FakeNode node(say_nothing);
  Client client = make_client({node.endpoint()});
  const auto before = steady_clock::now();
  const auto put = client.put("k", "v", {.deadline_ms = 150});
  const auto waited = steady_clock::now() - before;
  ASSERT_TRUE(put) << put.error().message;
  EXPECT_EQ(put->outcome, Outcome::kUnknown);
  EXPECT_EQ(put->reason, Reason::kDeadline);
  EXPECT_GE(waited, milliseconds(150));
  EXPECT_LT(waited, milliseconds(5000));
  const auto get = client.get("k", {.deadline_ms = 100});
  ASSERT_TRUE(get) << get.error().message;
  EXPECT_EQ(get->outcome, Outcome::kNotApplied);
  EXPECT_EQ(get->reason, Reason::kDeadline);
}

TEST(Client, ASilentNodeGetsCompanyAndTheAnswerComesWithinTheDeadline) {
  FakeNode quick(say_ok, {.node = 2});
  FakeNode silent(say_ok, {.node = 1});
  const std::string key = key_that_prefers({&silent, &quick}, 0);
  silent.set_handler(say_nothing);
  Client client = make_client({silent.endpoint(), quick.endpoint()},
                              ClientOptions{.deadline_ms = 20'000, .patience_ms = 50});
  const auto before = steady_clock::now();
  const auto answer = client.put(key, "v", RequestOptions{});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_TRUE(answer->ok());
  EXPECT_EQ(answer->attempts, 2u);
  EXPECT_LT(steady_clock::now() - before, std::chrono::seconds(10));
  EXPECT_EQ(quick.requests().back().request().attempt(), 1u);
}

TEST(Client, ANodeThatAcceptsAndNeverGreetsDoesNotUseUpTheDeadline) {
  FakeNode mute(say_ok, {.node = 1, .greeting = FakeNode::Greeting::kNone});
  FakeNode quick(say_ok, {.node = 2});
  Client client = make_client({mute.endpoint(), quick.endpoint()},
                              ClientOptions{.deadline_ms = 20'000, .patience_ms = 50});
  for (int i = 0; i < 8; ++i) {
    const auto answer = client.put("key" + std::to_string(i), "v", RequestOptions{});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_TRUE(answer->ok());
  }
  EXPECT_EQ(quick.requests().size(), 8u);
}

TEST(Client, AConnectionWithoutASignOfLifeIsGivenUp) {
  FakeNode dead(say_nothing, {.answer_pings = false});
  Client client =
      make_client({dead.endpoint()}, ClientOptions{.deadline_ms = 1500, .silence_max_ms = 500});
  const auto answer = client.put("k", "v", RequestOptions{});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->outcome, Outcome::kUnknown);
  EXPECT_GE(dead.connections(), 2u) << "the write was retried over a new connection";
}

TEST(Client, ANodeThatAnswersPingsMayTakeItsTimeOverARequest) {
  Link kept;
  wire::ToNode asked;
  std::mutex mutex;
  FakeNode slow([&](const Link& link, const wire::ToNode& request) {
    const std::lock_guard lock(mutex);
    kept = link;
    asked = request;
  });
  Client client =
      make_client({slow.endpoint()}, ClientOptions{.deadline_ms = 20'000, .silence_max_ms = 500});
  std::promise<Result<Answer>> done;
  client.put("k", "v", RequestOptions{},
             [&](Result<Answer> answer) { done.set_value(std::move(answer)); });
  ASSERT_TRUE(slow.wait_for_requests(1));
  auto future = done.get_future();
  // Three times as long as the silence that it would be given up after.
  EXPECT_EQ(future.wait_for(milliseconds(1500)), std::future_status::timeout);
  {
    const std::lock_guard lock(mutex);
    kept->send(ok_reply(asked));
  }
  const auto answer = future.get();
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->ok());
  EXPECT_EQ(answer->attempts, 1u);
  EXPECT_EQ(slow.connections(), 1u);
}

TEST(Client, ANodeOnTheSmallSideOfACutIsNotTheLastWord) {
  FakeNode minority(say(Outcome::kNotApplied, Reason::kQuorumUnreachable, "only 1 of 3"),
                    {.node = 1});
  FakeNode majority(say_ok, {.node = 2});
  Client client = make_client({minority.endpoint(), majority.endpoint()});
  for (int i = 0; i < 10; ++i) {
    const auto answer = client.put("key" + std::to_string(i), "v", RequestOptions{});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_TRUE(answer->ok());
  }
  EXPECT_GT(minority.requests().size(), 0u);

  Client alone = make_client({minority.endpoint()});
  const auto answer = alone.put("k", "v", RequestOptions{});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->outcome, Outcome::kNotApplied);
  EXPECT_EQ(answer->reason, Reason::kQuorumUnreachable);
  EXPECT_EQ(answer->detail, "only 1 of 3");
}

TEST(Client, ANodeThatCannotServeIsAskedLastForAMoment) {
  FakeNode minority(say(Outcome::kNotApplied, Reason::kQuorumUnreachable, "only 1 of 3"),
                    {.node = 1});
  FakeNode majority(say_ok, {.node = 2});
  // No budget for retries to speak of: it must not be needed.
  Client client = make_client({minority.endpoint(), majority.endpoint()},
                              ClientOptions{.retries_percent = 0, .retries_reserve = 50});
  for (int i = 0; i < 2000; ++i) {
    ASSERT_TRUE(client.put("key" + std::to_string(i), "v", RequestOptions{})->ok()) << i;
  }
  EXPECT_LT(minority.requests().size(), 50u);
}

TEST(Client, AnInvalidRequestIsNotTriedElsewhere) {
  FakeNode a(say(Outcome::kInvalid, Reason::kUnknownBucket, "no bucket \"x\""), {.node = 1});
  FakeNode b(say(Outcome::kInvalid, Reason::kUnknownBucket, "no bucket \"x\""), {.node = 2});
  Client client = make_client({a.endpoint(), b.endpoint()});
  const auto answer = client.put("k", "v", {.bucket = "x"});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->outcome, Outcome::kInvalid);
  EXPECT_EQ(a.requests().size() + b.requests().size(), 1u);
}

TEST(Client, OneKeyIsWrittenThroughOneNodeAndKeysSpread) {
  FakeNode a(say_ok, {.node = 1});
  FakeNode b(say_ok, {.node = 2});
  FakeNode c(say_ok, {.node = 3});
  Client client = make_client({a.endpoint(), b.endpoint(), c.endpoint()});
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(client.put("the key", "v", RequestOptions{})->ok());
  const std::size_t most =
      std::max({a.requests().size(), b.requests().size(), c.requests().size()});
  EXPECT_EQ(most, 20u);
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(client.put("key" + std::to_string(i), "v", RequestOptions{})->ok());
  }
  for (const FakeNode* node : {&a, &b, &c}) EXPECT_GT(node->requests().size(), 50u);
}

TEST(Client, ManyRequestsShareOneConnectionAndAreAnsweredInAnyOrder) {
  constexpr std::size_t kRequests = 500;
  std::vector<std::pair<Link, wire::ToNode>> held;
  FakeNode node([&](const Link& link, const wire::ToNode& request) {
    held.emplace_back(link, request);
    if (held.size() < kRequests) return;
    for (auto i = held.rbegin(); i != held.rend(); ++i) {
      i->first->send(value_reply(i->second, i->second.request().key()));
    }
  });
  Client client =
      make_client({node.endpoint()}, ClientOptions{.deadline_ms = 20'000, .patience_ms = 20'000});
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t right = 0;
  std::size_t done = 0;
  for (std::size_t i = 0; i < kRequests; ++i) {
    const std::string key = "key" + std::to_string(i);
    client.get(key, RequestOptions{}, [&, key](const Result<Answer>& answer) {
      const std::lock_guard lock(mutex);
      if (answer && answer->values.size() == 1 && answer->values[0].value.view() == key) ++right;
      if (++done == kRequests) changed.notify_one();
    });
  }
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return done == kRequests; });
  EXPECT_EQ(right, kRequests);
  EXPECT_EQ(node.connections(), 1u);
}

TEST(Client, ACallbackMayAskOn) {
  FakeNode node(say_ok);
  Client client = make_client({node.endpoint()});
  std::promise<int> done;
  int count = 0;
  OnAnswer again = [&](const Result<Answer>& answer) {
    if (!answer || !answer->ok() || ++count == 100) {
      done.set_value(count);
      return;
    }
    client.put("k", "v", RequestOptions{}, again);
  };
  client.put("k", "v", RequestOptions{}, again);
  EXPECT_EQ(done.get_future().get(), 100);
}

TEST(Client, WhatIsNoNodeIsSaidToBeNone) {
  FakeNode garbage(say_ok, {.greeting = FakeNode::Greeting::kGarbage});
  Client client = make_client({garbage.endpoint()});
  const auto answer = client.get("k", RequestOptions{});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kIncompatible);
  EXPECT_NE(answer.error().message.find("does not speak this protocol"), std::string::npos)
      << answer.error().message;
}

TEST(Client, ARefusalAtTheHandshakeIsPassedOn) {
  FakeNode node(say_ok, {.greeting = FakeNode::Greeting::kRefusal, .refusal = "protocol 9 only"});
  Client client = make_client({node.endpoint()});
  const auto answer = client.get("k", RequestOptions{});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kIncompatible);
  EXPECT_NE(answer.error().message.find("protocol 9 only"), std::string::npos)
      << answer.error().message;
}

TEST(Client, ANodeOfAnotherClusterIsRefusedByName) {
  FakeNode node(say_ok, {.cluster = "lab"});
  Client client = make_client({node.endpoint()}, ClientOptions{.cluster = "prod"});
  const auto answer = client.put("k", "v", RequestOptions{});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kIncompatible);
  EXPECT_NE(answer.error().message.find("\"lab\""), std::string::npos) << answer.error().message;
  EXPECT_TRUE(node.requests().empty());
}

// A node that has read a write and then answers with damage may have applied it.
TEST(Client, DamageInAnAnswerMakesAWriteUnknownAndHarmsNobodyElse) {
  std::string flipped;
  append_frames("payload", flipped);
  flipped.back() ^= 1;
  std::string not_protobuf;
  append_frames("\xff\xff\xff\xff", not_protobuf);
  std::string huge(kFrameHeaderBytes, '\xff');
  std::string no_tag;
  append_frames(wire::ToClient().SerializeAsString(), no_tag);
  for (const std::string& damage :
       {flipped, not_protobuf, huge, no_tag, std::string("GET / HTTP/1.1\r\n\r\n")}) {
    FakeNode node([&](const Link& link, const wire::ToNode&) { link->send_bytes(damage); });
    Client client = make_client({node.endpoint()}, ClientOptions{.deadline_ms = 500});
    const auto answer = client.put("k", "v", RequestOptions{});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->outcome, Outcome::kUnknown);
    node.set_handler(say_ok);
    const auto next = client.put("k", "v", RequestOptions{});
    ASSERT_TRUE(next) << next.error().message;
    EXPECT_TRUE(next->ok());
  }
}

TEST(Client, AnAnswerThatDoesNotFitItsRequestIsNotBelieved) {
  const auto answers = {
      +[](const wire::ToNode& request) {  // another request's
        wire::ToClient message = ok_reply(request);
        message.mutable_reply()->set_id_low(request.request().id_low() + 1);
        return message;
      },
      +[](const wire::ToNode& request) {  // an outcome that does not exist
        wire::ToClient message = ok_reply(request);
        message.mutable_reply()->set_outcome(99);
        return message;
      },
      +[](const wire::ToNode& request) {  // of another kind
        wire::ToClient message;
        message.set_tag(request.tag());
        message.mutable_ring();
        return message;
      },
      +[](const wire::ToNode& request) {  // a write that was not found
        return failed_reply(request, Outcome::kNotFound, Reason::kNone, "");
      },
  };
  for (const auto& make : answers) {
    FakeNode node(
        [&](const Link& link, const wire::ToNode& request) { link->send(make(request)); });
    Client client = make_client({node.endpoint()}, ClientOptions{.deadline_ms = 500});
    const auto answer = client.put("k", "v", RequestOptions{});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->outcome, Outcome::kUnknown);
    EXPECT_NE(answer->detail.find("makes no sense"), std::string::npos) << answer->detail;
  }
}

TEST(Client, AnErrorInPlaceOfAnAnswerIsGivenBackWithItsCode) {
  FakeNode node([](const Link& link, const wire::ToNode& request) {
    wire::ToClient message;
    message.set_tag(request.tag());
    message.mutable_error()->set_code(static_cast<std::uint32_t>(ErrorCode::kUnauthorized));
    message.mutable_error()->set_message(
        "the token was not sealed for this key; read the key again");
    link->send(message);
  });
  Client client = make_client({node.endpoint()});
  const auto answer = client.put("k", "v", {.token = "forged"});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kUnauthorized);
  EXPECT_NE(answer.error().message.find("read the key again"), std::string::npos);
}

TEST(Client, SiblingsComeOldestFirst) {
  FakeNode node([](const Link& link, const wire::ToNode& request) {
    wire::ToClient message = value_reply(request, "young");
    message.mutable_reply()->mutable_values(0)->set_timestamp(50);
    auto& old = *message.mutable_reply()->add_values();
    old.set_value("old");
    old.set_timestamp(10);
    old.set_counter(1);
    link->send(message);
  });
  Client client = make_client({node.endpoint()});
  const auto answer = client.get("k", RequestOptions{});
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->values.size(), 2u);
  EXPECT_EQ(answer->values[0].value.view(), "old");
  EXPECT_EQ(answer->values[1].value.view(), "young");
}

TEST(Client, MoreRequestsThanItsBoundAreRefusedAsOverloadedWithoutBeingSent) {
  FakeNode node(say_nothing);
  Client client =
      make_client({node.endpoint()}, ClientOptions{.deadline_ms = 300, .requests_max = 10});
  std::mutex mutex;
  std::condition_variable changed;
  int overloaded = 0;
  int done = 0;
  for (int i = 0; i < 15; ++i) {
    client.put("k" + std::to_string(i), "v", RequestOptions{}, [&](const Result<Answer>& answer) {
      const std::lock_guard lock(mutex);
      if (answer && answer->reason == Reason::kOverloaded) ++overloaded;
      if (++done == 15) changed.notify_one();
    });
  }
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return done == 15; });
  EXPECT_EQ(overloaded, 5);
  std::set<std::string> keys;
  for (const auto& request : node.requests()) keys.insert(request.request().key());
  EXPECT_LE(keys.size(), 10u);
}

TEST(Client, ARequestLargerThanAnyNodeTakesNeverLeaves) {
  FakeNode node(say_ok);
  Client client = make_client({node.endpoint()});
  const auto answer = client.put("k", std::string(kClientMessageBytesMax, 'x'), RequestOptions{});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->outcome, Outcome::kInvalid);
  EXPECT_EQ(answer->reason, Reason::kValueTooLarge);
  EXPECT_TRUE(client.put("k", std::string(1u << 20, 'x'), RequestOptions{})->ok());
  EXPECT_EQ(node.requests().size(), 1u);
}

TEST(Client, ANodeThatComesBackIsUsedAgain) {
  FakeNode node(say_ok);
  Client client = make_client({node.endpoint()});
  ASSERT_TRUE(client.put("k", "v", RequestOptions{})->ok());
  node.down();
  EXPECT_FALSE(client.put("k", "v", RequestOptions{}).has_value());
  EXPECT_FALSE(client.put("k", "v", RequestOptions{}).has_value());
  node.up();
  const auto answer = client.put("k", "v", RequestOptions{});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_TRUE(answer->ok());
}

// Its kernel goes on taking connections and bytes, so only silence tells.
TEST(Client, APausedNodeHoldsUpTheFirstRequestsAndNoMore) {
  FakeNode quick(say_ok, {.node = 2});
  FakeNode node(say_ok, {.node = 1});
  const std::string key = key_that_prefers({&node, &quick}, 0);
  Client client =
      make_client({node.endpoint(), quick.endpoint()}, ClientOptions{.deadline_ms = 20'000,
                                                                     .connect_timeout_ms = 300,
                                                                     .patience_ms = 1'000,
                                                                     .silence_max_ms = 1'500});
  ASSERT_TRUE(client.put(key, "v", RequestOptions{})->ok());
  node.pause();
  ASSERT_TRUE(client.put(key, "v", RequestOptions{})->ok()) << "by the other one";

  // Long enough to give the connection up, and to dial in vain.
  const auto began = steady_clock::now();
  auto slowest = steady_clock::duration::zero();
  while (steady_clock::now() - began < milliseconds(2'000)) {
    const auto before = steady_clock::now();
    ASSERT_TRUE(client.put(key, "v", RequestOptions{})->ok());
    slowest = std::max(slowest, steady_clock::now() - before);
  }
  EXPECT_LT(slowest, milliseconds(800)) << "somebody waited for the paused node again";

  node.resume();
  const std::size_t before = node.requests().size();
  while (node.requests().size() < before + 10 &&
         steady_clock::now() - began < std::chrono::seconds(15)) {
    ASSERT_TRUE(client.put(key, "v", RequestOptions{})->ok());
  }
  EXPECT_GE(node.requests().size(), before + 10) << "it is back and not used";
}

TEST(Client, ANodeThatComesBackIsUsedAgainBesideOthers) {
  FakeNode other(say_ok, {.node = 2});
  FakeNode node(say_ok, {.node = 1});
  const std::string key = key_that_prefers({&node, &other}, 0);
  Client client = make_client({node.endpoint(), other.endpoint()});
  node.down();
  ASSERT_TRUE(client.put(key, "v", RequestOptions{})->ok());
  node.up();
  const std::size_t before = node.requests().size();
  const auto began = steady_clock::now();
  while (node.requests().size() == before &&
         steady_clock::now() - began < std::chrono::seconds(10)) {
    ASSERT_TRUE(client.put(key, "v", RequestOptions{})->ok());
  }
  EXPECT_GT(node.requests().size(), before);
}

TEST(Client, WhatIsInFlightWhenItClosesIsAnswered) {
  FakeNode node(say_nothing);
  std::atomic<int> unknown{0};
  std::atomic<int> not_applied{0};
  {
    Client client = make_client({node.endpoint()}, ClientOptions{.deadline_ms = 60'000});
    client.put("k", "v", RequestOptions{}, [&](const Result<Answer>& answer) {
      if (answer && answer->outcome == Outcome::kUnknown) ++unknown;
    });
    client.get("k", RequestOptions{}, [&](const Result<Answer>& answer) {
      if (answer && answer->outcome == Outcome::kNotApplied) ++not_applied;
    });
    ASSERT_TRUE(node.wait_for_requests(2));
  }
  EXPECT_EQ(unknown, 1);
  EXPECT_EQ(not_applied, 1);
}

TEST(Client, ACallbackThatAsksAgainWhileTheClientClosesIsToldSo) {
  FakeNode node(say_nothing);
  std::atomic<bool> told{false};
  {
    Client client = make_client({node.endpoint()}, ClientOptions{.deadline_ms = 60'000});
    client.put("k", "v", RequestOptions{}, [&](const Result<Answer>&) {
      client.put("k", "v", RequestOptions{}, [&](const Result<Answer>& again) {
        told = !again && again.error().code == ErrorCode::kUnreachable;
      });
    });
    ASSERT_TRUE(node.wait_for_requests(1));
  }
  EXPECT_TRUE(told);
}

TEST(Client, RetriesStayAShareOfTheTrafficWhenEverythingIsOverloaded) {
  FakeNode a(say(Outcome::kNotApplied, Reason::kOverloaded, "full"), {.node = 1});
  FakeNode b(say(Outcome::kNotApplied, Reason::kOverloaded, "full"), {.node = 2});
  Client client = make_client({a.endpoint(), b.endpoint()},
                              ClientOptions{.retries_percent = 10, .retries_reserve = 5});
  constexpr std::size_t kRequests = 200;
  for (std::size_t i = 0; i < kRequests; ++i) {
    ASSERT_EQ(client.put("key" + std::to_string(i), "v", RequestOptions{})->reason,
              Reason::kOverloaded);
  }
  EXPECT_LE(a.requests().size() + b.requests().size(), kRequests + kRequests / 10 + 5);
}

TEST(ClientOptions, EveryProblemIsReportedAtOnce) {
  const auto client = Client::create(ClientOptions{.deadline_ms = 0, .attempts_max = 0});
  ASSERT_FALSE(client.has_value());
  for (const char* what : {"endpoints", "deadline_ms", "attempts_max"}) {
    EXPECT_NE(client.error().message.find(what), std::string::npos) << client.error().message;
  }
}

}  // namespace
}  // namespace quorate::client
