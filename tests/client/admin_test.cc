#include "client/admin.h"

#include <gtest/gtest.h>

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
