// What a well-behaved client gets, over a real socket.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "node/causality/codec.h"
#include "tests/node/io/node_harness.h"
#include "tests/support/fault_fs.h"

namespace quorate::io_test {
namespace {

class ClientSessionTest : public ::testing::Test {
 protected:
  void start(int nodes = 1) {
    cluster_ = std::make_unique<TestCluster>(nodes);
    cluster_->start_all();
    ASSERT_TRUE(cluster_->await_whole());
  }
  RawClient client(NodeId node = 1) { return RawClient(cluster_->node(node).client_port()); }

  std::unique_ptr<TestCluster> cluster_;
};

TEST_F(ClientSessionTest, AHelloIsWelcomedWithTheNodesIdentity) {
  start();
  RawClient raw = client();
  const auto welcome = raw.hello();
  ASSERT_TRUE(welcome);
  EXPECT_EQ(welcome->cluster(), "test");
  EXPECT_EQ(welcome->node(), 1u);
  EXPECT_EQ(welcome->run() & 0xffff, 1u);
  EXPECT_EQ(welcome->protocol_version(), kProtocolVersion);
}

TEST_F(ClientSessionTest, AClientOfAnotherClusterIsToldTheNameOfThisOne) {
  start();
  RawClient raw = client();
  wire::Hello hello;
  hello.set_protocol_version(kProtocolVersion);
  hello.set_cluster("prod");
  ASSERT_TRUE(raw.send_message(hello));
  const auto error = raw.error();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message(), "this node belongs to cluster \"test\", not to \"prod\"");
  EXPECT_TRUE(raw.closed_by_peer());
}

TEST_F(ClientSessionTest, AClientOfAnotherVersionIsToldBothVersions) {
  start();
  RawClient raw = client();
  wire::Hello hello;
  hello.set_protocol_version(9);
  ASSERT_TRUE(raw.send_message(hello));
  const auto error = raw.error();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message(), "this node speaks protocol version 1, not version 9");
}

TEST_F(ClientSessionTest, WhatWasPutIsGotOnEveryNode) {
  start(3);
  RawClient writer = client(1);
  ASSERT_TRUE(writer.hello());
  const std::string value("binary\0value\xff", 13);
  const auto put = writer.call(put_request("k", value));
  ASSERT_TRUE(put && put->has_reply());
  EXPECT_EQ(put->reply().outcome(), static_cast<std::uint32_t>(Outcome::kOk)) << put->DebugString();
  EXPECT_FALSE(put->reply().token().empty());
  for (NodeId node = 1; node <= 3; ++node) {
    RawClient reader = client(node);
    ASSERT_TRUE(reader.hello());
    const auto got = reader.call(get_request("k"));
    ASSERT_TRUE(got && got->has_reply());
    ASSERT_EQ(got->reply().values_size(), 1) << got->DebugString();
    EXPECT_EQ(got->reply().values(0).value(), value);
  }
}

TEST_F(ClientSessionTest, ManyRequestsInOneWriteAreAllAnsweredByTheirTags) {
  start();
  RawClient raw = client();
  ASSERT_TRUE(raw.hello());
  constexpr std::uint64_t kRequests = 3000;  // more than may be in flight at once
  std::string bytes;
  for (std::uint64_t tag = 1; tag <= kRequests; ++tag) {
    wire::ToNode request = put_request("k" + std::to_string(tag % 500), std::to_string(tag));
    request.mutable_request()->set_context_none(false);
    request.set_tag(tag);
    append_frames(request.SerializeAsString(), bytes);
  }
  ASSERT_TRUE(raw.send_bytes(bytes));
  std::vector<bool> answered(kRequests + 1, false);
  for (std::uint64_t i = 0; i < kRequests; ++i) {
    const auto frame = raw.receive();
    ASSERT_TRUE(frame) << "after " << i << " answers";
    wire::ToClient answer;
    ASSERT_TRUE(answer.ParseFromString(*frame));
    ASSERT_TRUE(answer.has_reply());
    ASSERT_TRUE(answer.tag() >= 1 && answer.tag() <= kRequests);
    ASSERT_FALSE(answered[answer.tag()]) << "answered twice: " << answer.tag();
    answered[answer.tag()] = true;
    EXPECT_EQ(answer.reply().outcome(), 0u) << answer.DebugString();
  }
  EXPECT_TRUE(raw.call(ping_request()));
}

