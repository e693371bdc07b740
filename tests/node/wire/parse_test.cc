#include "node/wire/parse.h"

#include <gtest/gtest.h>

#include "node/wire/fields.h"
#include "node/wire/quorate.pb.h"

namespace quorate {
namespace {

TEST(ParseMessage, ReadsAnHonestMessageOfEachKind) {
  wire::ListReply list;
  for (int i = 0; i < 1000; ++i) {
    list.add_entries()->set_bucket("b");
    list.mutable_entries(i)->set_key("k");
  }
  wire::RingReply ring;
  for (int i = 0; i < 4096; ++i) ring.add_vnodes()->add_nodes(1);
  wire::StatusReply status;
  for (int i = 0; i < 20; ++i) {
    status.add_counters()->set_name("request_started");
    status.add_peers()->set_node(1);
    status.add_buckets()->set_name("default");
  }
  wire::ClientReply reply;
  for (int i = 0; i < 100; ++i) {
    reply.add_values()->set_run(7);
    reply.mutable_values(i)->set_counter(1);
  }
  wire::ChaosRequest chaos;
  for (std::uint32_t i = 1; i <= 256; ++i) chaos.add_cut_in(i);
  const std::vector<const google::protobuf::Message*> messages = {&list, &ring, &status, &reply,
                                                                  &chaos};
  for (const google::protobuf::Message* message : messages) {
    const std::string bytes = message->SerializeAsString();
    const std::unique_ptr<google::protobuf::Message> parsed(message->New());
    const Status status_of = parse_message(bytes, *parsed);
    ASSERT_TRUE(status_of) << status_of.error().to_string();
    EXPECT_EQ(parsed->SerializeAsString(), bytes);
  }
}

TEST(ParseMessage, ReadsAnEmptyMessage) {
  wire::PeerWelcome welcome;
  EXPECT_TRUE(parse_message("", welcome));
}

TEST(ParseMessage, ReplacesWhatWasThere) {
  wire::Hello hello;
  hello.set_client("before");
  ASSERT_TRUE(parse_message("", hello));
  EXPECT_EQ(hello.client(), "");
}

TEST(ParseMessage, DropsUnknownFields) {
  wire::ToNode message;
  message.mutable_request()->set_key("k");
  const std::string bytes = message.SerializeAsString();
  message.GetReflection()->MutableUnknownFields(&message)->AddVarint(99, 1);
  wire::ClientRequest& request = *message.mutable_request();
  request.GetReflection()->MutableUnknownFields(&request)->AddLengthDelimited(98, "later");
  wire::ToNode parsed;
  ASSERT_TRUE(parse_message(message.SerializeAsString(), parsed));
  EXPECT_EQ(parsed.SerializeAsString(), bytes);
}

TEST(ParseMessage, RefusesBrokenBytes) {
  wire::ToNode message;
  message.set_tag(7);
  message.mutable_request()->set_key("some key");
  const std::string good = message.SerializeAsString();
  int refused = 0;
  for (std::size_t size = 0; size < good.size(); ++size) {
    wire::ToNode parsed;
    const Status status = parse_message(std::string_view(good).substr(0, size), parsed);
    if (status) continue;  // ends between two fields
    ++refused;
    EXPECT_EQ(status.error().code, ErrorCode::kInvalidInput);
    EXPECT_NE(status.error().message.find("ToNode"), std::string::npos);
  }
  EXPECT_GT(refused, 8);
}

TEST(ParseMessage, RefusesGroupsHoweverDeep) {
  for (const std::size_t depth : {1u, 1000u, 1'000'000u}) {
    wire::ToNode parsed;
    const std::string bytes = std::string(depth, '\x7b') + std::string(depth, '\x7c');  // field 15
    EXPECT_FALSE(parse_message(bytes, parsed)) << depth;
  }
}

TEST(ParseMessage, RefusesNestingOfUnknownDepthWithoutFollowingIt) {
  // Unknown delimited fields within one another are just bytes.
  std::string bytes;
  for (int i = 0; i < 200; ++i) {
    std::string outer;
    append_varint(bytes_tag(99), outer);
    append_bytes(bytes, outer);
    bytes = outer;
  }
  wire::ToNode parsed;
  EXPECT_TRUE(parse_message(bytes, parsed));
  EXPECT_EQ(parsed.ByteSizeLong(), 0u);
}

}  // namespace
}  // namespace quorate
