// The live "cut this link" switch: swallows all traffic with given peers, as a network would that
// drops their packets.
//
// Place:      one for each node; client sessions set it (ChaosRequest), peer links and the peer
//             server ask it for every frame. Only scripts/cluster partition and tests use it.
// Invariants: (1) without --chaos nothing can be cut; (2) connections stay up, and nothing passes;
//             (3) a cut link is not dialled, and nobody is welcomed over it. Shown in
//             tests/node/io/chaos_test.cc.
#pragma once

#include <bitset>
#include <functional>
#include <string>
#include <vector>

#include "node/base/status.h"
#include "node/causality/dot.h"

namespace quorate {

class Chaos {
 public:
  // `members`: who can be cut; `on_change` is called after every change.
  Chaos(bool allowed, NodeId self, std::vector<NodeId> members, std::function<void()> on_change);

  bool allowed() const { return allowed_; }

  // Frames from it are dropped; frames to it are.
  bool cut_in(NodeId peer) const { return in_[peer]; }
  bool cut_out(NodeId peer) const { return out_[peer]; }
  bool cut(NodeId peer) const { return in_[peer] || out_[peer]; }

  // Replaces what was cut before. Errors: kNotSupported without --chaos; kInvalidInput for this
  // node itself or one that is no member; nothing is changed then.
  Status set(const std::vector<std::uint32_t>& in, const std::vector<std::uint32_t>& out);

 private:
  Status check(const std::vector<std::uint32_t>& peers) const;

  const bool allowed_;
  const NodeId self_;
  const std::vector<NodeId> members_;
  const std::function<void()> on_change_;
  std::bitset<65536> in_;
  std::bitset<65536> out_;
};

}  // namespace quorate
