#include "client/bulk_writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>

#include "tests/client/fake_node.h"

namespace quorate::client {
namespace {

using Link = FakeNode::LinkPtr;

Client make_client(const FakeNode& node) {
  auto client = Client::create(ClientOptions{.endpoints = {node.endpoint()}});
  QUORATE_CHECK(client.has_value());
  return std::move(*client);
}

TEST(BulkWriter, EveryPutIsReportedOnceWithItsTag) {
  FakeNode node(
      [](const Link& link, const wire::ToNode& request) { link->send(ok_reply(request)); });
  Client client = make_client(node);
  std::map<std::uint64_t, std::string> reported;
  BulkWriter writer(client, BulkOptions{.window_requests = 16},
                    [&](std::uint64_t tag, const std::string& key, const Result<Answer>& answer) {
                      EXPECT_TRUE(answer && answer->ok());
                      EXPECT_TRUE(reported.emplace(tag, key).second);
                    });
  for (std::uint64_t i = 1; i <= 1000; ++i) writer.put(i, "key" + std::to_string(i), "v");
  writer.drain();
  ASSERT_EQ(reported.size(), 1000u);
  EXPECT_EQ(reported[7], "key7");
}

TEST(BulkWriter, NeverHasMoreInFlightThanItsWindow) {
  std::vector<std::pair<Link, wire::ToNode>> held;
  std::size_t most = 0;
  FakeNode node([&](const Link& link, const wire::ToNode& request) {
    held.emplace_back(link, request);
    most = std::max(most, held.size());
    if (held.size() < 8 && request.request().key() != "last") return;
    for (const auto& [to, asked] : held) to->send(ok_reply(asked));
    held.clear();
  });
  Client client = make_client(node);
  std::size_t reported = 0;
  BulkWriter writer(client, BulkOptions{.window_requests = 8},
                    [&](std::uint64_t, const std::string&, const Result<Answer>&) { ++reported; });
  for (int i = 0; i < 79; ++i) writer.put(0, "k" + std::to_string(i), "v");
  writer.put(0, "last", "v");
  writer.drain();
  EXPECT_EQ(reported, 80u);
  EXPECT_EQ(most, 8u);
}

TEST(BulkWriter, PutsOfOneKeyGoOneAfterTheOther) {
  std::vector<std::string> values;
  std::map<std::string, int> tries;
  FakeNode node([&](const Link& link, const wire::ToNode& request) {
    const std::string& value = request.request().value();
    if (request.request().key() == "same" && ++tries[value] < 2) {
      link->send(failed_reply(request, Outcome::kNotApplied, Reason::kOverloaded, "full"));
      return;
    }
    if (request.request().key() == "same") values.push_back(value);
    link->send(ok_reply(request));
  });
  Client client = make_client(node);
  BulkWriter writer(client, BulkOptions{.pause_first_ms = 1},
                    [](std::uint64_t, const std::string&, const Result<Answer>&) {});
  for (int i = 0; i < 5; ++i) {
    writer.put(0, "same", std::to_string(i));
    writer.put(0, "other" + std::to_string(i), "v");
  }
  writer.drain();
  EXPECT_EQ(values, (std::vector<std::string>{"0", "1", "2", "3", "4"}));
}

TEST(BulkWriter, WhatIsNotAppliedForAPassingReasonIsPutAgain) {
  std::map<std::string, int> tries;
  FakeNode node([&](const Link& link, const wire::ToNode& request) {
    const bool now = ++tries[request.request().key()] >= 3;
    link->send(now ? ok_reply(request)
                   : failed_reply(request, Outcome::kNotApplied, Reason::kOverloaded, "full"));
  });
  Client client = make_client(node);
  std::size_t ok = 0;
  BulkWriter writer(client, BulkOptions{.pause_first_ms = 1},
                    [&](std::uint64_t, const std::string&, const Result<Answer>& answer) {
                      if (answer && answer->ok()) ++ok;
                    });
  for (int i = 0; i < 20; ++i) writer.put(0, "k" + std::to_string(i), "v");
  writer.drain();
  EXPECT_EQ(ok, 20u);
}

TEST(BulkWriter, GivesUpAfterItsTriesAndNeverRepeatsWhatIsUnknownOrWrong) {
  std::map<std::string, int> tries;
  FakeNode node([&](const Link& link, const wire::ToNode& request) {
    const std::string& key = request.request().key();
    ++tries[key];
    if (key == "refused") {
      link->send(failed_reply(request, Outcome::kNotApplied, Reason::kNoSpace, "full disk"));
    } else if (key == "unknown") {
      link->send(failed_reply(request, Outcome::kUnknown, Reason::kRetryTooOld, "in doubt"));
    } else {
      link->send(failed_reply(request, Outcome::kInvalid, Reason::kKeyTooLarge, "too large"));
    }
  });
  Client client = make_client(node);
  std::map<std::string, Outcome> outcomes;
  BulkWriter writer(client, BulkOptions{.tries_max = 3, .pause_first_ms = 1},
                    [&](std::uint64_t, const std::string& key, const Result<Answer>& answer) {
                      outcomes[key] = answer->outcome;
                    });
  for (const char* key : {"refused", "unknown", "wrong"}) writer.put(0, key, "v");
  writer.drain();
  EXPECT_EQ(outcomes, (std::map<std::string, Outcome>{{"refused", Outcome::kNotApplied},
                                                      {"unknown", Outcome::kUnknown},
                                                      {"wrong", Outcome::kInvalid}}));
  EXPECT_EQ(tries, (std::map<std::string, int>{{"refused", 3}, {"unknown", 1}, {"wrong", 1}}));
}

TEST(BulkWriter, StopReportsWhatWaitsForARetryAsItStands) {
  FakeNode node([](const Link& link, const wire::ToNode& request) {
    link->send(failed_reply(request, Outcome::kNotApplied, Reason::kQuorumUnreachable, "alone"));
  });
  Client client = make_client(node);
  std::size_t not_applied = 0;
  BulkWriter writer(
      client, BulkOptions{.tries_max = 1000, .pause_first_ms = 60'000, .pause_max_ms = 60'000},
      [&](std::uint64_t, const std::string&, const Result<Answer>& answer) {
        if (answer && answer->outcome == Outcome::kNotApplied) ++not_applied;
      });
  for (int i = 0; i < 5; ++i) writer.put(0, "k" + std::to_string(i), "v");
  writer.stop();
  EXPECT_EQ(not_applied, 5u);
}

}  // namespace
}  // namespace quorate::client
