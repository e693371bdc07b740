// How a node ends: on request, with work in flight; and when its store fails.
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "tests/node/io/node_harness.h"
#include "tests/support/fault_fs.h"

namespace quorate::io_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing_support::FaultFs;

Outcome outcome_of(const wire::ToClient& answer) {
  return static_cast<Outcome>(answer.reply().outcome());
}

std::vector<wire::ToClient> answers(RawClient& raw, milliseconds patience) {
  std::vector<wire::ToClient> all;
  while (const auto frame = raw.receive(patience)) {
    wire::ToClient answer;
    if (!answer.ParseFromString(*frame)) break;
    if (answer.has_reply()) all.push_back(answer);
  }
  return all;
}

void send_puts(RawClient& raw, int count, const std::string& prefix) {
  std::string bytes;
  for (int i = 0; i < count; ++i) {
    wire::ToNode put = put_request(prefix + std::to_string(i), "v");
    put.set_tag(static_cast<std::uint64_t>(i) + 1);
    append_frames(put.SerializeAsString(), bytes);
  }
  ASSERT_TRUE(raw.send_bytes(bytes));
}

TEST(OrderlyStop, WhatIsInFlightIsAnsweredAndWhatWasAcknowledgedIsThereAfterwards) {
  TestCluster cluster(1);
  ASSERT_TRUE(cluster.start(1).started());
  RawClient raw(cluster.node(1).client_port());
  ASSERT_TRUE(raw.hello());
  constexpr int kPuts = 500;
  send_puts(raw, kPuts, "k");
  ASSERT_TRUE(raw.receive());  // some are done, others under way
  cluster.node(1).request_stop();
  const std::vector<wire::ToClient> told = answers(raw, kPatience);
  EXPECT_EQ(cluster.node(1).wait(), ExitCode::kOrderly);
  std::vector<std::string> acknowledged;
  for (const wire::ToClient& answer : told) {
    if (outcome_of(answer) == Outcome::kOk) {
      acknowledged.push_back("k" + std::to_string(answer.tag() - 1));
    } else {
      EXPECT_EQ(outcome_of(answer), Outcome::kNotApplied) << answer.DebugString();
    }
  }
  EXPECT_FALSE(acknowledged.empty());
  cluster.stop(1);
  ASSERT_TRUE(cluster.start(1).started());
  RawClient reader(cluster.node(1).client_port());
  ASSERT_TRUE(reader.hello());
  for (const std::string& key : acknowledged) {
    const auto got = reader.call(get_request(key));
    ASSERT_TRUE(got);
    EXPECT_EQ(got->reply().values_size(), 1) << key;
  }
}

TEST(OrderlyStop, NobodyNewIsLetIn) {
  TestCluster cluster(1);
  auto fs = std::make_shared<FaultFs>(cluster.directory() + "/attic");
  NodeSettings settings = cluster.settings(1);
  settings.file_system = fs;
  ASSERT_TRUE(cluster.start(settings).started());
  const std::uint16_t port = cluster.node(1).client_port();
  RawClient raw(port);
  ASSERT_TRUE(raw.hello());
  // What the node wrote down at its start is durable then: the sync that is held is that of the
  // put.
  ASSERT_TRUE(raw.call(put_request("first", "v")));
  fs->hold_syncs(".log");
  send_puts(raw, 1, "held");
  ASSERT_TRUE(fs->wait_for_held_sync());
  cluster.node(1).request_stop();
  EXPECT_TRUE(eventually([port] { return !RawClient(port).connected(); }));
  EXPECT_FALSE(cluster.node(1).wait(milliseconds(50))) << "a write is still in flight";
  fs->release_syncs();
  const std::vector<wire::ToClient> told = answers(raw, kPatience);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(outcome_of(told[0]), Outcome::kOk) << told[0].DebugString();
  EXPECT_EQ(cluster.node(1).wait(), ExitCode::kOrderly);
}

TEST(OrderlyStop, AWriteThatCannotEndDoesNotKeepTheNodeFromEnding) {
  TestCluster cluster(3);
  cluster.config().io.stop_max_ms = 500;
  cluster.config().core.silence_max_ns = 60 * kNsPerSecond;  // no circuit opens by itself
  cluster.config().core.deadline_default_ns = 30 * kNsPerSecond;
  cluster.start_all();
  ASSERT_TRUE(cluster.await_whole());
  RawClient raw(cluster.node(1).client_port());
  ASSERT_TRUE(raw.hello());
  ASSERT_TRUE(raw.call(chaos_request({2, 3}, {2, 3})));
  send_puts(raw, 1, "stuck");
  const auto began = steady_clock::now();
  cluster.node(1).request_stop();
  EXPECT_EQ(cluster.node(1).wait(), ExitCode::kOrderly);
  EXPECT_LT(steady_clock::now() - began, milliseconds(5000));
}

