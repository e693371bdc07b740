#include "client/admin.h"

#include <gtest/gtest.h>

#include "node/causality/codec.h"
#include "tests/client/fake_node.h"

namespace quorate::client {
namespace {

using Link = FakeNode::LinkPtr;

Client make_client(std::vector<Endpoint> endpoints, std::int64_t deadline_ms = 2000) {
  auto client =
      Client::create(ClientOptions{.endpoints = std::move(endpoints), .deadline_ms = deadline_ms});
  QUORATE_CHECK(client.has_value());
  return std::move(*client);
}

std::string record_bytes() {
  Record record;
  record.context = Context::from_parts({{Actor{7, 1}, 2}}, {});
  Sibling& sibling = record.siblings.emplace_back();
  sibling.dot = Dot{{7, 1}, 2};
  sibling.value = Blob("v");
  std::string bytes;
  append_record(record, bytes);
  return bytes;
}

void answer_all(const Link& link, const wire::ToNode& request) {
  wire::ToClient message;
  message.set_tag(request.tag());
  switch (request.body_case()) {
    case wire::ToNode::kStatus: {
      auto& status = *message.mutable_status();
      status.set_cluster("test");
      status.set_node(2);
      status.set_store("writable");
      status.set_keys_estimate(41);
      status.set_vnodes_without_trees(9);
      if (request.status().meetings()) {
        auto& meeting = *status.add_meetings();
        meeting.set_vnode(4);
        meeting.set_n(3);
        meeting.set_peer(3);
        meeting.set_since_ms(-1);
        meeting.set_hurried(true);
        status.add_meetings()->set_vnode(70'000);
      }
      auto& peer = *status.add_peers();
      peer.set_node(3);
      peer.set_circuit(1);
      peer.set_cut_in(true);
      auto& bucket = *status.add_buckets();
      bucket.set_name("default");
      bucket.set_n(3);
      break;
    }
    case wire::ToNode::kRing: {
      auto& ring = *message.mutable_ring();
      ring.set_version(1);
      for (const std::uint32_t node : {1u, 2u}) ring.add_members(node);
      for (int i = 0; i < 4; ++i) {
        auto& vnode = *ring.add_vnodes();
        vnode.add_nodes(1);
        vnode.add_nodes(2);
      }
      break;
    }
    case wire::ToNode::kLocate:
      if (request.locate().bucket() != "default") {
        message.mutable_locate()->set_error("there is no bucket \"" + request.locate().bucket() +
                                            "\"");
        break;
      }
      message.mutable_locate()->set_vnode(3);
      message.mutable_locate()->add_primaries(2);
      break;
    case wire::ToNode::kList: {
      auto& list = *message.mutable_list();
      auto& entry = *list.add_entries();
      entry.set_bucket("default");
      entry.set_key(request.list().from_start() ? "a" : "b");
      entry.set_live(true);
      list.set_done(!request.list().from_start());
      break;
    }
    case wire::ToNode::kChaos:
      if (request.chaos().cut_in_size() == 0) {
        message.mutable_chaos();
      } else {
        message.mutable_chaos()->set_error("this node runs without --chaos");
      }
      break;
    case wire::ToNode::kRow: {
      wire::RowReply& row = *message.mutable_row();
      row.set_vnode(3);
      row.mutable_row()->set_record(request.row().key() == "garbage" ? "\x09xyz" : record_bytes());
      row.mutable_row()->set_state_hash(17);
      wire::RowReply::Hint& hint = *row.add_hints();
      hint.set_primary(3);
      hint.set_owed(true);
      hint.set_since_ms(5);
      break;
    }
    case wire::ToNode::kDigest: {
      wire::DigestReply& page = *message.mutable_digest();
      const bool first = !request.digest().has_after();
      // A node that never gets further, if it is asked for vnode 1.
      for (const char* key : {"a", "b"}) {
        if (!first && request.digest().vnode() == 0) continue;
        wire::DigestReply::Entry& entry = *page.add_entries();
        entry.set_bucket("default");
        entry.set_key(key);
        entry.mutable_held()->set_unreadable("a bad checksum");
      }
      page.set_through_bucket("default");
      page.set_through_key(first ? "b" : "c");
      page.set_done(!first && request.digest().vnode() == 0);
      break;
    }
    case wire::ToNode::kRepair:
      message.mutable_repair();
      if (request.repair().one_vnode() && request.repair().vnode() > 63) {
        message.mutable_repair()->set_error("there is no such vnode");
      }
      break;
    case wire::ToNode::kRequest:
    case wire::ToNode::kPing:
    case wire::ToNode::BODY_NOT_SET:
      message.mutable_ping();
      break;
  }
  link->send(message);
}

TEST(Admin, PingsEveryEndpointAndSaysWhoAnswered) {
  FakeNode one(answer_all, {.node = 1});
  FakeNode two(answer_all, {.node = 2});
  const Endpoint closed = closed_endpoint();
  Client client = make_client({one.endpoint(), closed, two.endpoint()});
  const auto pings = Admin(client).ping_all();
  ASSERT_EQ(pings.size(), 3u);
  ASSERT_TRUE(pings[0]);
  EXPECT_EQ(pings[0]->node, 1);
  EXPECT_EQ(pings[0]->cluster, "test");
  EXPECT_GT(pings[0]->round_trip_ns, 0);
  ASSERT_FALSE(pings[1]);
  EXPECT_EQ(pings[1].error().code, ErrorCode::kUnreachable);
  ASSERT_TRUE(pings[2]);
  EXPECT_EQ(pings[2]->node, 2);
}

TEST(Admin, StatusOfOneNode) {
  FakeNode node(answer_all);
  Client client = make_client({node.endpoint()});
  const auto status = Admin(client).status();
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(status->node, 2);
  EXPECT_EQ(status->store, "writable");
  EXPECT_EQ(status->keys_estimate, 41u);
  ASSERT_EQ(status->peers.size(), 1u);
  EXPECT_EQ(status->peers[0].circuit, "open");
  EXPECT_TRUE(status->peers[0].cut_in);
}

TEST(Admin, AQuestionGoesToTheNextEndpointWhenAConnectionIsRefusedOrLost) {
  FakeNode dying([](const Link& link, const wire::ToNode&) { link->close(); });
  FakeNode node(answer_all);
  Client client = make_client({closed_endpoint(), dying.endpoint(), node.endpoint()});
  const auto ring = Admin(client).ring();
  ASSERT_TRUE(ring) << ring.error().message;
  EXPECT_EQ(ring->members, (std::vector<NodeId>{1, 2}));
  EXPECT_EQ(ring->vnodes.size(), 4u);
}

TEST(Admin, LocatesAKeyAndSaysThatABucketIsUnknown) {
  FakeNode node(answer_all);
  Client client = make_client({node.endpoint()});
  const auto where = Admin(client).locate("default", "k");
  ASSERT_TRUE(where) << where.error().message;
  EXPECT_EQ(where->vnode, 3);
  EXPECT_EQ(where->primaries, std::vector<NodeId>{2});
  const auto nowhere = Admin(client).locate("x", "k");
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, ErrorCode::kInvalidInput);
}

TEST(Admin, ListsKeysPageByPage) {
  FakeNode node(answer_all);
  Client client = make_client({node.endpoint()});
  const auto first = Admin(client).list(0, 3, nullptr, 100);
  ASSERT_TRUE(first) << first.error().message;
  ASSERT_EQ(first->entries.size(), 1u);
  EXPECT_FALSE(first->done);
  const auto second = Admin(client).list(0, 3, &first->entries.back(), 100);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->entries[0].key, "b");
  EXPECT_TRUE(second->done);
  EXPECT_EQ(node.requests()[1].list().after_key(), "a");
}

TEST(Admin, MeetingsAreToldWhenTheyAreAskedFor) {
  FakeNode node(answer_all);
  Client client = make_client({node.endpoint()});
  const auto plain = Admin(client).status_all();
  ASSERT_TRUE(plain.at(0));
  EXPECT_EQ(plain[0]->vnodes_without_trees, 9u);
  EXPECT_TRUE(plain[0]->meetings.empty());
  const auto status = Admin(client).status_all(true);
  ASSERT_TRUE(status.at(0));
  ASSERT_EQ(status[0]->meetings.size(), 1u) << "there is no vnode 70000";
  EXPECT_EQ(status[0]->meetings[0].vnode, 4);
  EXPECT_EQ(status[0]->meetings[0].peer, 3);
  EXPECT_EQ(status[0]->meetings[0].since_ms, -1);
  EXPECT_TRUE(status[0]->meetings[0].hurried);
}

TEST(Admin, ARowComesWithItsRecordAndTheHintsForOthers) {
  FakeNode node(answer_all, {.node = 2});
  Client client = make_client({node.endpoint(), closed_endpoint()});
  const auto rows = Admin(client).row_all("default", "k");
  ASSERT_EQ(rows.size(), 2u);
  ASSERT_TRUE(rows[0]) << rows[0].error().message;
  EXPECT_EQ(rows[0]->node, 2);
  EXPECT_EQ(rows[0]->vnode, 3);
  ASSERT_TRUE(rows[0]->row.record);
  EXPECT_EQ(rows[0]->row.record->siblings.at(0).value.view(), "v");
  EXPECT_EQ(rows[0]->row.state_hash, 17u);
  ASSERT_EQ(rows[0]->hints.size(), 1u);
  EXPECT_EQ(rows[0]->hints[0].primary, 3);
  EXPECT_TRUE(rows[0]->hints[0].owed);
  EXPECT_FALSE(rows[0]->hints[0].held.record);
  ASSERT_FALSE(rows[1]);
  EXPECT_EQ(rows[1].error().code, ErrorCode::kUnreachable);
}

TEST(Admin, ARecordThatDoesNotDecodeIsNotBelieved) {
  FakeNode node(answer_all);
  Client client = make_client({node.endpoint()});
  const auto row = Admin(client).row(0, Key{"default", "garbage"}, true);
  ASSERT_FALSE(row);
  EXPECT_EQ(row.error().code, ErrorCode::kIncompatible);
  EXPECT_TRUE(node.requests().back().row().without_values());
}

TEST(Admin, DigestsGoOnBehindTheLastKeyLookedAt) {
  FakeNode node(answer_all);
  Client client = make_client({node.endpoint()});
  const KeyRange range{0, "default", "p"};
  const auto first = Admin(client).digest(0, range, nullptr, 100);
  ASSERT_TRUE(first) << first.error().message;
  ASSERT_EQ(first->entries.size(), 2u);
  EXPECT_EQ(first->entries[1].first.name, "b");
  EXPECT_EQ(first->entries[1].second.unreadable, "a bad checksum");
  EXPECT_FALSE(first->done);
  const auto second = Admin(client).digest(0, range, &first->through, 100);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_TRUE(second->done);
  EXPECT_EQ(node.requests().back().digest().after_key(), "b");
  EXPECT_EQ(node.requests().back().digest().prefix(), "p");
}

TEST(Admin, APageThatDoesNotGoOnIsNotAskedForForEver) {
  FakeNode node(answer_all);
  Client client = make_client({node.endpoint()});
  const KeyRange range{1, "", ""};
  const Key after{"default", "c"};
  const auto page = Admin(client).digest(0, range, &after, 100);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, ErrorCode::kIncompatible);
}

