#include "node/io/peer_handshake.h"

#include <gtest/gtest.h>

#include <string>

#include "node/wire/error_codec.h"
#include "node/wire/frame.h"
#include "node/wire/quorate.pb.h"

namespace quorate {
namespace {

const std::string kSecret(40, 's');

PeerIdentity identity(NodeId node) {
  return PeerIdentity{"dev", node, make_run_id(node, 77u + node), 1234, 5678};
}

bool three_members(NodeId node) { return node >= 1 && node <= 3; }

// Node 1 dials node 2, each as it believes itself to be.
class Handshake : public ::testing::Test {
 protected:
  // The first error of either side, as "dialler: ..." or "acceptor: ...", or "welcome".
  std::string run() {
    DiallerHandshake dialler(one_, one_key_, to_);
    AcceptorHandshake acceptor(two_, two_key_);
    const Result<std::string> challenge = acceptor.on_hello(hello_or(dialler), three_members);
    if (!challenge) return told(dialler.on_challenge(encode_peer_error(challenge.error())).error());
    const Result<std::string> proof = dialler.on_challenge(*challenge);
    if (!proof) return "dialler: " + proof.error().to_string();
    peer_proved_ = dialler.peer_proved();
    if (Status accepted = acceptor.on_proof(*proof); !accepted) {
      return told(dialler.on_welcome(encode_peer_error(accepted.error())).error());
    }
    EXPECT_EQ(acceptor.peer(), one_.node);
    EXPECT_EQ(acceptor.peer_run(), one_.run);
    EXPECT_EQ(dialler.peer_run(), two_.run);
    return dialler.on_welcome(acceptor.welcome()).has_value() ? "welcome" : "no welcome";
  }

  std::string hello_or(const DiallerHandshake& dialler) const {
    return hello_.empty() ? dialler.hello() : hello_;
  }
  static std::string told(const Error& error) { return "acceptor: " + error.to_string(); }

