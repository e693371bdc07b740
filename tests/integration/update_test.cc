// Updates by many at a time, siblings up to their bound, and kvcli's resolve and history, on real
// nodes.
#include "client/update.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "client/resolvers/json_union.h"
#include "client/session.h"
#include "tests/integration/cluster_process.h"
#include "tests/integration/eventually.h"

namespace quorate::integration {
namespace {

using client::Resolution;
using std::chrono::seconds;

std::vector<std::string_view> arrays_in(const std::vector<ReadValue>& siblings) {
  std::vector<std::string_view> arrays;
  for (const ReadValue& one : siblings) arrays.push_back(one.value.view());
  return arrays;
}

// What is there, and this element.
client::Resolver with_element(const std::string& element, std::size_t* siblings_seen) {
  return [=](const std::vector<ReadValue>& siblings) -> Result<Resolution> {
    *siblings_seen = std::max(*siblings_seen, siblings.size());
    std::vector<std::string_view> arrays = arrays_in(siblings);
    const std::string own = "[" + element + "]";
    arrays.push_back(own);
    auto all = client::union_of_arrays(arrays);
    if (!all) return all.error();
    return Resolution::write(std::move(*all));
  };
}

std::set<std::string> elements_of(const std::vector<ReadValue>& values) {
  std::set<std::string> elements;
  for (const ReadValue& one : values) {
    std::string text(one.value.view().substr(1, one.value.size() - 2));
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find(',', at), text.size());
      elements.insert(text.substr(at, end - at));
      at = end + 1;
    }
  }
  return elements;
}

struct Writer {
  std::unique_ptr<client::Client> client;
  std::set<std::string> acknowledged;
  std::set<std::string> unknown;
  std::size_t siblings_seen = 0;
  std::size_t left_behind = 0;  // siblings that its updates left, at most

  void run(int number, int count) {
    client::UpdateOptions options;
    options.request.deadline_ms = 5'000;
    options.tries_max = 20;
    for (int i = 0; i < count; ++i) {
      const std::string element = std::to_string(number * 1'000 + i);
      const auto updated = client->update("cart", with_element(element, &siblings_seen), options);
      if (!updated) continue;
      if (updated->ok()) acknowledged.insert(element);
      if (updated->answer.outcome == Outcome::kUnknown) unknown.insert(element);
      left_behind = std::max(left_behind, updated->answer.values.size());
    }
  }
};

std::vector<ReadValue> read_all(client::Client& client) {
  client::RequestOptions options;
  options.r = Quorum{Quorum::Kind::kAll, 0};
  options.deadline_ms = 10'000;
  const auto answer = client.get("cart", options);
  EXPECT_TRUE(answer && answer->ok());
  return answer ? answer->values : std::vector<ReadValue>();
}

TEST(Update, TwoInterleavedLoseNothingAndNeverSeeMoreThanThreeSiblings) {
  ClusterProcess cluster;
  ASSERT_TRUE(cluster.start_all());
  ASSERT_TRUE(cluster.await_whole());
  std::vector<Writer> writers(2);
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    Writer& writer = writers[static_cast<std::size_t>(i)];
    writer.client = cluster.client({cluster.endpoint(static_cast<NodeId>(i + 1))});
    threads.emplace_back([&writer, i] { writer.run(i, 40); });
  }
  for (std::thread& thread : threads) thread.join();
  const std::set<std::string> there = elements_of(read_all(*writers[0].client));
  for (const Writer& writer : writers) {
    EXPECT_EQ(writer.acknowledged.size(), 40u);
    EXPECT_LE(writer.siblings_seen, 3u);
    EXPECT_LE(writer.left_behind, 3u);
    for (const std::string& element : writer.acknowledged) EXPECT_TRUE(there.contains(element));
  }
}

TEST(Update, WhatWasAcknowledgedSurvivesACoordinatorThatIsKilled) {
  ClusterProcess cluster;
  ASSERT_TRUE(cluster.start_all());
  ASSERT_TRUE(cluster.await_whole());
  std::vector<Writer> writers(3);
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    Writer& writer = writers[static_cast<std::size_t>(i)];
    writer.client = cluster.client(cluster.endpoints());
    threads.emplace_back([&writer, i] { writer.run(i, 30); });
  }
  cluster.kill(2);
  EXPECT_TRUE(cluster.start({2}));
  for (std::thread& thread : threads) thread.join();
  ASSERT_TRUE(cluster.await_whole());
  const std::set<std::string> there = elements_of(read_all(*writers[0].client));
  std::size_t acknowledged = 0;
  for (const Writer& writer : writers) {
    acknowledged += writer.acknowledged.size();
    for (const std::string& element : writer.acknowledged) {
      EXPECT_TRUE(there.contains(element)) << element;
    }
  }
  EXPECT_GT(acknowledged, 45u);
}

