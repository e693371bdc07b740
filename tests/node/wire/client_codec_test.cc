// The client port: requests with sealed tokens in, answers with sealed tokens out.
#include <gtest/gtest.h>

#include <functional>

#include "node/wire/codec.h"
#include "node/wire/parse.h"
#include "node/wire/quorate.pb.h"
#include "tests/node/wire/random_messages.h"
#include "tests/node/wire/sample_messages.h"
#include "tests/support/test_seed.h"

namespace quorate {
namespace {

using testing_support::kSampleKey;

const TokenSeal& seal() {
  static const TokenSeal seal = testing_support::sample_seal();
  return seal;
}

// What a client that sets every field sends.
wire::ClientRequest full_request() {
  wire::ClientRequest out;
  out.set_id_high(1);
  out.set_id_low(2);
  out.set_verb(1);
  out.set_bucket(kSampleKey.bucket);
  out.set_key(kSampleKey.name);
  out.set_value("value");
  out.set_expiry_ms(1'800'000'000'000);
  out.set_token(*seal().seal(testing_support::sample_token(), kSampleKey));
  out.set_context_none(true);
  out.mutable_r()->set_kind(1);
  out.mutable_r()->set_count(2);
  out.mutable_w()->set_kind(3);
  out.set_sloppy(2);
  out.set_read_repair(3);
  out.set_deadline_ns(1'500'000'000);
  out.set_attempt(4);
  out.set_age_ns(77);
  return out;
}

TEST(ClientRequestFromWire, TakesEveryField) {
  const auto request = from_wire(full_request(), seal());
  ASSERT_TRUE(request) << request.error().to_string();
  ClientRequest expected;
  expected.id = RequestId{1, 2};
  expected.verb = Verb::kPut;
  expected.key = kSampleKey;
  expected.value = Blob("value");
  expected.expiry_ms = 1'800'000'000'000;
  expected.token = testing_support::sample_token();
  expected.context_none = true;
  expected.r = Quorum::of(2);
  expected.w = Quorum{Quorum::Kind::kQuorum, 0};
  expected.sloppy = true;
  expected.read_repair = ReadRepair::kOff;
  expected.deadline_ns = 1'500'000'000;
  expected.attempt = 4;
  expected.age_ns = 77;
  EXPECT_EQ(*request, expected);
}

TEST(ClientRequestFromWire, LeavesWhatIsNotSetToTheBucket) {
  const auto request = from_wire(wire::ClientRequest(), seal());
  ASSERT_TRUE(request);
  EXPECT_EQ(*request, ClientRequest());
}

TEST(ClientRequestFromWire, CopiesOrMovesToTheSameEffect) {
  wire::ClientRequest in = full_request();
  const auto copied = from_wire(in, seal());
  const auto moved = from_wire(std::move(in), seal());
  ASSERT_TRUE(copied && moved);
  EXPECT_EQ(*copied, *moved);
}

// Keys are any bytes; whether they are too long for their bucket is the core's to say.
TEST(ClientRequestFromWire, TakesKeysAndValuesOfAnyBytes) {
  for (const std::string& bytes :
       {std::string(), std::string(1, '\0'), std::string("\xff\xfe"), std::string("\xc3\x28"),
        std::string(1024, 'k'), std::string(64 << 10, '\n')}) {
    wire::ToNode message;
    message.mutable_request()->set_bucket("default");
    message.mutable_request()->set_key(bytes);
    message.mutable_request()->set_value(bytes);
    wire::ToNode parsed;
    ASSERT_TRUE(parse_message(message.SerializeAsString(), parsed));
    const auto request = from_wire(std::move(*parsed.mutable_request()), seal());
    ASSERT_TRUE(request) << request.error().to_string();
    EXPECT_EQ(request->key.name, bytes);
    EXPECT_EQ(request->value.view(), bytes);
  }
}

TEST(ClientRequestFromWire, CutsLongDeadlinesAndAges) {
  wire::ClientRequest in;
  in.set_deadline_ns(INT64_MAX);
  in.set_age_ns(INT64_MAX);
  const auto request = from_wire(in, seal());
  ASSERT_TRUE(request);
  EXPECT_EQ(request->deadline_ns, kWireDeadlineNsMax);
  EXPECT_EQ(request->age_ns, kWireAgeNsMax);
}

TEST(ClientRequestFromWire, NamesTheFieldThatIsOutOfBounds) {
  using Change = std::function<void(wire::ClientRequest&)>;
  const std::vector<std::pair<const char*, Change>> cases = {
      {"verb", [](auto& m) { m.set_verb(4); }},
      {"update", [](auto& m) { m.set_update(static_cast<std::uint32_t>(kUpdateLast) + 1); }},
      {"bucket", [](auto& m) { m.set_bucket(std::string(kBucketNameBytesMax + 1, 'b')); }},
      {"key", [](auto& m) { m.set_key(std::string(kWireKeyBytesMax + 1, 'k')); }},
      {"expiry_ms", [](auto& m) { m.set_expiry_ms(-1); }},
      {"expiry_ms", [](auto& m) { m.set_expiry_ms(kWireExpiryMsMax + 1); }},
      {"r.kind", [](auto& m) { m.mutable_r()->set_kind(5); }},
      {"w.kind", [](auto& m) { m.mutable_w()->set_kind(UINT32_MAX); }},
      {"sloppy", [](auto& m) { m.set_sloppy(3); }},
      {"read_repair", [](auto& m) { m.set_read_repair(4); }},
      {"deadline_ns", [](auto& m) { m.set_deadline_ns(-1); }},
      {"age_ns", [](auto& m) { m.set_age_ns(INT64_MIN); }},
  };
  for (const auto& [field, change] : cases) {
    wire::ClientRequest in = full_request();
    in.clear_token();
    change(in);
    const auto request = from_wire(in, seal());
    ASSERT_FALSE(request) << field;
    EXPECT_EQ(request.error().code, ErrorCode::kInvalidInput);
    EXPECT_NE(request.error().message.find(std::string("client_request.") + field),
              std::string::npos)
        << request.error().message;
  }
}

// A token of another key, cluster or secret gets no further than here: nothing is applied.
TEST(ClientRequestFromWire, RefusesABadToken) {
  wire::ClientRequest in = full_request();
  in.set_key("another key");
  EXPECT_EQ(from_wire(in, seal()).error().code, ErrorCode::kUnauthorized);

  in = full_request();
  in.set_token(
      *TokenSeal("lab", {std::string(32, 'l')}).seal(testing_support::sample_token(), kSampleKey));
  EXPECT_EQ(from_wire(in, seal()).error().code, ErrorCode::kUnauthorized);

  in.set_token("not a token");
  EXPECT_EQ(from_wire(in, seal()).error().code, ErrorCode::kUnauthorized);
  in.set_token(std::string(kTokenBytesMax + 1, '\1'));
  EXPECT_EQ(from_wire(in, seal()).error().code, ErrorCode::kUnauthorized);
}

wire::ToClient answer(const ClientReply& reply, std::uint64_t tag) {
  std::string bytes;
  encode_client_reply(tag, reply, kSampleKey, seal(), bytes);
  wire::ToClient message;
  EXPECT_TRUE(parse_message(bytes, message));
  EXPECT_EQ(message.SerializeAsString(), bytes) << "as the generated classes write it";
  return message;
}

TEST(EncodeClientReply, CarriesEveryField) {
  const ClientReply reply = testing_support::sample_reply();
  const wire::ToClient message = answer(reply, 99);
  EXPECT_EQ(message.tag(), 99u);
  const wire::ClientReply& out = message.reply();
  EXPECT_EQ(out.id_high(), reply.id.high);
  EXPECT_EQ(out.id_low(), reply.id.low);
  EXPECT_EQ(out.outcome(), 2u);
  EXPECT_EQ(out.reason(), 1u);
  EXPECT_EQ(out.detail(), reply.detail);
  ASSERT_EQ(out.values_size(), 2);
  EXPECT_EQ(out.values(0).value(), reply.values[0].value.view());
  EXPECT_EQ(out.values(0).run(), reply.values[0].dot.actor.run);
  EXPECT_EQ(out.values(0).epoch(), reply.values[0].dot.actor.epoch);
  EXPECT_EQ(out.values(0).counter(), reply.values[0].dot.counter);
  EXPECT_EQ(out.values(0).timestamp(), reply.values[0].timestamp.packed);
  EXPECT_EQ(out.values(1).expiry_ms(), reply.values[1].expiry_ms);
  EXPECT_EQ(*seal().open(out.token(), kSampleKey), *reply.token);
  EXPECT_EQ(out.run(), reply.dot.actor.run);
  EXPECT_EQ(out.epoch(), reply.dot.actor.epoch);
  EXPECT_EQ(out.counter(), reply.dot.counter);
  EXPECT_EQ(out.needed(), 2u);
  EXPECT_EQ(out.reached(), 1u);
  EXPECT_EQ(out.replicas(), 3u);
  EXPECT_EQ((std::vector<std::uint32_t>(out.answered().begin(), out.answered().end())),
            (std::vector<std::uint32_t>{1, 300, 65535}));
  EXPECT_EQ(out.coordinator(), 1u);
}

TEST(EncodeClientReply, AnEmptyReplyIsStillAReply) {
  EXPECT_TRUE(answer(ClientReply(), 0).has_reply());
}

TEST(EncodeClientReply, KeepsRandomReplies) {
  Random random(testing_support::test_seed());
  testing_support::RandomMessages messages(random);
  for (int i = 0; i < 2000; ++i) {
    const ClientReply reply = messages.reply();
    const wire::ToClient message = answer(reply, random.next());
    ASSERT_EQ(message.reply().values_size(), static_cast<int>(reply.values.size()));
    ASSERT_EQ(message.reply().token().empty(), !reply.token.has_value());
  }
}

TEST(EncodeClientReply, SaysSoWhenTheTokenDoesNotFit) {
  ClientReply reply;
  reply.token = Token();
  for (std::uint64_t run = 1; run < 3000; ++run) reply.token->context.add(Dot{Actor{run, 1}, 1});
  const wire::ToClient message = answer(reply, 1);
  EXPECT_EQ(message.reply().token(), "");
  EXPECT_NE(message.reply().detail().find("token"), std::string::npos);
}

}  // namespace
}  // namespace quorate
