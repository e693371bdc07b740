// The cluster's shared secret, and what is proved with it: that a peer is a peer, that a token is
// ours.
//
// Errors:     load_secret: kIoError, kInvalidInput (too short; readable by others).
// Limits:     at least 32 bytes of secret; HMAC-SHA256 throughout, compared in constant time.
// Not here:   transport encryption; see papers/architecture.md, "Trust".
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "node/base/status.h"

namespace quorate {

using Mac = std::array<unsigned char, 32>;

// A key derived from the secret for one purpose ("peer", "token"), ready to authenticate many
// messages.
class MacKey {
 public:
  MacKey(std::string_view secret, std::string_view purpose);
  ~MacKey();
  MacKey(MacKey&&) noexcept;
  MacKey& operator=(MacKey&&) noexcept;

  // On one thread at a time.
  Mac mac(std::string_view message) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Constant time in the contents.
bool equal_macs(std::string_view a, std::string_view b);

// 32 bytes from the operating system's generator, and one 64-bit draw from it.
std::string random_nonce();
std::uint64_t random_u64_from_os();

// Reads a secret file: refuses one that group or others can read.
Result<std::string> load_secret(const std::string& path);

// The handshake's proofs (quorate.proto, PeerHello). `role` is "dial" or "accept".
// Both cover version, cluster, node, run and nonce of both sides.
struct HandshakeSide {
  std::uint32_t protocol_version = 0;
  std::string cluster;
  std::uint16_t node = 0;
  std::uint64_t run = 0;
  std::string nonce;
};
Mac handshake_proof(const MacKey& key, std::string_view role, const HandshakeSide& dialler,
                    const HandshakeSide& acceptor);

}  // namespace quorate
