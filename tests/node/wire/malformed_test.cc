// Messages between nodes that no honest node sends: each is refused with the field that is wrong,
// and nothing of it gets through.
#include <gtest/gtest.h>

#include <functional>

#include "node/causality/byte_io.h"
#include "node/causality/codec.h"
#include "node/wire/codec.h"
#include "node/wire/quorate.pb.h"
#include "tests/node/wire/random_messages.h"
#include "tests/node/wire/sample_messages.h"
#include "tests/support/test_seed.h"

namespace quorate {
namespace {

using Generated = wire::PeerMessage;

std::string encoded(const Message& message) {
  std::string out;
  encode_message(message, out);
  return out;
}

Generated sample(const std::string& name) {
  for (const auto& candidate : testing_support::sample_messages()) {
    if (candidate.name != name) continue;
    Generated message;
    EXPECT_TRUE(message.ParseFromString(encoded(candidate.message)));
    return message;
  }
  ADD_FAILURE() << "no sample " << name;
  return {};
}

struct Bad {
  const char* sample;
  const char* named;  // what the error must name
  std::function<void(Generated&)> change;
};

void expect_refused(const Bad& bad, ErrorCode code) {
  Generated message = sample(bad.sample);
  bad.change(message);
  const auto decoded = decode_message(message.SerializeAsString());
  ASSERT_FALSE(decoded) << bad.sample << ": " << bad.named;
  EXPECT_EQ(decoded.error().code, code) << decoded.error().to_string();
  EXPECT_NE(decoded.error().message.find(bad.named), std::string::npos)
      << decoded.error().message << " does not name " << bad.named;
}

TEST(MalformedPeerMessage, NamesTheFieldThatIsOutOfBounds) {
  const std::string long_key(kWireKeyBytesMax + 1, 'k');
  const std::string long_bucket(kBucketNameBytesMax + 1, 'b');
  const std::vector<Bad> cases = {
      {"read_request", "read_request.vnode",
       [](auto& m) { m.mutable_read_request()->set_vnode(Ring::kVnodesMax); }},
      {"read_request", "read_request.vnode",
       [](auto& m) { m.mutable_read_request()->set_vnode(65536 + 1); }},
      {"read_request", "read_request.bucket: missing",
       [](auto& m) { m.mutable_read_request()->clear_bucket(); }},
      {"read_request", "read_request.bucket",
       [&](auto& m) { m.mutable_read_request()->set_bucket(long_bucket); }},
      {"read_request", "read_request.key: missing",
       [](auto& m) { m.mutable_read_request()->clear_key(); }},
      {"read_request", "read_request.key",
       [&](auto& m) { m.mutable_read_request()->set_key(long_key); }},
      {"read_reply", "read_reply.status", [](auto& m) { m.mutable_read_reply()->set_status(9); }},
      {"read_reply", "read_reply.record: missing",
       [](auto& m) { m.mutable_read_reply()->clear_record(); }},
      {"read_reply", "read_reply.has_record: missing",
       [](auto& m) { m.mutable_read_reply()->set_has_record(false); }},
      {"write_request", "write_request.vnode",
       [](auto& m) { m.mutable_write_request()->set_vnode(UINT32_MAX); }},
      {"write_request", "write_request.bucket: missing",
       [](auto& m) { m.mutable_write_request()->clear_bucket(); }},
      {"write_request", "write_request.key",
       [&](auto& m) { m.mutable_write_request()->set_key(long_key); }},
      {"write_request", "write_request.purpose",
       [](auto& m) { m.mutable_write_request()->set_purpose(4); }},
      {"write_request", "write_request.record: missing",
       [](auto& m) { m.mutable_write_request()->clear_record(); }},
      {"write_reply", "write_reply.status",
       [](auto& m) { m.mutable_write_reply()->set_status(9); }},
      {"forward_request", "forward_request.request: missing",
       [](auto& m) { m.mutable_forward_request()->clear_request(); }},
      {"forward_request", "client_request.verb",
       [](auto& m) { m.mutable_forward_request()->mutable_request()->set_verb(4); }},
      {"forward_request", "client_request.key",
       [&](auto& m) { m.mutable_forward_request()->mutable_request()->set_key(long_key); }},
      {"forward_request", "client_request.deadline_ns",
       [](auto& m) { m.mutable_forward_request()->mutable_request()->set_deadline_ns(-1); }},
      {"forward_reply", "forward_reply.reply: missing",
       [](auto& m) { m.mutable_forward_reply()->clear_reply(); }},
      {"forward_reply", "client_reply.outcome",
       [](auto& m) { m.mutable_forward_reply()->mutable_reply()->set_outcome(5); }},
      {"forward_reply", "client_reply.reason",
       [](auto& m) { m.mutable_forward_reply()->mutable_reply()->set_reason(1000); }},
      {"forward_reply", "client_reply.detail",
       [](auto& m) {
         m.mutable_forward_reply()->mutable_reply()->set_detail(
             std::string(kDetailBytesMax + 1, 'd'));
       }},
      {"forward_reply", "client_reply.coordinator",
       [](auto& m) { m.mutable_forward_reply()->mutable_reply()->set_coordinator(65536); }},
      {"forward_reply", "client_reply.answered",
       [](auto& m) { m.mutable_forward_reply()->mutable_reply()->add_answered(65536); }},
      {"forward_reply", "client_reply.answered count",
       [](auto& m) {
         for (int i = 0; i < 300; ++i) m.mutable_forward_reply()->mutable_reply()->add_answered(1);
       }},
      {"scan_request", "scan_request.vnode",
       [](auto& m) { m.mutable_scan_request()->set_vnode(Ring::kVnodesMax); }},
      {"scan_request", "scan_request.after_bucket",
       [&](auto& m) { m.mutable_scan_request()->set_after_bucket(long_bucket); }},
      {"scan_request", "scan_request.after_key",
       [&](auto& m) { m.mutable_scan_request()->set_after_key(long_key); }},
      {"scan_reply", "scan_reply.status", [](auto& m) { m.mutable_scan_reply()->set_status(9); }},
      {"scan_reply", "scan_reply.entry.bucket: missing",
       [](auto& m) { m.mutable_scan_reply()->add_entries()->set_key("k"); }},
      {"scan_reply", "scan_reply.entry.key: missing",
       [](auto& m) { m.mutable_scan_reply()->add_entries()->set_bucket("b"); }},
  };
  for (const Bad& bad : cases) expect_refused(bad, ErrorCode::kInvalidInput);
}

// Structure-aware: well-formed messages around records that no history can have led to.
TEST(MalformedPeerMessage, RefusesARecordThatDoesNotDecode) {
  const auto record_with = [](std::uint64_t counter, std::uint64_t entries) {
    std::string record;
    append_byte(1, record);  // format
    append_varint(entries, record);
    append_fixed64(make_run_id(1, 7), record);
    append_varint(1, record);  // epochs of this run
    append_varint(1, record);  // epoch
    append_varint(counter, record);
    append_varint(0, record);   // lone dots
    append_varint(0, record);   // siblings
    append_fixed64(0, record);  // floor
    append_varint(0, record);   // applied requests
    return record;
  };
  ASSERT_TRUE(decode_record(record_with(kCounterMax, 1))) << "the table's base is well-formed";
  const std::vector<std::pair<const char*, std::string>> records = {
      {"no byte at all", ""},
      {"a counter of 2^64-1", record_with(UINT64_MAX, 1)},
      {"a counter past its bound", record_with(kCounterMax + 1, 1)},
      {"a counter of 0", record_with(0, 1)},
      {"100,000 entries announced", record_with(1, 100'000)},
      {"2^64-1 entries announced", record_with(1, UINT64_MAX)},
      {"a byte too many", record_with(1, 1) + "x"},
      {"a format of the future", "\x7f" + record_with(1, 1).substr(1)},
      {"text", "hello, this is no record"},
  };
  for (const auto& [what, record] : records) {
    SCOPED_TRACE(what);
    const std::string& bytes = record;
    expect_refused({"write_request", bytes.empty() ? "missing" : "write_request.record",
                    [&](auto& m) { m.mutable_write_request()->set_record(bytes); }},
                   bytes.empty() ? ErrorCode::kInvalidInput : ErrorCode::kCorruption);
    expect_refused({"read_reply", bytes.empty() ? "missing" : "read_reply.record",
                    [&](auto& m) { m.mutable_read_reply()->set_record(bytes); }},
                   bytes.empty() ? ErrorCode::kInvalidInput : ErrorCode::kCorruption);
    if (bytes.empty()) continue;  // an entry without a record is one of a page of keys
    expect_refused(
        {"scan_reply", "scan_reply.entry.record",
         [&](auto& m) { m.mutable_scan_reply()->mutable_entries(0)->set_record(bytes); }},
        ErrorCode::kCorruption);
    expect_refused(
        {"forward_request", "token.context",
         [&](auto& m) { m.mutable_forward_request()->mutable_token()->set_context(bytes); }},
        ErrorCode::kCorruption);
  }
}

TEST(MalformedPeerMessage, RefusesMoreOrLessThanOneBody) {
  EXPECT_FALSE(decode_message(""));
  const std::string ping = encoded(Ping{1, 2, 3, 4});
  const std::string pong = encoded(Pong{1, 2, 3});
  EXPECT_TRUE(decode_message(ping));
  EXPECT_FALSE(decode_message(ping + pong));
  EXPECT_FALSE(decode_message(ping + ping));

  Generated of_the_future;
  of_the_future.GetReflection()
      ->MutableUnknownFields(&of_the_future)
      ->AddLengthDelimited(11, "body");
  EXPECT_FALSE(decode_message(of_the_future.SerializeAsString()));
}

TEST(MalformedPeerMessage, RefusesBrokenFields) {
  const std::vector<std::pair<const char*, std::string>> cases = {
      {"a key alone", "\x3a"},
      {"a body longer than the message", std::string("\x3a\x05\x08\x01", 4)},
      {"a body of 2^63 bytes", std::string("\x3a\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 10)},
      {"a varint of eleven bytes", "\x3a\x0b\x08" + std::string(10, '\x80')},
      {"a varint past 64 bits",
       std::string("\x3a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 13)},
      {"a key of more than 32 bits", std::string("\x80\x80\x80\x80\x80\x01\x00", 7)},
      {"field number 0", std::string("\x02\x00", 2)},
      {"the start of a group", std::string("\x3b\x3c", 2)},
      {"the end of a group", std::string("\x3c", 1)},
      {"wire type 6", std::string("\x3e\x00", 2)},
      {"wire type 7", std::string("\x3f\x00", 2)},
      {"half a fixed64", std::string("\x3a\x05\x11\x01\x02\x03\x04", 7)},
      {"half a fixed32", std::string("\x3a\x03\x15\x01\x02", 5)},
      {"a group inside the body", std::string("\x3a\x02\x0b\x0c", 4)},
  };
  for (const auto& [what, bytes] : cases) {
    const auto decoded = decode_message(bytes);
    ASSERT_FALSE(decoded) << what;
    EXPECT_EQ(decoded.error().code, ErrorCode::kInvalidInput) << what;
  }
}

TEST(MalformedPeerMessage, AFieldWrittenAnotherWayCountsAsUnknown) {
  // Ping.sequence as a fixed64 and as bytes: passed over, as Protobuf has it.
  for (const std::string& body :
       {std::string("\x09\x01\0\0\0\0\0\0\0", 9), std::string("\x0a\x01z", 3)}) {
    std::string bytes = "\x3a";
    append_bytes(body, bytes);
    const auto decoded = decode_message(bytes);
    ASSERT_TRUE(decoded) << decoded.error().to_string();
    EXPECT_EQ(std::get<Ping>(*decoded).sequence, 0u);
  }
}

// Whatever is done to the bytes of a message, what comes out of the decoder encodes to what decodes
// to it again.
TEST(MalformedPeerMessage, RandomDamageIsRefusedOrHarmless) {
  Random random(testing_support::test_seed());
  testing_support::RandomMessages messages(random);
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = encoded(messages.message());
    for (std::uint64_t n = 1 + random.below(4); n > 0; --n) {
      const std::size_t at = random.below(bytes.size());
      switch (random.below(4)) {
        case 0:
          bytes[at] = static_cast<char>(random.below(256));
          break;
        case 1:
          bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8)));
          break;
        case 2:
          bytes.erase(at, 1 + random.below(4));
          break;
        case 3:
          bytes.insert(at, testing_support::random_bytes(random, 1 + random.below(4)));
          break;
      }
      if (bytes.empty()) break;
    }
    const auto decoded = decode_message(bytes);
    if (!decoded) {
      ++refused;
      ASSERT_FALSE(decoded.error().message.empty());
      continue;
    }
    const auto again = decode_message(encoded(*decoded));
    ASSERT_TRUE(again) << again.error().to_string();
    ASSERT_TRUE(testing_support::same(*decoded, *again));
  }
  EXPECT_GT(refused, 5'000);
  EXPECT_LT(refused, 20'000);
}

}  // namespace
}  // namespace quorate
