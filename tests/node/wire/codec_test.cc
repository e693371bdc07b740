#include "node/wire/codec.h"

#include <gtest/gtest.h>

#include "node/causality/codec.h"
#include "node/wire/quorate.pb.h"
#include "tests/node/wire/random_messages.h"
#include "tests/node/wire/sample_messages.h"
#include "tests/support/test_seed.h"

namespace quorate {
namespace {

using testing_support::RandomMessages;
using testing_support::same;
using testing_support::test_seed;

std::string encoded(const Message& message) {
  std::string out;
  encode_message(message, out);
  return out;
}

TEST(PeerCodec, GivesBackEveryKindOfMessage) {
  Random random(test_seed());
  RandomMessages messages(random);
  for (int round = 0; round < 2000; ++round) {
    for (std::size_t kind = 0; kind < std::variant_size_v<Message>; ++kind) {
      const Message message = messages.message(kind);
      const std::string bytes = encoded(message);
      const Result<Message> decoded = decode_message(bytes);
      ASSERT_TRUE(decoded) << "kind " << kind << ": " << decoded.error().to_string();
      ASSERT_TRUE(same(*decoded, message)) << "kind " << kind << ", round " << round;
      ASSERT_EQ(encoded(*decoded), bytes);
    }
  }
}

TEST(PeerCodec, GivesBackMessagesWithNothingSet) {
  const Key key{"b", "k"};
  const std::vector<Message> messages = {
      ReadRequest{0, 0, 0, key, 0},
      ReadReply{},
      WriteRequest{0, 0, 0, key, WriteRequest::Purpose::kWrite, std::make_shared<const Record>()},
      WriteReply{},
      ForwardRequest{},
      ForwardReply{},
      Ping{},
      Pong{},
      ScanRequest{},
      ScanReply{},
      TreeRequest{},
      TreeReply{},
      LeavesRequest{},
      LeavesReply{},
      GenerationsRequest{},
      GenerationsReply{},
      ReapRequest{},
      ReapReply{}};
  for (const Message& message : messages) {
    const Result<Message> decoded = decode_message(encoded(message));
    ASSERT_TRUE(decoded) << decoded.error().to_string();
    EXPECT_TRUE(same(*decoded, message)) << "kind " << message.index();
  }
}

TEST(PeerCodec, KeepsEmptyApartFromAbsent) {
  const auto empty = std::make_shared<const Record>();
  const auto reply = decode_message(encoded(ReadReply{1, ReplicaStatus::kOk, false, false, empty}));
  EXPECT_NE(std::get<ReadReply>(*reply).record, nullptr);

  ForwardRequest forward;
  forward.request.token = Token{};
  forward.request.sloppy = false;
  const auto decoded = decode_message(encoded(forward));
  EXPECT_TRUE(std::get<ForwardRequest>(*decoded).request.token.has_value());
  EXPECT_EQ(std::get<ForwardRequest>(*decoded).request.sloppy, std::optional<bool>(false));
}

// The bytes are those of quorate.proto: the generated classes read them, lose nothing, and write
// the same.
TEST(PeerCodec, WritesWhatTheGeneratedClassesWrite) {
  Random random(test_seed());
  RandomMessages messages(random);
  for (int round = 0; round < 5000; ++round) {
    const std::string bytes = encoded(messages.message());
    wire::PeerMessage generated;
    ASSERT_TRUE(generated.ParseFromString(bytes));
    ASSERT_EQ(generated.SerializeAsString(), bytes) << generated.DebugString();
  }
}

TEST(PeerCodec, PutsEveryFieldWhereTheSchemaSays) {
  using testing_support::kSampleKey;
  wire::PeerMessage message;
  std::string record;
  append_record(*testing_support::sample_record(), record);
  for (const auto& [name, sample] : testing_support::sample_messages()) {
    ASSERT_TRUE(message.ParseFromString(encoded(sample))) << name;
    if (name == "read_request") {
      const wire::ReadRequest& body = message.read_request();
      EXPECT_EQ(body.op(), 0x1122334455667788u);
      EXPECT_EQ(body.ring_version(), 1u);
      EXPECT_EQ(body.vnode(), 63u);
      EXPECT_EQ(body.bucket(), kSampleKey.bucket);
      EXPECT_EQ(body.key(), kSampleKey.name);
      EXPECT_EQ(body.known_hash(), 0x99aabbccddeeff00u);
    } else if (name == "read_reply") {
      const wire::ReadReply& body = message.read_reply();
      EXPECT_EQ(body.op(), 0x1122334455667788u);
      EXPECT_TRUE(body.rebuilding());
      EXPECT_FALSE(body.same());
      EXPECT_TRUE(body.has_record());
      EXPECT_EQ(body.record(), record);
    } else if (name == "write_request") {
      const wire::WriteRequest& body = message.write_request();
      EXPECT_EQ(body.purpose(), 1u);
      EXPECT_EQ(body.bucket(), kSampleKey.bucket);
      EXPECT_EQ(body.key(), kSampleKey.name);
      EXPECT_EQ(body.record(), record);
    } else if (name == "write_reply") {
      EXPECT_EQ(message.write_reply().status(), 2u);
    } else if (name == "forward_request") {
      const wire::ClientRequest& request = message.forward_request().request();
      EXPECT_EQ(request.id_high(), 0x0123456789abcdefu);
      EXPECT_EQ(request.verb(), 1u);
      EXPECT_EQ(request.value(), "the value of a put");
      EXPECT_EQ(request.token(), "");
      EXPECT_TRUE(request.context_none());
      EXPECT_EQ(request.r().kind(), 1u);
      EXPECT_EQ(request.r().count(), 2u);
      EXPECT_EQ(request.w().kind(), 4u);
      EXPECT_EQ(request.sloppy(), 1u);
      EXPECT_EQ(request.read_repair(), 2u);
      EXPECT_EQ(request.deadline_ns(), 2'000'000'000);
      EXPECT_EQ(request.attempt(), 1u);
      EXPECT_EQ(request.age_ns(), 300'000'000);
      EXPECT_EQ(message.forward_request().token().minted_at_ms(), 1'700'000'000'777);
    } else if (name == "forward_reply") {
      const wire::ClientReply& reply = message.forward_reply().reply();
      EXPECT_EQ(reply.outcome(), 2u);
      EXPECT_EQ(reply.reason(), 1u);
      ASSERT_EQ(reply.values_size(), 2);
      EXPECT_EQ(reply.values(1).expiry_ms(), 1'800'000'000'000);
      EXPECT_EQ(reply.answered_size(), 3);
      EXPECT_EQ(reply.answered(2), 65535u);
      EXPECT_EQ(reply.coordinator(), 1u);
    } else if (name == "scan_reply") {
      ASSERT_EQ(message.scan_reply().entries_size(), 2);
      EXPECT_EQ(message.scan_reply().entries(0).record(), record);
      EXPECT_TRUE(message.scan_reply().done());
    }
  }
}

TEST(PeerCodec, PassesOverFieldsOfALaterVersion) {
  for (const auto& [name, sample] : testing_support::sample_messages()) {
    const std::string bytes = encoded(sample);
    wire::PeerMessage message;
    ASSERT_TRUE(message.ParseFromString(bytes));
    // The same message with a varint, a fixed and a delimited field that this version does not
    // know, inside its body and beside it.
    const google::protobuf::Reflection* reflection = message.GetReflection();
    const auto* body_field =
        reflection->GetOneofFieldDescriptor(message, message.GetDescriptor()->oneof_decl(0));
    google::protobuf::Message* body = reflection->MutableMessage(&message, body_field);
    for (google::protobuf::Message* target :
         {static_cast<google::protobuf::Message*>(&message), body}) {
      auto* unknown = target->GetReflection()->MutableUnknownFields(target);
      unknown->AddVarint(1000, 7);
      unknown->AddFixed32(1001, 7);
      unknown->AddFixed64(1002, 7);
      unknown->AddLengthDelimited(1003, "later");
    }
    const std::string later = message.SerializeAsString();
    ASSERT_GT(later.size(), bytes.size() + 40);
    const Result<Message> decoded = decode_message(later);
    ASSERT_TRUE(decoded) << name << ": " << decoded.error().to_string();
    EXPECT_EQ(encoded(*decoded), bytes) << name;
  }
}

TEST(PeerCodec, CutsDeadlinesAndAgesToTheirBounds) {
  ForwardRequest forward;
  forward.request.deadline_ns = INT64_MAX;
  forward.request.age_ns = INT64_MAX;
  const auto decoded = decode_message(encoded(forward));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(std::get<ForwardRequest>(*decoded).request.deadline_ns, kWireDeadlineNsMax);
  EXPECT_EQ(std::get<ForwardRequest>(*decoded).request.age_ns, kWireAgeNsMax);
}

TEST(PeerCodec, CutsALongDetail) {
  ForwardReply forward;
  forward.reply.detail = std::string(2 * kDetailBytesMax, 'd');
  const auto decoded = decode_message(encoded(forward));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(std::get<ForwardReply>(*decoded).reply.detail, std::string(kDetailBytesMax, 'd'));
}

TEST(PeerEncoder, GivesTheBytesThatEncodeMessageGives) {
  Random random(test_seed());
  RandomMessages messages(random);
  PeerEncoder encoder;
  std::vector<Message> sent;
  for (int i = 0; i < 2000; ++i) {
    // Now and then the record of an earlier message again, as a write to several peers has it.
    const bool again = !sent.empty() && random.chance(1, 2);
    sent.push_back(again ? sent[random.below(sent.size())] : messages.message());
    std::string bytes = "before";
    encoder.encode(sent.back(), bytes);
    ASSERT_EQ(bytes, "before" + encoded(sent.back()));
  }
}

TEST(PeerEncoder, NeverMistakesANewRecordForAnOldOne) {
  PeerEncoder encoder;
  // The allocator may give a new record the place of one that is gone.
  for (std::uint64_t i = 1; i < 100; ++i) {
    auto record = std::make_shared<Record>();
    record->context.add(Dot{Actor{i, 1}, 1});
    const WriteRequest write{i, 1, 0, Key{"b", "k"}, WriteRequest::Purpose::kWrite, record};
    std::string bytes;
    encoder.encode(write, bytes);
    const auto decoded = decode_message(bytes);
    ASSERT_TRUE(decoded);
    ASSERT_EQ(*std::get<WriteRequest>(*decoded).record, *record);
  }
}

}  // namespace
}  // namespace quorate