TEST_F(ClientSessionTest, AForgedTokenIsRefusedAndNothingIsApplied) {
  start();
  RawClient raw = client();
  ASSERT_TRUE(raw.hello());
  wire::ToNode put = put_request("k", "v");
  put.mutable_request()->set_token(std::string(60, 't'));
  const auto refused = raw.call(put);
  ASSERT_TRUE(refused && refused->has_reply());
  EXPECT_EQ(refused->reply().outcome(), static_cast<std::uint32_t>(Outcome::kInvalid));
  EXPECT_EQ(refused->reply().reason(), static_cast<std::uint32_t>(Reason::kBadContext));
  EXPECT_FALSE(refused->reply().detail().empty());
  EXPECT_EQ(refused->reply().id_high(), put.request().id_high());
  const auto got = raw.call(get_request("k"));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->reply().outcome(), static_cast<std::uint32_t>(Outcome::kNotFound));
}

TEST_F(ClientSessionTest, WhatAReplyRepeatsOfARequestIsPrintable) {
  start();
  RawClient raw = client();
  ASSERT_TRUE(raw.hello());
  wire::ToNode put = put_request("k", "v");
  put.mutable_request()->set_bucket("x\x1b[2J\n");
  const auto refused = raw.call(put);
  ASSERT_TRUE(refused && refused->has_reply());
  EXPECT_NE(refused->reply().detail().find("x\\x1b[2J\\x0a"), std::string::npos)
      << refused->reply().detail();
}

TEST_F(ClientSessionTest, ATokenOfAnotherKeyIsRefused) {
  start();
  RawClient raw = client();
  ASSERT_TRUE(raw.hello());
  const auto put = raw.call(put_request("a", "v"));
  ASSERT_TRUE(put && !put->reply().token().empty());
  wire::ToNode moved = put_request("b", "v");
  moved.mutable_request()->set_token(put->reply().token());
  const auto refused = raw.call(moved);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->reply().outcome(), static_cast<std::uint32_t>(Outcome::kInvalid));
}

TEST_F(ClientSessionTest, KeysAndValuesAtAndPastTheirLimits) {
  start();
  RawClient raw = client();
  ASSERT_TRUE(raw.hello());
  struct Case {
    std::string key, value;
    Outcome outcome;
  };
  const std::vector<Case> cases = {
      {"", "v", Outcome::kInvalid},
      {std::string(1, '\0'), "v", Outcome::kOk},
      {"\xff\xfe", "v", Outcome::kOk},
      {std::string(1024, 'k'), "v", Outcome::kOk},
      {std::string(1025, 'k'), "v", Outcome::kInvalid},
      {std::string(64 << 10, 'k'), "v", Outcome::kInvalid},
      {std::string((64 << 10) + 1, 'k'), "v", Outcome::kInvalid},
      {"empty", "", Outcome::kOk},
      {"large", std::string(1 << 20, 'v'), Outcome::kOk},
      {"too large", std::string((1 << 20) + 1, 'v'), Outcome::kInvalid},
  };
  for (const Case& c : cases) {
    const auto put = raw.call(put_request(c.key, c.value));
    ASSERT_TRUE(put && put->has_reply()) << c.key.size() << " " << c.value.size();
    const auto outcome = static_cast<Outcome>(put->reply().outcome());
    // Both say that nothing was done.
    const bool refused = outcome == Outcome::kInvalid || outcome == Outcome::kNotApplied;
    EXPECT_EQ(refused, c.outcome == Outcome::kInvalid)
        << c.key.size() << " " << c.value.size() << " " << put->reply().detail();
    if (refused) {
      EXPECT_FALSE(put->reply().detail().empty());
      continue;
    }
    const auto got = raw.call(get_request(c.key));
    ASSERT_TRUE(got);
    ASSERT_EQ(got->reply().values_size(), 1);
    EXPECT_EQ(got->reply().values(0).value(), c.value);
  }
}

