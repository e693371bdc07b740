// A client against nodes that the test plays itself.
#include "sim/world/sim_client.h"

#include <gtest/gtest.h>

#include <optional>

#include "tests/sim/sim_fixture.h"
#include "tests/sim/world/pop.h"

namespace quorate::sim {
namespace {

struct SimClientTest : ::testing::Test {
  World world{1, 3};
  History history;
  std::optional<SimClient> client;

  struct Arrived {
    NodeId node = 0;
    ClientCall call;
  };

  SimClientTest() {
    world.network.set_client_links(LinkModel{.latency = Latency::constant(from_ms(1))});
  }
  void connect(std::uint32_t attempts_max = 3) {
    ClientPolicy policy;
    policy.endpoints = {1, 2, 3};
    policy.attempt_timeout = from_ms(100);
    policy.attempts_max = attempts_max;
    policy.deadline = from_seconds(1);
    policy.answer_margin = 0;
    client.emplace(world, history, kFirstClientHost, policy);
  }

  // Lets time pass until a request reaches a node; nothing when no event is left.
  std::optional<Arrived> next_request() {
    while (!world.queue.empty()) {
      auto [time, event] = pop(world.queue);
      world.now = time;
      if (const auto* alarm = std::get_if<ClientAlarm>(&event)) {
        client->on_alarm(alarm->alarm);
      } else if (auto* delivery = std::get_if<Delivery>(&event)) {
        return Arrived{node_of_host(delivery->to),
                       std::get<ClientCall>(std::move(delivery->packet))};
      }
    }
    return std::nullopt;
  }
  void answer(const Arrived& to, Outcome outcome, Reason reason = Reason::kNone) {
    ClientReply reply;
    reply.outcome = outcome;
    reply.reason = reason;
    client->on_answer(to.call.tag, reply);
  }
  const Operation& last() { return history[*client->last_operation()]; }
};

struct AsksAgain final : WorldObserver {
  explicit AsksAgain(SimClient& asking) : client(asking) {}
  void on_operation_finished(const Operation&) override {
    if (asked++ == 0) client.enqueue(get("k2"));
  }
  SimClient& client;
  int asked = 0;
};

TEST_F(SimClientTest, a_step_enqueued_when_an_operation_ends_begins_once) {
  connect();
  AsksAgain observer(*client);
  world.observers.push_back(&observer);
  client->enqueue(get("k1"));
  ClientStep late = get("k3");
  late.think = from_ms(50);
  answer(*next_request(), Outcome::kOk);
  client->enqueue(late);
  const std::optional<Arrived> second = next_request();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->call.request.key.name, "k2");
  const SimTime ended = world.now;
  answer(*second, Outcome::kOk);
  const std::optional<Arrived> third = next_request();
  ASSERT_TRUE(third);
  EXPECT_EQ(third->call.request.key.name, "k3");
  EXPECT_GE(world.now, ended + late.think);
  EXPECT_EQ(history.operations().size(), 3u);
}

TEST_F(SimClientTest, ends_with_the_first_success) {
  connect();
  client->enqueue(put("k", "v"));
  const auto first = next_request();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->node, 1);
  EXPECT_TRUE(first->call.request.id.is_set());
  answer(*first, Outcome::kOk);
  EXPECT_TRUE(last().acknowledged());
  EXPECT_FALSE(next_request());
}

TEST_F(SimClientTest, retries_elsewhere_under_the_same_id_and_says_how_old_it_is) {
  connect();
  client->enqueue(put("k", "v"));
  const auto first = next_request();
  const auto second = next_request();  // the first was never answered
  ASSERT_TRUE(first && second);
  EXPECT_EQ(second->node, 2);
  EXPECT_EQ(second->call.request.id, first->call.request.id);
  EXPECT_EQ(second->call.request.attempt, 1u);
  EXPECT_GE(second->call.request.age_ns, from_ms(100));
  EXPECT_EQ(second->call.request.deadline_ns, from_seconds(1) - second->call.request.age_ns);
}