// FAULTS S9.
TEST(FailedSync, WhatWasInFlightIsUnknownAndTheProcessEndsWithinASecond) {
  TestCluster cluster(1);
  auto fs = std::make_shared<FaultFs>(cluster.directory() + "/attic");
  NodeSettings settings = cluster.settings(1);
  settings.file_system = fs;
  ASSERT_TRUE(cluster.start(settings).started());
  RawClient raw(cluster.node(1).client_port());
  ASSERT_TRUE(raw.hello());
  const auto before = raw.call(put_request("before", "v"));
  ASSERT_TRUE(before);
  ASSERT_EQ(outcome_of(*before), Outcome::kOk);
  fs->fail_sync(".log", 1, true);
  const auto began = steady_clock::now();
  send_puts(raw, 3, "during");
  const std::vector<wire::ToClient> told = answers(raw, milliseconds(3000));
  EXPECT_EQ(cluster.node(1).wait(), ExitCode::kStoreFailed);
  EXPECT_LT(steady_clock::now() - began, milliseconds(1500));
  for (const wire::ToClient& answer : told) {
    EXPECT_TRUE(outcome_of(answer) == Outcome::kUnknown ||
                outcome_of(answer) == Outcome::kNotApplied)
        << answer.DebugString();
  }
  cluster.stop(1);
  fs->stop_failing();
  ASSERT_TRUE(cluster.start(1).started()) << cluster.node(1).start().error.message;
  RawClient reader(cluster.node(1).client_port());
  ASSERT_TRUE(reader.hello());
  const auto got = reader.call(get_request("before"));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->reply().values_size(), 1);
  const auto maybe = reader.call(get_request("during0"));
  ASSERT_TRUE(maybe);
  EXPECT_LE(maybe->reply().values_size(), 1);
}

// FAULTS S8.
TEST(FullDisk, WritesAreNotAppliedReadsGoOnAndItComesBackByItself) {
  TestCluster cluster(1);
  cluster.config().io.store_poll_ms = 20;
  auto fs = std::make_shared<FaultFs>(cluster.directory() + "/attic");
  NodeSettings settings = cluster.settings(1);
  settings.file_system = fs;
  ASSERT_TRUE(cluster.start(settings).started());
  RawClient raw(cluster.node(1).client_port());
  ASSERT_TRUE(raw.hello());
  ASSERT_TRUE(raw.call(put_request("before", "v")));
  fs->limit_space(fs->space_used());
  const bool refused = eventually([&raw] {
    const auto put = raw.call(put_request("full", std::string(100'000, 'v')));
    return put && outcome_of(*put) == Outcome::kNotApplied &&
           put->reply().reason() == static_cast<std::uint32_t>(Reason::kNoSpace);
  });
  EXPECT_TRUE(refused);
  const auto got = raw.call(get_request("before"));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->reply().values_size(), 1);
  const auto status = raw.call(status_request());
  ASSERT_TRUE(status);
  EXPECT_EQ(status->status().store(), "no space");
  fs->lift_space_limit();
  EXPECT_TRUE(eventually([&raw] {
    const auto put = raw.call(put_request("again", "v"));
    return put && outcome_of(*put) == Outcome::kOk;
  }));
}

// Nothing that a list shows may be taken back by a crash.
TEST(List, WaitsUntilWhatItShowsIsDurable) {
  TestCluster cluster(1);
  auto fs = std::make_shared<FaultFs>(cluster.directory() + "/attic");
  NodeSettings settings = cluster.settings(1);
  settings.file_system = fs;
  ASSERT_TRUE(cluster.start(settings).started());
  RawClient raw(cluster.node(1).client_port());
  ASSERT_TRUE(raw.hello());
  wire::ToNode locate;
  locate.mutable_locate()->set_bucket("default");
  locate.mutable_locate()->set_key("held0");
  const auto place = raw.call(locate);
  ASSERT_TRUE(place);
  ASSERT_TRUE(raw.call(put_request("first", "v")));  // as above; of another vnode
  fs->hold_syncs(".log");
  send_puts(raw, 1, "held");
  ASSERT_TRUE(fs->wait_for_held_sync());
  RawClient other(cluster.node(1).client_port());
  ASSERT_TRUE(other.hello());
  wire::ToNode list;
  list.set_tag(5);
  list.mutable_list()->set_vnode(place->locate().vnode());
  list.mutable_list()->set_from_start(true);
  ASSERT_TRUE(other.send_message(list));
  EXPECT_FALSE(other.receive(milliseconds(200))) << "the row is not durable yet";
  fs->release_syncs();
  const auto page = other.receive();
  ASSERT_TRUE(page);
  wire::ToClient answer;
  ASSERT_TRUE(answer.ParseFromString(*page));
  ASSERT_EQ(answer.list().entries_size(), 1);
  EXPECT_EQ(answer.list().entries(0).key(), "held0");
}

TEST(OsMode, AcknowledgesWithoutWaitingForTheDisk) {
  TestCluster cluster(1);
  auto fs = std::make_shared<FaultFs>(cluster.directory() + "/attic");
  NodeSettings settings = cluster.settings(1);
  settings.file_system = fs;
  settings.durability = Durability::kOs;
  ASSERT_TRUE(cluster.start(settings).started());
  RawClient raw(cluster.node(1).client_port());
  ASSERT_TRUE(raw.hello());
  fs->hold_syncs(".log");
  const auto put = raw.call(put_request("k", "v"));
  fs->release_syncs();
  ASSERT_TRUE(put);
  EXPECT_EQ(outcome_of(*put), Outcome::kOk);
  const auto status = raw.call(status_request());
  ASSERT_TRUE(status);
  EXPECT_EQ(status->status().durability(), "os");
}

}  // namespace
}  // namespace quorate::io_test