TEST_F(ClientSessionTest, StatusTellsWhoTheNodeIsAndWhatItDid) {
  start(3);
  RawClient raw = client(2);
  ASSERT_TRUE(raw.hello());
  ASSERT_TRUE(raw.call(put_request("k", "v")));
  const auto answer = raw.call(status_request());
  ASSERT_TRUE(answer && answer->has_status());
  const wire::StatusReply& status = answer->status();
  EXPECT_EQ(status.cluster(), "test");
  EXPECT_EQ(status.node(), 2u);
  EXPECT_EQ(status.version(), "test");
  EXPECT_EQ(status.durability(), "fsync");
  EXPECT_EQ(status.store(), "writable");
  EXPECT_EQ(status.data_directory(), cluster_->settings(2).data_directory);
  EXPECT_EQ(status.pid(), static_cast<std::uint64_t>(::getpid()));
  EXPECT_TRUE(status.chaos());
  EXPECT_EQ(status.clients(), 1u);
  EXPECT_EQ(status.buckets_size(), 1);
  ASSERT_EQ(status.peers_size(), 2);
  EXPECT_EQ(status.peers(0).address(),
            "127.0.0.1:" + std::to_string(cluster_->node(1).peer_port()));
  EXPECT_EQ(counter(status, "client_requests"), 1u);
  EXPECT_GE(counter(status, "syncs"), 1u);
  EXPECT_GE(counter(status, "peer_messages_out"), 1u);
}

TEST_F(ClientSessionTest, RingAndLocateAgree) {
  start(3);
  RawClient raw = client();
  ASSERT_TRUE(raw.hello());
  wire::ToNode ask_ring;
  ask_ring.mutable_ring();
  const auto ring = raw.call(ask_ring);
  ASSERT_TRUE(ring && ring->has_ring());
  EXPECT_EQ(ring->ring().vnodes_size(), 64);
  EXPECT_EQ(ring->ring().members_size(), 3);
  wire::ToNode ask;
  ask.mutable_locate()->set_bucket("default");
  ask.mutable_locate()->set_key("city:1");
  const auto located = raw.call(ask);
  ASSERT_TRUE(located && located->has_locate());
  ASSERT_EQ(located->locate().primaries_size(), 3);
  const auto& nodes = ring->ring().vnodes(static_cast<int>(located->locate().vnode())).nodes();
  EXPECT_TRUE(std::equal(nodes.begin(), nodes.end(), located->locate().primaries().begin()));
  ask.mutable_locate()->set_bucket("nope");
  const auto unknown = raw.call(ask);
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->locate().error(),
            "there is no bucket \"nope\" in this cluster's configuration");
}

TEST_F(ClientSessionTest, ListPagesThroughEveryKeyAndTellsWhichShowNothing) {
  start();
  RawClient raw = client();
  ASSERT_TRUE(raw.hello());
  constexpr int kKeys = 150;
  for (int i = 0; i < kKeys; ++i) {
    ASSERT_TRUE(raw.call(put_request("key-" + std::to_string(i), "v")));
  }
  wire::ToNode remove = put_request("key-7", "");
  remove.mutable_request()->set_verb(static_cast<std::uint32_t>(Verb::kDelete));
  const auto removed = raw.call(remove);
  ASSERT_TRUE(removed);
  ASSERT_EQ(removed->reply().outcome(), 0u) << removed->DebugString();
  wire::ToNode expired = put_request("key-9", "v");
  expired.mutable_request()->set_expiry_ms(1);
  ASSERT_TRUE(raw.call(expired));

  std::map<std::string, bool> found;
  for (std::uint32_t vnode = 0; vnode < 64; ++vnode) {
    wire::ToNode ask;
    ask.mutable_list()->set_vnode(vnode);
    ask.mutable_list()->set_from_start(true);
    ask.mutable_list()->set_rows_max(2);
    while (true) {
      const auto page = raw.call(ask);
      ASSERT_TRUE(page && page->has_list());
      ASSERT_EQ(page->list().error(), "");
      EXPECT_LE(page->list().entries_size(), 2);
      for (const auto& entry : page->list().entries()) {
        EXPECT_TRUE(found.emplace(entry.key(), entry.live()).second) << entry.key();
        ask.mutable_list()->set_after_bucket(entry.bucket());
        ask.mutable_list()->set_after_key(entry.key());
      }
      ask.mutable_list()->set_from_start(false);
      if (page->list().done()) break;
    }
  }
  EXPECT_EQ(found.size(), static_cast<std::size_t>(kKeys));
  EXPECT_FALSE(found["key-7"]);
  EXPECT_TRUE(found["key-8"]);
  EXPECT_FALSE(found["key-9"]);
  wire::ToNode bad;
  bad.mutable_list()->set_vnode(64);
  const auto refused = raw.call(bad);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->list().error(), "there is no vnode 64: the ring has 64");
}