TEST(Admin, ARepairIsOfAllVnodesOrOfOne) {
  FakeNode node(answer_all);
  Client client = make_client({node.endpoint()});
  EXPECT_TRUE(Admin(client).repair(0, std::nullopt));
  EXPECT_FALSE(node.requests().back().repair().one_vnode());
  EXPECT_TRUE(Admin(client).repair(0, VnodeId{17}));
  EXPECT_TRUE(node.requests().back().repair().one_vnode());
  EXPECT_EQ(node.requests().back().repair().vnode(), 17u);
  const auto refused = Admin(client).repair(0, VnodeId{64});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
}

TEST(Admin, ARefusedCutIsNotAuthorised) {
  FakeNode node(answer_all);
  Client client = make_client({node.endpoint()});
  const auto refused = Admin(client).cut(0, {2}, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnauthorized);
  EXPECT_NE(refused.error().message.find("--chaos"), std::string::npos);
  EXPECT_TRUE(Admin(client).cut(0, {}, {}));
}

TEST(Admin, AnEndpointThatDoesNotAnswerIsReportedAtTheDeadline) {
  FakeNode silent([](const Link&, const wire::ToNode&) {});
  Client client = make_client({silent.endpoint()}, 100);
  const auto status = Admin(client).status(0);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kUnreachable);
  EXPECT_NE(status.error().message.find("100 ms"), std::string::npos) << status.error().message;
}

TEST(Admin, AnAnswerOfAnotherKindIsNotBelieved) {
  FakeNode odd([](const Link& link, const wire::ToNode& request) {
    wire::ToClient message;
    message.set_tag(request.tag());
    message.mutable_ping();
    link->send(message);
  });
  Client client = make_client({odd.endpoint()});
  const auto status = Admin(client).status(0);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kIncompatible);
}

}  // namespace
}  // namespace quorate::client
