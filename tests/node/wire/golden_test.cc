// Bytes of protocol version 1, kept: a later version reads them and finds in them what was meant.
// Each file of golden/ holds one message in hexadecimal, in its frame.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <set>

#include "node/wire/codec.h"
#include "node/wire/frame.h"
#include "node/wire/parse.h"
#include "node/wire/quorate.pb.h"
#include "tests/node/wire/random_messages.h"
#include "tests/node/wire/sample_messages.h"

namespace quorate {
namespace {

using testing_support::kSampleKey;

std::filesystem::path golden_path(const std::string& name) {
  return std::filesystem::path(QUORATE_WIRE_GOLDEN_DIR) / (name + ".hex");
}

std::string to_hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

std::string from_hex(const std::string& hex) {
  std::string digits;
  for (const char c : hex) {
    if (c != '\n') digits.push_back(c);
  }
  std::string out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    out.push_back(static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  }
  return out;
}

std::string read_golden(const std::string& name) {
  std::ifstream file(golden_path(name));
  return from_hex(std::string(std::istreambuf_iterator<char>(file), {}));
}

std::string framed(std::string_view payload) {
  std::string out;
  append_frames(payload, out);
  return out;
}

// What is in the frame; empty when there is no whole one.
std::optional<std::string> unframed(const std::string& bytes) {
  FrameReader reader(kPeerMessageBytesMax);
  char* room = reader.prepare(bytes.size());
  std::copy(bytes.begin(), bytes.end(), room);
  reader.commit(bytes.size());
  const auto payload = reader.next();
  if (!payload || !payload->has_value()) return std::nullopt;
  return std::string(**payload);
}

// All of the client port and of the handshakes, built with the generated classes.
std::vector<std::pair<std::string, std::unique_ptr<google::protobuf::Message>>>
generated_samples() {
  std::vector<std::pair<std::string, std::unique_ptr<google::protobuf::Message>>> out;
  const auto add = [&out](const char* name, auto message) {
    out.emplace_back(name, std::make_unique<decltype(message)>(std::move(message)));
  };
  wire::Hello hello;
  hello.set_protocol_version(1);
  hello.set_cluster("dev");
  hello.set_client("kvcli");
  add("hello", hello);

  wire::ToClient greeting;
  wire::Welcome& welcome = *greeting.mutable_welcome();
  welcome.set_protocol_version(1);
  welcome.set_cluster("dev");
  welcome.set_node(2);
  welcome.set_run(make_run_id(2, 77));
  welcome.set_ring_version(1);
  add("to_client_welcome", greeting);

  wire::ToClient refusal;
  wire::Error& error = *refusal.mutable_error();
  error.set_code(5);
  error.set_message("another cluster");
  add("to_client_error", refusal);

  wire::ToNode put;
  put.set_tag(7);
  wire::ClientRequest& request = *put.mutable_request();
  request.set_id_high(1);
  request.set_id_low(2);
  request.set_verb(1);
  request.set_bucket(kSampleKey.bucket);
  request.set_key(kSampleKey.name);
  request.set_value("value");
  request.set_token(
      *testing_support::sample_seal().seal(testing_support::sample_token(), kSampleKey));
  request.mutable_w()->set_kind(1);
  request.mutable_w()->set_count(2);
  request.set_deadline_ns(2'000'000'000);
  add("to_node_put", put);

  wire::ToNode chaos;
  chaos.set_tag(8);
  chaos.mutable_chaos()->add_cut_in(2);
  chaos.mutable_chaos()->add_cut_out(3);
  add("to_node_chaos", chaos);

  wire::PeerHandshake hello_step;
  wire::PeerHello& peer_hello = *hello_step.mutable_hello();
  peer_hello.set_protocol_version(1);
  peer_hello.set_cluster("dev");
  peer_hello.set_node(1);
  peer_hello.set_run(make_run_id(1, 77));
  peer_hello.set_nonce(std::string(32, 'n'));
  peer_hello.set_ring_hash(0x1234567890abcdef);
  peer_hello.set_buckets_hash(0xfedcba0987654321);
  peer_hello.set_to_node(2);
  add("peer_hello", hello_step);

  wire::PeerHandshake challenge_step;
  wire::PeerChallenge& challenge = *challenge_step.mutable_challenge();
  challenge.set_protocol_version(1);
  challenge.set_cluster("dev");
  challenge.set_node(2);
  challenge.set_run(make_run_id(2, 77));
  challenge.set_nonce(std::string(32, 'c'));
  challenge.set_proof(std::string(32, 'p'));
  add("peer_challenge", challenge_step);

  wire::PeerHandshake proof;
  proof.mutable_proof()->set_proof(std::string(32, 'q'));
  add("peer_proof", proof);

  wire::PeerHandshake peer_welcome;
  peer_welcome.mutable_welcome();
  add("peer_welcome", peer_welcome);

  wire::PeerHandshake peer_error;
  peer_error.mutable_error()->set_code(5);
  peer_error.mutable_error()->set_message("another cluster");
  add("peer_error", peer_error);
  return out;
}

// A file that is missing is written by hand, out of this message.
void expect_golden(const std::string& name, const std::string& framed_bytes) {
  ASSERT_TRUE(std::filesystem::exists(golden_path(name)))
      << golden_path(name) << " is missing; it would hold\n"
      << to_hex(framed_bytes);
}

TEST(GoldenFrames, PeerMessagesAreReadAndWrittenAsVersion1Did) {
  for (const auto& [name, message] : testing_support::sample_messages()) {
    std::string bytes;
    encode_message(message, bytes);
    expect_golden(name, framed(bytes));
    const std::string golden = read_golden(name);
    const auto payload = unframed(golden);
    ASSERT_TRUE(payload) << name;
    const auto decoded = decode_message(*payload);
    ASSERT_TRUE(decoded) << name << ": " << decoded.error().to_string();
    EXPECT_TRUE(testing_support::same(*decoded, message)) << name;
    EXPECT_EQ(to_hex(framed(bytes)), to_hex(golden)) << name;
  }
}

TEST(GoldenFrames, ClientMessagesAndHandshakesAreReadAndWrittenAsVersion1Did) {
  for (const auto& [name, message] : generated_samples()) {
    const std::string bytes = message->SerializeAsString();
    expect_golden(name, framed(bytes));
    const std::string golden = read_golden(name);
    const auto payload = unframed(golden);
    ASSERT_TRUE(payload) << name;
    const std::unique_ptr<google::protobuf::Message> parsed(message->New());
    ASSERT_TRUE(parse_message(*payload, *parsed)) << name;
    EXPECT_EQ(parsed->DebugString(), message->DebugString()) << name;
    EXPECT_EQ(to_hex(framed(bytes)), to_hex(golden)) << name;
  }
}

TEST(GoldenFrames, AClientReplyIsWrittenAsVersion1Did) {
  std::string bytes;
  encode_client_reply(7, testing_support::sample_reply(), kSampleKey,
                      testing_support::sample_seal(), bytes);
  expect_golden("to_client_reply", framed(bytes));
  EXPECT_EQ(to_hex(framed(bytes)), to_hex(read_golden("to_client_reply")));
}

TEST(GoldenFrames, ATokenOfVersion1IsOpened) {
  const auto payload = unframed(read_golden("to_node_put"));
  ASSERT_TRUE(payload);
  wire::ToNode message;
  ASSERT_TRUE(parse_message(*payload, message));
  const auto request =
      from_wire(std::move(*message.mutable_request()), testing_support::sample_seal());
  ASSERT_TRUE(request) << request.error().to_string();
  EXPECT_EQ(request->token, testing_support::sample_token());
}

TEST(GoldenFrames, EveryFileIsTested) {
  std::set<std::string> names = {"to_client_reply"};
  for (const auto& sample : testing_support::sample_messages()) names.insert(sample.name);
  for (const auto& [name, message] : generated_samples()) names.insert(name);
  for (const auto& entry : std::filesystem::directory_iterator(QUORATE_WIRE_GOLDEN_DIR)) {
    EXPECT_EQ(names.count(entry.path().stem().string()), 1u) << entry.path();
  }
}

}  // namespace
}  // namespace quorate