TEST_F(ClientSessionTest, ARowIsShownAsThisNodeAloneHoldsIt) {
  start(3);
  RawClient writer = client(1);
  ASSERT_TRUE(writer.hello());
  const std::string value("binary\0value\xff", 13);
  wire::ToNode put = put_request("k", value);
  put.mutable_request()->mutable_w()->set_kind(static_cast<std::uint32_t>(Quorum::Kind::kAll));
  const auto stored = writer.call(put);
  ASSERT_TRUE(stored);
  ASSERT_EQ(stored->reply().outcome(), 0u) << stored->DebugString();
  std::uint64_t state_hash = 0;
  for (NodeId node = 1; node <= 3; ++node) {
    RawClient raw = client(node);
    ASSERT_TRUE(raw.hello());
    wire::ToNode ask;
    ask.mutable_row()->set_bucket("default");
    ask.mutable_row()->set_key("k");
    const auto row = raw.call(ask);
    ASSERT_TRUE(row && row->has_row());
    const auto record = decode_record(row->row().row().record());
    ASSERT_TRUE(record) << record.error().message;
    ASSERT_EQ(record->siblings.size(), 1u);
    EXPECT_EQ(record->siblings[0].value.view(), value);
    EXPECT_EQ(row->row().hints_size(), 0);
    if (node == 1) state_hash = row->row().row().state_hash();
    EXPECT_EQ(row->row().row().state_hash(), state_hash);

    ask.mutable_row()->set_without_values(true);
    const auto bare = raw.call(ask);
    ASSERT_TRUE(bare);
    const auto without = decode_record(bare->row().row().record());
    ASSERT_TRUE(without);
    EXPECT_EQ(without->context, record->context);
    EXPECT_EQ(without->siblings.at(0).value.size(), 0u);
    EXPECT_EQ(bare->row().row().state_hash(), state_hash) << "of the values all the same";
  }
  wire::ToNode ask;
  ask.mutable_row()->set_key("nobody");
  const auto none = writer.call(ask);
  ASSERT_TRUE(none && none->has_row());
  EXPECT_EQ(none->row().row().record(), "");
  EXPECT_EQ(none->row().row().state_hash(), 0u);
  ask.mutable_row()->set_bucket("nope");
  const auto unknown = writer.call(ask);
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->row().error(), "there is no bucket \"nope\" in this cluster's configuration");
}

TEST_F(ClientSessionTest, WhatIsNotDurableYetIsNotShown) {
  cluster_ = std::make_unique<TestCluster>(1);
  const auto fs = std::make_shared<testing_support::FaultFs>(cluster_->directory() + "/attic");
  NodeSettings settings = cluster_->settings(1);
  settings.file_system = fs;
  ASSERT_TRUE(cluster_->start(settings).started());
  RawClient writer = client();
  ASSERT_TRUE(writer.hello());
  fs->hold_syncs(".log");
  ASSERT_TRUE(writer.send_message(put_request("k", "v")));
  ASSERT_TRUE(fs->wait_for_held_sync());

  RawClient reader = client();
  ASSERT_TRUE(reader.hello());
  wire::ToNode ask;
  ask.set_tag(1);
  ask.mutable_row()->set_key("k");
  ASSERT_TRUE(reader.send_message(ask));
  ask.set_tag(2);
  ask.mutable_digest()->set_vnode(0);
  ASSERT_TRUE(reader.send_message(ask));
  wire::ToNode ping = ping_request();
  ping.set_tag(3);
  ASSERT_TRUE(reader.send_message(ping));
  const auto tag_of_next = [&] {
    const auto frame = reader.receive();
    wire::ToClient answer;
    return frame && answer.ParseFromString(*frame) ? answer.tag() : 0;
  };
  EXPECT_EQ(tag_of_next(), 3u) << "the ping came last and waits for nothing";
  fs->release_syncs();
  EXPECT_EQ(tag_of_next(), 1u);
  EXPECT_EQ(tag_of_next(), 2u);
}