  PeerIdentity one_ = identity(1);
  PeerIdentity two_ = identity(2);
  MacKey one_key_{kSecret, "peer"};
  MacKey two_key_{kSecret, "peer"};
  NodeId to_ = 2;
  std::string hello_;  // instead of the dialler's own
  bool peer_proved_ = false;
};

bool starts_with(const std::string& text, const std::string& prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

TEST_F(Handshake, TwoNodesOfOneClusterWelcomeEachOther) { EXPECT_EQ(run(), "welcome"); }

TEST_F(Handshake, AnotherClusterIsRefusedByName) {
  one_.cluster = "prod";
  EXPECT_EQ(run(), "acceptor: incompatible: belongs to cluster \"prod\", this node to \"dev\"");
  EXPECT_FALSE(peer_proved_);
}

TEST_F(Handshake, AnotherSecretIsRefusedByTheDiallerBeforeItProvesAnything) {
  two_key_ = MacKey(std::string(40, 'x'), "peer");
  EXPECT_TRUE(starts_with(run(), "dialler: unauthorized: did not prove the cluster's secret"));
  EXPECT_FALSE(peer_proved_);
}

TEST_F(Handshake, ADiallersRefusalIsPassedOnToTheAcceptorsLog) {
  AcceptorHandshake acceptor(two_, two_key_);
  DiallerHandshake dialler(one_, one_key_, 2);
  ASSERT_TRUE(acceptor.on_hello(dialler.hello(), three_members));
  const Status told =
      acceptor.on_proof(encode_peer_error(Error{ErrorCode::kUnauthorized, "no proof"}));
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().message, "it refused this node: no proof");
}

TEST_F(Handshake, AnUnknownNodeIsRefused) {
  one_.node = 9;
  EXPECT_EQ(run(), "acceptor: incompatible: node 9 is not in this node's configuration");
}

TEST_F(Handshake, ANodeThatCallsItselfByOurNameIsRefused) {
  one_.node = 2;
  EXPECT_TRUE(starts_with(run(), "acceptor: incompatible: node 2 dialled itself"));
}

TEST_F(Handshake, ADiallerThatWantedAnotherNodeIsToldWhomItReached) {
  to_ = 3;
  EXPECT_TRUE(starts_with(run(), "acceptor: incompatible: reached node 2, but wanted node 3"));
}

TEST_F(Handshake, DifferentMembersAreToldOnlyToAProvenPeer) {
  one_.ring_hash = 1;
  EXPECT_EQ(run(),
            "acceptor: incompatible: nodes 1 and 2 differ in their members or vnodes: give both "
            "the same configuration file");
  EXPECT_TRUE(peer_proved_);
}

TEST_F(Handshake, DifferentBucketsAreNamedAsTheDifference) {
  one_.buckets_hash = 1;
  EXPECT_EQ(run(),
            "acceptor: incompatible: nodes 1 and 2 differ in their buckets: give both the same "
            "configuration file");
  one_.ring_hash = 1;
  EXPECT_NE(run().find("members or vnodes, and in their buckets"), std::string::npos);
}

std::string step(const wire::PeerHello& hello) {
  wire::PeerHandshake message;
  *message.mutable_hello() = hello;
  return message.SerializeAsString();
}

std::string step(const wire::PeerChallenge& challenge) {
  wire::PeerHandshake message;
  *message.mutable_challenge() = challenge;
  return message.SerializeAsString();
}

std::string step(const wire::PeerProof& proof) {
  wire::PeerHandshake message;
  *message.mutable_proof() = proof;
  return message.SerializeAsString();
}

wire::PeerHello plain_hello() {
  wire::PeerHello hello;
  hello.set_protocol_version(kProtocolVersion);
  hello.set_cluster("dev");
  hello.set_node(1);
  hello.set_run(4711);
  hello.set_nonce(std::string(kNonceBytes, 'n'));
  hello.set_ring_hash(1234);
  hello.set_buckets_hash(5678);
  hello.set_to_node(2);
  return hello;
}

TEST_F(Handshake, AnotherProtocolVersionIsRefusedWithBothVersions) {
  for (const std::uint32_t version : {0u, 2u, 4294967295u}) {
    wire::PeerHello hello = plain_hello();
    hello.set_protocol_version(version);
    hello_ = step(hello);
    EXPECT_EQ(run(), "acceptor: incompatible: speaks protocol version " + std::to_string(version) +
                         ", this node version 1");
  }
}

TEST_F(Handshake, GarbageInPlaceOfAHelloIsRefused) {
  for (const std::string& bytes :
       {std::string("\xff\xff\xff"), std::string("GET / HTTP/1.1"), std::string(1000, '\0'),
        std::string("\x0a\x05"
                    "ab")}) {
    AcceptorHandshake acceptor(two_, two_key_);
    EXPECT_FALSE(acceptor.on_hello(bytes, three_members)) << bytes;
  }
  for (const std::size_t size : {0u, 1u, 31u, 33u, 1000u}) {
    wire::PeerHello hello = plain_hello();
    hello.set_nonce(std::string(size, 'n'));
    AcceptorHandshake acceptor(two_, two_key_);
    EXPECT_FALSE(acceptor.on_hello(step(hello), three_members)) << size;
  }
  for (const std::uint32_t node : {0u, 65536u + 1u, 4294967295u}) {
    wire::PeerHello hello = plain_hello();
    hello.set_node(node);
    AcceptorHandshake acceptor(two_, two_key_);
    EXPECT_FALSE(acceptor.on_hello(step(hello), three_members)) << node;
  }
}

std::string proof_in(const std::string& challenge_bytes) {
  wire::PeerHandshake message;
  EXPECT_TRUE(message.ParseFromString(challenge_bytes));
  return message.challenge().proof();
}

TEST_F(Handshake, AnAcceptorsProofSentBackToItProvesNothing) {
  AcceptorHandshake acceptor(two_, two_key_);
  const Result<std::string> challenge = acceptor.on_hello(step(plain_hello()), three_members);
  ASSERT_TRUE(challenge);
  wire::PeerProof reflected;
  reflected.set_proof(proof_in(*challenge));
  const Status accepted = acceptor.on_proof(step(reflected));
  ASSERT_FALSE(accepted);
  EXPECT_EQ(accepted.error().code, ErrorCode::kUnauthorized);
}

// The stranger S, without the secret, is dialled by node 1 as if it were node 2. It dials node 2 at
// the same time and hands each one's messages to the other: what node 2 proves to S does not
// convince node 1.
TEST_F(Handshake, AProofMadeForOneConnectionDoesNotServeAnother) {
  DiallerHandshake dialler(one_, one_key_, 2);
  AcceptorHandshake acceptor(two_, two_key_);
  wire::PeerHandshake from_one;
  ASSERT_TRUE(from_one.ParseFromString(dialler.hello()));
  wire::PeerHello own = from_one.hello();
  own.set_nonce(std::string(kNonceBytes, 'S'));
  const Result<std::string> challenge = acceptor.on_hello(step(own), three_members);
  ASSERT_TRUE(challenge);
  const Result<std::string> proof = dialler.on_challenge(*challenge);
  ASSERT_FALSE(proof);
  EXPECT_EQ(proof.error().code, ErrorCode::kUnauthorized);
}

TEST_F(Handshake, AnOldProofDoesNotServeANewConnection) {
  DiallerHandshake dialler(one_, one_key_, 2);
  AcceptorHandshake first(two_, two_key_);
  const Result<std::string> challenge = first.on_hello(dialler.hello(), three_members);
  const Result<std::string> proof = dialler.on_challenge(*challenge);
  ASSERT_TRUE(proof);
  ASSERT_TRUE(first.on_proof(*proof));
  AcceptorHandshake second(two_, two_key_);
  ASSERT_TRUE(second.on_hello(dialler.hello(), three_members));
  EXPECT_FALSE(second.on_proof(*proof));
}

TEST_F(Handshake, AProofOfAnotherSizeIsRefused) {
  for (const std::string& bytes :
       {std::string(), std::string(31, 'p'), std::string(32, '\0'), std::string(64, 'p')}) {
    AcceptorHandshake acceptor(two_, two_key_);
    ASSERT_TRUE(acceptor.on_hello(step(plain_hello()), three_members));
    wire::PeerProof proof;
    proof.set_proof(bytes);
    EXPECT_FALSE(acceptor.on_proof(step(proof)));
  }
}

TEST_F(Handshake, ANodeThatAnswersInAnothersPlaceIsRefused) {
  DiallerHandshake dialler(one_, one_key_, 3);
  wire::PeerChallenge challenge;
  challenge.set_protocol_version(kProtocolVersion);
  challenge.set_cluster("dev");
  challenge.set_node(2);
  challenge.set_nonce(std::string(kNonceBytes, 'n'));
  const Result<std::string> proof = dialler.on_challenge(step(challenge));
  ASSERT_FALSE(proof);
  EXPECT_EQ(proof.error().message,
            "is node 2, not node 3: check the addresses in the configuration");
}

// Each step says what it is: none is taken for another, an error for none of them.
TEST_F(Handshake, AStepOutOfOrderIsRefused) {
  DiallerHandshake dialler(one_, one_key_, 2);
  AcceptorHandshake acceptor(two_, two_key_);
  const std::string hello = dialler.hello();
  EXPECT_FALSE(dialler.on_challenge(hello));
  EXPECT_FALSE(dialler.on_challenge(acceptor.welcome()));
  EXPECT_FALSE(acceptor.on_hello(acceptor.welcome(), three_members));
  const Result<std::string> challenge = acceptor.on_hello(hello, three_members);
  ASSERT_TRUE(challenge);
  EXPECT_FALSE(acceptor.on_proof(hello));
  EXPECT_FALSE(acceptor.on_proof(acceptor.welcome()));
  const Result<std::string> proof = dialler.on_challenge(*challenge);
  ASSERT_TRUE(proof);
  EXPECT_FALSE(dialler.on_welcome(*challenge));
  EXPECT_FALSE(dialler.on_welcome(""));
  for (const std::string& no_error : {hello, *challenge, *proof, acceptor.welcome()}) {
    EXPECT_FALSE(decode_peer_error(no_error));
  }
}

TEST(ErrorFrame, CarriesCodeAndText) {
  const Error error{ErrorCode::kInUse, "node 2 is already running"};
  const std::optional<Error> back = decode_peer_error(encode_peer_error(error));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->code, error.code);
  EXPECT_EQ(back->message, error.message);
}

TEST(ErrorFrame, WithoutTextIsAnErrorToo) {
  wire::PeerHandshake message;
  message.mutable_error();
  EXPECT_TRUE(decode_peer_error(message.SerializeAsString()));
}

TEST(ErrorFrame, AnUnknownCodeOfALaterVersionIsStillAnError) {
  wire::PeerHandshake later;
  later.mutable_error()->set_code(999);
  later.mutable_error()->set_message("something new");
  const std::optional<Error> back = decode_peer_error(later.SerializeAsString());
  ASSERT_TRUE(back);
  EXPECT_EQ(back->code, ErrorCode::kIoError);
}

}  // namespace
}  // namespace quorate