TEST(Siblings, AtTheirBoundAWriteIsRefusedByNameAndBeforeItIsCounted) {
  ClusterProcess cluster({.configuration = "[[bucket]]\nname = \"small\"\nsiblings_max = 8\n"});
  ASSERT_TRUE(cluster.start_all());
  ASSERT_TRUE(cluster.await_whole());
  const auto client = cluster.client(cluster.endpoints());
  client::RequestOptions apart;
  apart.bucket = "small";
  apart.context_none = true;
  apart.w = Quorum{Quorum::Kind::kAll, 0};
  const auto warnings = [&] {
    std::uint64_t count = 0;
    for (const NodeId node : cluster.ids()) {
      const auto status = cluster.status(node);
      if (!status) continue;
      for (const auto& [name, value] : status->counters)
        count += name == "siblings_many" ? value : 0;
    }
    return count;
  };
  ASSERT_TRUE(client->put("city", "1", apart)->ok());
  EXPECT_EQ(warnings(), 0u);
  for (int i = 2; i <= 8; ++i) {
    ASSERT_TRUE(client->put("city", std::to_string(i), apart)->ok());
  }
  EXPECT_EQ(warnings(), 7u) << "from the second, a quarter of eight";
  const auto refused = client->put("city", "9", apart);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->outcome, Outcome::kNotApplied);
  EXPECT_EQ(refused->reason, Reason::kTooManySiblings);
  EXPECT_EQ(refused->detail.rfind("key \"city\" already has 8 siblings, and siblings_max of bucket "
                                  "\"small\" is 8;",
                                  0),
            0u)
      << refused->detail;
  client::UpdateOptions options;
  options.request.bucket = "small";
  const auto updated = client->update(
      "city", [](const auto&) { return Resolution::write("all"); }, options);
  ASSERT_TRUE(updated && updated->ok());
  EXPECT_EQ(updated->before.size(), 8u);
  EXPECT_EQ(updated->answer.values.size(), 1u);
}

class Commands : public testing::Test {
 protected:
  Commands() {
    EXPECT_TRUE(cluster_.start_all());
    EXPECT_TRUE(cluster_.await_whole());
  }

  CommandResult kvcli(std::vector<std::string> words) {
    std::string endpoints;
    for (const client::Endpoint& endpoint : cluster_.endpoints()) {
      endpoints += (endpoints.empty() ? "" : ",") + endpoint.to_string();
    }
    words.insert(words.begin(), QUORATE_KVCLI);
    words.insert(words.end(), {"--endpoints", endpoints});
    const auto log = cluster_.directory() / ("kvcli-" + std::to_string(++runs_) + ".out");
    return run_command(words, log.string(), seconds(60));
  }

  ClusterProcess cluster_;
  int runs_ = 0;
};

TEST_F(Commands, WhatWasWrittenOnBothSidesOfACutIsDrawnAndMerged) {
  ASSERT_EQ(kvcli({"put", "cart", "[\"milk\"]", "-w", "all"}).exit_code, 0);
  ASSERT_TRUE(cluster_.cut({1}, {2, 3}));
  ASSERT_TRUE(cluster_.await_circuits_open(1, {2, 3}));
  ASSERT_EQ(kvcli({"put", "cart", "[\"milk\",\"eggs\"]", "-w", "2", "--node", "2"}).exit_code, 0);
  auto history = kvcli({"history", "cart"});
  EXPECT_EQ(history.exit_code, 0) << history.output;
  EXPECT_NE(history.output.find("\n  *  [\"milk\",\"eggs\"]"), std::string::npos) << history.output;
  EXPECT_NE(history.output.find("\n  o  [\"milk\"]"), std::string::npos) << history.output;
  ASSERT_EQ(kvcli({"put", "cart", "[\"milk\",\"bread\"]", "-w", "1", "--node", "1"}).exit_code, 0);
  ASSERT_TRUE(cluster_.heal());
  ASSERT_TRUE(cluster_.await_whole());
  ASSERT_TRUE(eventually(seconds(30), [&] {
    return kvcli({"get", "cart", "-r", "all", "--fail-on-siblings"}).exit_code == 5;
  }));
  const auto resolved = kvcli({"resolve", "cart", "--with", "union", "-r", "all"});
  EXPECT_EQ(resolved.exit_code, 0) << resolved.output;
  EXPECT_EQ(kvcli({"get", "cart", "--raw"}).output, "[\"bread\",\"eggs\",\"milk\"]");
}

// `load` could not read back what such lines would lose.
TEST(Dump, OfATypeWithPartsIsRefusedAsLines) {
  ClusterProcess cluster({.configuration = "[[bucket]]\nname = \"tags\"\ntype = \"set\"\n"});
  ASSERT_TRUE(cluster.start_all());
  ASSERT_TRUE(cluster.await_whole());
  const std::string endpoint = cluster.endpoints().front().to_string();
  int runs = 0;
  const auto kvcli = [&](std::vector<std::string> words) {
    words.insert(words.begin(), QUORATE_KVCLI);
    words.insert(words.end(), {"-b", "tags", "--endpoints", endpoint});
    const auto log = cluster.directory() / ("dump-" + std::to_string(++runs) + ".out");
    return run_command(words, log.string(), seconds(60));
  };
  ASSERT_EQ(kvcli({"set", "add", "city", "old"}).exit_code, 0);
  const auto refused = kvcli({"dump"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_NE(refused.output.find("is of type set"), std::string::npos) << refused.output;
  const auto whole = kvcli({"dump", "--json"});
  EXPECT_NE(whole.output.find("\"old\""), std::string::npos) << whole.output;
  EXPECT_NE(kvcli({"dump", "--keys-only"}).output.find("city"), std::string::npos);
}

}  // namespace
}  // namespace quorate::integration