TEST_F(SimClientTest, a_late_answer_to_an_earlier_attempt_counts) {
  connect();
  client->enqueue(put("k", "v"));
  const auto first = next_request();
  const auto second = next_request();
  ASSERT_TRUE(first && second);
  answer(*first, Outcome::kOk);
  EXPECT_TRUE(last().acknowledged());
  answer(*second, Outcome::kNotApplied, Reason::kQuorumUnreachable);  // too late to matter
  EXPECT_TRUE(last().acknowledged());
}

TEST_F(SimClientTest, not_applied_everywhere_is_not_applied) {
  connect();
  client->enqueue(put("k", "v"));
  for (int i = 0; i < 3; ++i) {
    const auto request = next_request();
    ASSERT_TRUE(request);
    answer(*request, Outcome::kNotApplied, Reason::kQuorumUnreachable);
  }
  EXPECT_TRUE(last().done());
  EXPECT_EQ(last().outcome, Outcome::kNotApplied);
  EXPECT_EQ(last().reason, Reason::kQuorumUnreachable);
}

TEST_F(SimClientTest, unknown_absorbs_not_applied) {
  connect();
  client->enqueue(put("k", "v"));
  answer(*next_request(), Outcome::kUnknown, Reason::kDeadline);
  answer(*next_request(), Outcome::kNotApplied, Reason::kQuorumUnreachable);
  answer(*next_request(), Outcome::kNotApplied, Reason::kQuorumUnreachable);
  EXPECT_EQ(last().outcome, Outcome::kUnknown);
}

TEST_F(SimClientTest, an_attempt_without_an_answer_makes_a_write_unknown_and_a_read_not_done) {
  connect(2);
  client->enqueue(put("k", "v"));
  next_request();
  answer(*next_request(), Outcome::kNotApplied, Reason::kQuorumUnreachable);
  EXPECT_FALSE(next_request());
  EXPECT_EQ(last().outcome, Outcome::kUnknown);
  EXPECT_EQ(last().finished - last().invoked, from_seconds(1));

  client->enqueue(get("k"));
  next_request();
  answer(*next_request(), Outcome::kNotApplied, Reason::kQuorumUnreachable);
  EXPECT_FALSE(next_request());
  EXPECT_EQ(last().outcome, Outcome::kNotApplied);
}

TEST_F(SimClientTest, does_not_retry_what_would_end_the_same) {
  connect();
  client->enqueue(put("k", "v"));
  answer(*next_request(), Outcome::kNotApplied, Reason::kTooManySiblings);
  EXPECT_EQ(last().outcome, Outcome::kNotApplied);
  EXPECT_FALSE(next_request());
  EXPECT_EQ(last().attempts.size(), 1u);
}

TEST_F(SimClientTest, a_session_sends_the_token_of_the_last_answer) {
  connect();
  client->enqueue(get("k").session());
  const auto read = next_request();
  EXPECT_FALSE(read->call.request.token);
  ClientReply reply;
  reply.outcome = Outcome::kNotFound;
  reply.token.emplace();
  reply.token->context.add(Dot{Actor{5, 1}, 1});
  client->on_answer(read->call.tag, reply);

  client->enqueue(put("k", "v").session());
  const auto write = next_request();
  ASSERT_TRUE(write->call.request.token);
  EXPECT_EQ(write->call.request.token->context, reply.token->context);
  EXPECT_EQ(last().token_from, 0u);
  answer(*write, Outcome::kOk);

  client->enqueue(get("other").session());
  EXPECT_FALSE(next_request()->call.request.token);
}

TEST_F(SimClientTest, a_step_waits_for_its_think_time_and_for_its_earliest_moment) {
  connect();
  Step early = put("k", "v1");
  early.think = from_ms(20);
  early.not_before = from_ms(5);
  Step late = put("k", "v2");
  late.think = from_ms(20);
  late.not_before = from_ms(300);
  client->enqueue(early);
  client->enqueue(late);
  answer(*next_request(), Outcome::kOk);
  EXPECT_EQ(last().invoked, from_ms(20));
  answer(*next_request(), Outcome::kOk);
  EXPECT_EQ(last().invoked, from_ms(300));
}

}  // namespace
}  // namespace quorate::sim
