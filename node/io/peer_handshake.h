// How two nodes convince each other that they belong together: bytes in, bytes out, without a
// socket.
//
// Place:      a peer link runs the dialler's side, the peer server the acceptor's.
// Implements: quorate.proto, PeerHandshake: hello, challenge, proof, welcome, or an error instead
//             of any. Both prove the cluster's secret over both hellos, in different roles, so that
//             no proof can be sent back to whom it came from.
// Invariants: (1) nothing about ring and buckets is told to a dialler that has not proved itself;
//             (2) a dialler believes a refusal about itself only from an acceptor that has proved
//             itself. The whole matrix: tests/node/io/peer_handshake_test.cc.
// Not here:   two live runs of one node (peer_server.h), which needs to know who is connected.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "node/base/status.h"
#include "node/causality/dot.h"
#include "node/wire/secret.h"

namespace quorate {

inline constexpr std::size_t kHandshakeMessageBytesMax = 4096;
inline constexpr std::size_t kNonceBytes = 32;

// What a node says of itself to its peers. All of it must be the same at both ends, node and run
// apart.
struct PeerIdentity {
  std::string cluster;
  NodeId node = 0;
  RunId run = 0;
  std::uint64_t ring_hash = 0;
  std::uint64_t buckets_hash = 0;
};

// What the other side says that ends a link which is up. Empty when the bytes are no error.
std::optional<Error> decode_peer_error(std::string_view bytes);

class DiallerHandshake {
 public:
  // `key` outlives it.
  DiallerHandshake(const PeerIdentity& self, const MacKey& key, NodeId to);

  std::string hello() const;

  // The proof to send next. Errors: what the other side said, or what is wrong with it.
  Result<std::string> on_challenge(std::string_view bytes);

  Status on_welcome(std::string_view bytes);

  // The acceptor has proved the secret: what it says from here on is said by a peer.
  bool peer_proved() const { return peer_proved_; }
  RunId peer_run() const { return acceptor_.run; }

 private:
  const PeerIdentity& self_;
  const MacKey& key_;
  NodeId to_;
  HandshakeSide dialler_;
  HandshakeSide acceptor_;
  bool peer_proved_ = false;
};

class AcceptorHandshake {
 public:
  // `key` outlives it.
  AcceptorHandshake(const PeerIdentity& self, const MacKey& key);

  // The challenge to send next. `is_member` says whether a node is in the configuration.
  Result<std::string> on_hello(std::string_view bytes,
                               const std::function<bool(NodeId)>& is_member);

  Status on_proof(std::string_view bytes);

  std::string welcome() const;

  NodeId peer() const { return dialler_.node; }
  RunId peer_run() const { return dialler_.run; }

 private:
  const PeerIdentity& self_;
  const MacKey& key_;
  HandshakeSide dialler_;
  HandshakeSide acceptor_;
  std::uint64_t ring_hash_ = 0;
  std::uint64_t buckets_hash_ = 0;
};

}  // namespace quorate
