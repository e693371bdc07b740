// A node 2 of the test's own, towards a real node 1: says what it is told to.
#pragma once

#include <string>
#include <vector>

#include "node/io/peer_handshake.h"
#include "node/ring/ring.h"
#include "node/wire/codec.h"
#include "tests/node/io/node_harness.h"

namespace quorate::io_test {

// What a node of this cluster must say of itself to be believed.
inline PeerIdentity identity_in(const TestCluster& cluster, NodeId node, RunId run) {
  std::vector<NodeId> members;
  for (const NodeAddress& address : cluster.config().nodes) members.push_back(address.id);
  return PeerIdentity{cluster.config().name, node, run,
                      Ring::compute(1, members, cluster.config().vnodes)->hash(),
                      cluster.config().buckets.hash()};
}

inline MacKey peer_key_of_tests() { return MacKey(std::string(40, 's'), "peer"); }

class FakePeer {
 public:
  FakePeer(const TestCluster& cluster, std::uint16_t port, RunId run)
      : identity_(identity_in(cluster, 2, run)), raw_(port) {}

  // Empty when it was welcomed, else why not.
  std::string shake_hands() {
    DiallerHandshake handshake(identity_, key_, 1);
    if (!raw_.send_frame(handshake.hello())) return "cannot send";
    const auto challenge = raw_.receive();
    if (!challenge) return "no challenge";
    const Result<std::string> proof = handshake.on_challenge(*challenge);
    if (!proof) return proof.error().message;
    raw_.send_frame(*proof);
    const auto welcome = raw_.receive();
    if (!welcome) return "no welcome";
    const Status ok = handshake.on_welcome(*welcome);
    return ok ? "" : ok.error().message;
  }

  bool send(const Message& message) {
    std::string payload;
    encode_message(message, payload);
    return raw_.send_frame(payload);
  }

  RawClient& raw() { return raw_; }

 private:
  const PeerIdentity identity_;
  const MacKey key_ = peer_key_of_tests();
  RawClient raw_;
};

}  // namespace quorate::io_test
