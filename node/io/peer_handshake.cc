#include "node/io/peer_handshake.h"

#include "node/base/in_quotes.h"
#include "node/io/config_text.h"
#include "node/wire/error_codec.h"
#include "node/wire/frame.h"
#include "node/wire/parse.h"
#include "node/wire/quorate.pb.h"

namespace quorate {
namespace {

std::string_view view(const Mac& mac) {
  return {reinterpret_cast<const char*>(mac.data()), mac.size()};
}

Error incompatible(std::string message) {
  return Error{ErrorCode::kIncompatible, std::move(message)};
}

Error unauthorized(std::string message) {
  return Error{ErrorCode::kUnauthorized, std::move(message)};
}

Status check_version(std::uint32_t theirs) {
  if (theirs == kProtocolVersion) return {};
  return incompatible("speaks protocol version " + std::to_string(theirs) + ", this node version " +
                      std::to_string(kProtocolVersion));
}

Status check_cluster(const PeerIdentity& self, const std::string& theirs) {
  if (theirs == self.cluster) return {};
  return incompatible("belongs to cluster " + in_quotes(theirs) + ", this node to " +
                      in_quotes(self.cluster));
}

HandshakeSide side_of(const PeerIdentity& self) {
  return HandshakeSide{kProtocolVersion, self.cluster, self.node, self.run, random_nonce()};
}

// Node ids are 16 bits; anything else is 0, nobody.
NodeId node_id(std::uint32_t value) {
  return value <= 0xffff ? static_cast<NodeId>(value) : NodeId{0};
}

// The step that is due; else what the other side says instead, or that it says something else.
Result<wire::PeerHandshake> expect_step(std::string_view bytes,
                                        wire::PeerHandshake::StepCase expected, const char* name) {
  wire::PeerHandshake in;
  if (Status parsed = parse_message(bytes, in); !parsed) return parsed.error();
  if (in.has_error()) return error_from_wire(in.error());
  if (in.step_case() != expected) {
    return invalid_input(std::string("sent something else than a ") + name);
  }
  return in;
}

}  // namespace

std::optional<Error> decode_peer_error(std::string_view bytes) {
  wire::PeerHandshake in;
  if (!parse_message(bytes, in) || !in.has_error()) return std::nullopt;
  return error_from_wire(in.error());
}

// ---------------------------------------------------------------- the dialler

DiallerHandshake::DiallerHandshake(const PeerIdentity& self, const MacKey& key, NodeId to)
    : self_(self), key_(key), to_(to), dialler_(side_of(self)) {}

std::string DiallerHandshake::hello() const {
  wire::PeerHandshake message;
  wire::PeerHello& out = *message.mutable_hello();
  out.set_protocol_version(dialler_.protocol_version);
  out.set_cluster(dialler_.cluster);
  out.set_node(dialler_.node);
  out.set_run(dialler_.run);
  out.set_nonce(dialler_.nonce);
  out.set_ring_hash(self_.ring_hash);
  out.set_buckets_hash(self_.buckets_hash);
  out.set_to_node(to_);
  return message.SerializeAsString();
}

Result<std::string> DiallerHandshake::on_challenge(std::string_view bytes) {
  const Result<wire::PeerHandshake> message =
      expect_step(bytes, wire::PeerHandshake::kChallenge, "challenge");
  if (!message) return message.error();
  const wire::PeerChallenge& in = message->challenge();
  if (Status ok = check_version(in.protocol_version()); !ok) return ok.error();
  if (Status ok = check_cluster(self_, in.cluster()); !ok) return ok.error();
  if (in.node() != to_) {
    return incompatible("is node " + std::to_string(in.node()) + ", not node " +
                        std::to_string(to_) + ": check the addresses in the configuration");
  }
  if (in.nonce().size() != kNonceBytes) return invalid_input("sent a nonce of another size");
  acceptor_ =
      HandshakeSide{in.protocol_version(), in.cluster(), node_id(in.node()), in.run(), in.nonce()};
  if (!equal_macs(in.proof(), view(handshake_proof(key_, "accept", dialler_, acceptor_)))) {
    return unauthorized("did not prove the cluster's secret: do both nodes have the same one?");
  }
  peer_proved_ = true;
  wire::PeerHandshake out;
  out.mutable_proof()->set_proof(
      std::string(view(handshake_proof(key_, "dial", dialler_, acceptor_))));
  return out.SerializeAsString();
}

Status DiallerHandshake::on_welcome(std::string_view bytes) {
  const Result<wire::PeerHandshake> message =
      expect_step(bytes, wire::PeerHandshake::kWelcome, "welcome");
  if (!message) return message.error();
  return {};
}

// ---------------------------------------------------------------- the acceptor

AcceptorHandshake::AcceptorHandshake(const PeerIdentity& self, const MacKey& key)
    : self_(self), key_(key), acceptor_(side_of(self)) {}

Result<std::string> AcceptorHandshake::on_hello(std::string_view bytes,
                                                const std::function<bool(NodeId)>& is_member) {
  const Result<wire::PeerHandshake> message =
      expect_step(bytes, wire::PeerHandshake::kHello, "hello");
  if (!message) return message.error();
  const wire::PeerHello& in = message->hello();
  if (Status ok = check_version(in.protocol_version()); !ok) return ok.error();
  if (Status ok = check_cluster(self_, in.cluster()); !ok) return ok.error();
  const NodeId node = node_id(in.node());
  if (node == 0 || !is_member(node)) {
    return incompatible("node " + std::to_string(in.node()) +
                        " is not in this node's configuration");
  }
  if (node == self_.node) {
    return incompatible("node " + std::to_string(node) + " dialled itself, or is there twice");
  }
  if (in.to_node() != self_.node) {
    return incompatible("reached node " + std::to_string(self_.node) + ", but wanted node " +
                        std::to_string(in.to_node()) +
                        ": check the addresses in the configuration");
  }
  if (in.nonce().size() != kNonceBytes) return invalid_input("sent a nonce of another size");
  dialler_ = HandshakeSide{in.protocol_version(), in.cluster(), node, in.run(), in.nonce()};
  ring_hash_ = in.ring_hash();
  buckets_hash_ = in.buckets_hash();

  wire::PeerHandshake answer;
  wire::PeerChallenge& out = *answer.mutable_challenge();
  out.set_protocol_version(acceptor_.protocol_version);
  out.set_cluster(acceptor_.cluster);
  out.set_node(acceptor_.node);
  out.set_run(acceptor_.run);
  out.set_nonce(acceptor_.nonce);
  out.set_proof(std::string(view(handshake_proof(key_, "accept", dialler_, acceptor_))));
  return answer.SerializeAsString();
}

Status AcceptorHandshake::on_proof(std::string_view bytes) {
  if (const std::optional<Error> refusal = decode_peer_error(bytes)) {
    return Error{refusal->code, "it refused this node: " + refusal->message};
  }
  const Result<wire::PeerHandshake> message =
      expect_step(bytes, wire::PeerHandshake::kProof, "proof");
  if (!message) return message.error();
  if (!equal_macs(message->proof().proof(),
                  view(handshake_proof(key_, "dial", dialler_, acceptor_)))) {
    return unauthorized("did not prove the cluster's secret: do both nodes have the same one?");
  }
  const bool ring_differs = ring_hash_ != self_.ring_hash;
  const bool buckets_differ = buckets_hash_ != self_.buckets_hash;
  if (!ring_differs && !buckets_differ) return {};
  return incompatible(
      std::string("nodes ") + std::to_string(dialler_.node) + " and " + std::to_string(self_.node) +
      " differ in their " + (ring_differs ? "members or vnodes" : "") +
      (ring_differs && buckets_differ ? ", and in their " : "") +
      (buckets_differ ? "buckets" : "") + ": give both the same configuration file");
}

std::string AcceptorHandshake::welcome() const {
  // High-water marks travel in pings (core/messages.h).
  wire::PeerHandshake out;
  out.mutable_welcome();
  return out.SerializeAsString();
}

}  // namespace quorate
