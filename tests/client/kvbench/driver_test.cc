// The driver against nodes that a test scripts.
#include "client/kvbench/driver.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <deque>
#include <mutex>
#include <set>

#include "tests/client/fake_node.h"

namespace quorate::client::kvbench {
namespace {

using Link = FakeNode::LinkPtr;

void say_ok(const Link& link, const wire::ToNode& request) { link->send(ok_reply(request)); }
bool go_on(const Progress&) { return true; }

std::vector<Repetition> drive_client(Client& client, const Options& options,
                                     const std::vector<pid_t>& servers,
                                     const OnProgress& on_progress) {
  ClientTarget target(client, options.request);
  return drive(target, options, servers, on_progress);
}

Client make_client(const FakeNode& node) {
  auto client = Client::create(ClientOptions{.endpoints = {node.endpoint()}});
  QUORATE_CHECK(client.has_value());
  return std::move(*client);
}

Options quick(const char* mix) {
  Options options;
  options.mix = find_mix(mix);
  options.distribution = options.mix->distribution;
  options.keys = 100;
  options.value_bytes = 10;
  options.concurrency = 8;
  options.warm_up_s = 0;
  options.window_s = 0.1;
  options.repetitions = 1;
  return options;
}

TEST(Driver, ClosedLoopKeepsThatManyInFlightAndNoMore) {
  std::deque<std::pair<Link, wire::ToNode>> held;
  std::size_t most = 0;
  // Answers one only when eight are there: with fewer in flight nothing would ever go on.
  FakeNode node([&](const Link& link, const wire::ToNode& request) {
    held.emplace_back(link, request);
    most = std::max(most, held.size());
    if (held.size() < 8) return;
    held.front().first->send(ok_reply(held.front().second));
    held.pop_front();
  });
  Client client = make_client(node);
  Options options = quick("put");
  options.request.deadline_ms = 300;  // for the seven that are left
  const auto repetitions = drive_client(client, options, {}, go_on);
  ASSERT_EQ(repetitions.size(), 1u);
  EXPECT_EQ(most, 8u);
  EXPECT_GT(repetitions[0].done_all(), 8u);
  EXPECT_GE(repetitions[0].outcomes.unknown, 7u);
}

TEST(Driver, EachRepetitionCountsItsOwn) {
  FakeNode node(say_ok);
  Client client = make_client(node);
  Options options = quick("put");
  options.warm_up_s = 0.05;
  options.repetitions = 3;
  const auto repetitions = drive_client(client, options, {::getpid()}, go_on);
  ASSERT_EQ(repetitions.size(), 3u);
  std::uint64_t counted = 0;
  for (const Repetition& one : repetitions) {
    EXPECT_GE(one.seconds, 0.09);
    EXPECT_GT(one.done_all(), 0u);
    EXPECT_GE(one.outcomes.ok, one.done_all());
    EXPECT_GT(one.own_cpu_ns, 0);
    ASSERT_TRUE(one.servers);
    counted += one.outcomes.ok;
  }
  EXPECT_LT(counted, node.requests().size()) << "the warm-up does not count";
}

// With eight in flight and no answers, a thousand a second are due: each counts with the time that
// it waited, though only a few were ever sent.
TEST(Driver, InAnOpenLoopAStallIsSeenByAllThatItHeldUp) {
  FakeNode node([](const Link&, const wire::ToNode&) {});
  Client client = make_client(node);
  Options options = quick("put");
  options.rate = 1'000;
  options.window_s = 0.8;
  options.request.deadline_ms = 300;
  const auto repetitions = drive_client(client, options, {}, go_on);
  ASSERT_EQ(repetitions.size(), 1u);
  const Repetition& one = repetitions[0];
  const Histogram& latencies = one.latencies[static_cast<std::size_t>(OperationKind::kPut)];
  EXPECT_EQ(one.done_all(), 0u);
  EXPECT_LE(node.requests().size(), 80u);
  EXPECT_GE(latencies.count(), 790u);
  EXPECT_GT(one.never_started, 700u);
  EXPECT_GE(latencies.at(0.5), 200'000'000);
}

TEST(Driver, AnOpenLoopStartsAtItsRate) {
  FakeNode node(say_ok);
  Client client = make_client(node);
  Options options = quick("put");
  options.rate = 200;
  options.window_s = 0.5;
  const auto repetitions = drive_client(client, options, {}, go_on);
  const auto sent = node.requests().size();
  EXPECT_GE(sent, 50u);
  EXPECT_LE(static_cast<double>(sent), 200 * repetitions[0].seconds + 2);
}

TEST(Driver, OutcomesAreToldApart) {
  std::atomic<int> asked{0};
  FakeNode node([&](const Link& link, const wire::ToNode& request) {
    switch (asked++ % 4) {
      case 0:
        link->send(ok_reply(request));
        return;
      case 1:
        link->send(failed_reply(request, Outcome::kNotApplied, Reason::kTooManySiblings, "full"));
        return;
      case 2:
        link->send(failed_reply(request, Outcome::kUnknown, Reason::kRetryTooOld, "in doubt"));
        return;
      default:
        link->send(failed_reply(request, Outcome::kInvalid, Reason::kValueTooLarge, "too large"));
        return;
    }
  });
  Client client = make_client(node);
  const auto repetitions = drive_client(client, quick("put"), {}, go_on);
  const Outcomes& outcomes = repetitions[0].outcomes;
  EXPECT_GT(outcomes.ok, 0u);
  EXPECT_GT(outcomes.not_applied, 0u);
  EXPECT_GT(outcomes.unknown, 0u);
  EXPECT_GT(outcomes.invalid, 0u);
  EXPECT_LE(repetitions[0].done_all(), outcomes.ok) << "a rate is of what was answered";
  EXPECT_EQ(outcomes.reasons.size(), 3u);
  EXPECT_FALSE(outcomes.example.empty());
}

TEST(Driver, ReadModifyWriteWritesUnderTheTokenThatItRead) {
  std::mutex mutex;
  std::set<std::string> tokens;
  FakeNode node([&](const Link& link, const wire::ToNode& request) {
    if (request.request().verb() == static_cast<std::uint32_t>(Verb::kGet)) {
      link->send(value_reply(request, "0123456789", "token of " + request.request().key()));
      return;
    }
    const std::lock_guard lock(mutex);
    tokens.insert(request.request().token() == "token of " + request.request().key() ? "right"
                                                                                     : "wrong");
    link->send(ok_reply(request));
  });
  Client client = make_client(node);
  const auto repetitions = drive_client(client, quick("F"), {}, go_on);
  EXPECT_EQ(tokens, std::set<std::string>{"right"});
  constexpr auto kKind = static_cast<std::size_t>(OperationKind::kReadModifyWrite);
  EXPECT_GT(repetitions[0].done[kKind], 0u);
}

TEST(Driver, EndsEarlyWhenItIsToldAndDropsWhatIsIncomplete) {
  FakeNode node(say_ok);
  Client client = make_client(node);
  Options options = quick("put");
  options.window_s = 3'600;
  EXPECT_TRUE(
      drive_client(client, options, {}, [](const Progress& now) { return now.done < 10; }).empty());
  options.window_s = 0.05;
  options.repetitions = 1'000;
  const auto some =
      drive_client(client, options, {}, [](const Progress& now) { return now.repetition < 3; });
  EXPECT_GE(some.size(), 2u);
  EXPECT_LT(some.size(), 1'000u);
}

TEST(Driver, AProcessThatEndsLeavesItsCostUnknown) {
  FakeNode node(say_ok);
  Client client = make_client(node);
  const auto repetitions = drive_client(client, quick("put"), {1 << 22}, go_on);
  EXPECT_FALSE(repetitions[0].servers);
}

}  // namespace
}  // namespace quorate::client::kvbench