// Every page of a range of vnodes, two rows at a time.
std::vector<std::string> digest_keys(RawClient& raw, const std::string& bucket,
                                     const std::string& prefix) {
  std::vector<std::string> keys;
  for (std::uint32_t vnode = 0; vnode < 64; ++vnode) {
    wire::ToNode ask;
    ask.mutable_digest()->set_vnode(vnode);
    ask.mutable_digest()->set_bucket(bucket);
    ask.mutable_digest()->set_prefix(prefix);
    ask.mutable_digest()->set_rows_max(2);
    while (true) {
      const auto page = raw.call(ask);
      if (!page || !page->has_digest() || !page->digest().error().empty()) return {"no answer"};
      for (const auto& entry : page->digest().entries()) {
        keys.push_back(entry.key());
        if (entry.held().state_hash() == 0) return {"no hash"};
      }
      if (page->digest().done()) break;
      ask.mutable_digest()->set_has_after(true);
      ask.mutable_digest()->set_after_bucket(page->digest().through_bucket());
      ask.mutable_digest()->set_after_key(page->digest().through_key());
    }
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

TEST_F(ClientSessionTest, ADigestPagesThroughEveryKeyOfItsRange) {
  start();
  RawClient raw = client();
  ASSERT_TRUE(raw.hello());
  std::vector<std::string> all;
  std::vector<std::string> of_prefix;
  for (int i = 0; i < 300; ++i) {
    const std::string key = (i % 3 == 0 ? "a" : i % 3 == 1 ? "b" : "c") + std::to_string(i);
    ASSERT_TRUE(raw.call(put_request(key, std::string(100, 'v'))));
    all.push_back(key);
    if (i % 3 == 1) of_prefix.push_back(key);
  }
  ASSERT_TRUE(raw.call(put_request("b", "the prefix itself")));
  all.push_back("b");
  of_prefix.push_back("b");
  std::sort(all.begin(), all.end());
  std::sort(of_prefix.begin(), of_prefix.end());
  EXPECT_EQ(digest_keys(raw, "", ""), all);
  EXPECT_EQ(digest_keys(raw, "default", ""), all);
  EXPECT_EQ(digest_keys(raw, "default", "b"), of_prefix);
  EXPECT_EQ(digest_keys(raw, "", "b"), of_prefix);
  EXPECT_TRUE(digest_keys(raw, "default", "zzz").empty());
  EXPECT_TRUE(digest_keys(raw, "nope", "").empty());
  wire::ToNode bad;
  bad.mutable_digest()->set_vnode(64);
  const auto refused = raw.call(bad);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->digest().error(), "there is no vnode 64: the ring has 64");
}

TEST_F(ClientSessionTest, ARepairIsAskedForAndStatusTellsWhenReplicasHaveMetSince) {
  start(2);
  RawClient raw = client(1);
  ASSERT_TRUE(raw.hello());
  wire::ToNode bad;
  bad.mutable_repair()->set_one_vnode(true);
  bad.mutable_repair()->set_vnode(64);
  const auto refused = raw.call(bad);
  ASSERT_TRUE(refused && refused->has_repair());
  EXPECT_EQ(refused->repair().error(), "there is no vnode 64: the ring has 64");

  wire::ToNode ask = status_request();
  const auto plain = raw.call(ask);
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->status().meetings_size(), 0);
  ask.mutable_status()->set_meetings(true);
  const auto hurried = [&] {
    const auto status = raw.call(ask);
    int count = 0;
    for (const auto& meeting : status->status().meetings()) {
      EXPECT_EQ(meeting.peer(), 2u);
      EXPECT_EQ(meeting.n(), 2u);
      if (meeting.hurried()) ++count;
      if (!meeting.hurried()) {
        EXPECT_GE(meeting.since_ms(), 0);
      }
    }
    EXPECT_EQ(status->status().meetings_size(), 64);
    return count;
  };
  ASSERT_TRUE(eventually([&] { return hurried() == 0; })) << "they meet after the start";
  const auto met = raw.call(ask);
  ASSERT_TRUE(met);
  EXPECT_EQ(met->status().vnodes_without_trees(), 0u);
  EXPECT_TRUE(met->status().anti_entropy_at_rest());

  wire::ToNode repair;
  repair.mutable_repair();
  const auto asked = raw.call(repair);
  ASSERT_TRUE(asked && asked->has_repair());
  EXPECT_EQ(asked->repair().error(), "");
  ASSERT_TRUE(eventually([&] { return hurried() == 0; })) << "and when they are asked to";
}

TEST_F(ClientSessionTest, ARequestOfALaterVersionIsAnsweredNotDropped) {
  start();
  RawClient raw = client();
  ASSERT_TRUE(raw.hello());
  const auto answer = raw.call(wire::ToNode{});
  ASSERT_TRUE(answer && answer->has_error());
  EXPECT_EQ(answer->error().code(), static_cast<std::uint32_t>(ErrorCode::kNotSupported));
  EXPECT_TRUE(raw.call(ping_request()));
}

}  // namespace
}  // namespace quorate::io_test
