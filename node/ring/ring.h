// The ring: which nodes hold which keys, as a versioned table over Q equal, fixed vnodes.
//
// Place:      the core asks it; the handshake compares its hash; messages that name a vnode carry
//             its version.
// Implements: Dynamo 6.2, strategy 3 (Q equal partitions). The table is computed from the member
//             list, the same on every node; joining and leaving will replace that computation, not
//             this interface.
// Invariants: for every prefix length n of the preference lists: (1) no node twice in a list; (2)
//             every node stands in the first n places of floor or ceil of Q*n/members vnodes. Shown
//             for all member counts to 32 and all Q to 1,024 in tests/node/ring/ring_test.cc.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "node/base/status.h"
#include "node/causality/dot.h"

namespace quorate {

using VnodeId = std::uint16_t;
using RingVersion = std::uint64_t;

class Ring {
 public:
  static constexpr std::uint32_t kVnodesMax = 4096;
  static constexpr std::size_t kMembersMax = 256;

  // `members` in any order; `vnodes` a power of two from 1 to kVnodesMax.
  // Errors: kInvalidInput for a duplicate or zero member, an empty list, or a bad vnode count.
  static Result<Ring> compute(RingVersion version, std::vector<NodeId> members,
                              std::uint32_t vnodes);

  RingVersion version() const { return version_; }
  std::uint32_t vnodes() const { return vnodes_; }
  const std::vector<NodeId>& members() const { return members_; }  // sorted

  VnodeId vnode_of(std::string_view bucket, std::string_view key) const;

  // All members in the order in which they should hold the vnode's keys: the first n are its
  // primaries, later ones fallbacks. REQUIRES: vnode < vnodes().
  std::span<const NodeId> preference_list(VnodeId vnode) const;

  // The first n of the preference list, or all members when there are fewer.
  std::span<const NodeId> primaries(VnodeId vnode, std::size_t n) const;

  // Of version, Q, members and table.
  std::uint64_t hash() const;

 private:
  Ring() = default;

  RingVersion version_ = 0;
  std::uint32_t vnodes_ = 0;
  std::vector<NodeId> members_;
  std::vector<NodeId> table_;  // vnodes_ rows of members_.size() nodes
};

}  // namespace quorate
