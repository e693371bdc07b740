#include "node/ring/ring.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>
#include <string>
#include <utility>

#include "node/base/check.h"
#include "node/base/hash.h"

namespace quorate {

namespace {

void append_fixed(std::uint64_t value, std::size_t bytes, std::string& out) {
  for (std::size_t i = 0; i < bytes; ++i)
    out.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
}

// Places of members in the preference lists of one group of vnodes, as indices into the sorted
// members.
//
// A full group has as many vnodes as there are members. With a stride that is coprime to their
// number, each list names everybody once, and at each place everybody stands once: any prefix is
// balanced exactly. The stride changes from group to group, so that what a dead node held falls to
// many others and not to one neighbour.
std::size_t place_in_full_group(std::size_t members, std::size_t stride, std::size_t vnode,
                                std::size_t position) {
  return (vnode + position * stride) % members;
}

// The last group may have fewer vnodes than members: places are dealt round like cards, position by
// position, so that after any number of cards all hands differ by one at most. When the deal comes
// back to where it began (after members/gcd rounds) it moves on by one, lest a list name somebody
// twice.
std::size_t place_in_last_group(std::size_t members, std::size_t size, std::size_t vnode,
                                std::size_t position) {
  const std::size_t rounds = members / std::gcd(size, members);
  return (position * size + vnode + position / rounds) % members;
}

std::vector<std::size_t> strides_coprime_to(std::size_t members) {
  std::vector<std::size_t> strides;
  for (std::size_t stride = 1; stride <= members; ++stride) {
    if (std::gcd(stride, members) == 1) strides.push_back(stride);
  }
  return strides;
}

}  // namespace

Result<Ring> Ring::compute(RingVersion version, std::vector<NodeId> members, std::uint32_t vnodes) {
  if (members.empty()) return invalid_input("a ring needs at least one member");
  if (members.size() > kMembersMax) {
    return invalid_input("a ring of " + std::to_string(members.size()) + " members; at most " +
                         std::to_string(kMembersMax) + " are possible");
  }
  if (!std::has_single_bit(vnodes) || vnodes > kVnodesMax) {
    return invalid_input(std::to_string(vnodes) + " vnodes; it must be a power of two from 1 to " +
                         std::to_string(kVnodesMax));
  }
  std::sort(members.begin(), members.end());
  if (members.front() == 0) return invalid_input("member 0: node ids run from 1 to 65535");
  const auto twice = std::adjacent_find(members.begin(), members.end());
  if (twice != members.end()) {
    return invalid_input("member " + std::to_string(*twice) + " is named twice");
  }

  Ring ring;
  ring.version_ = version;
  ring.vnodes_ = vnodes;
  ring.members_ = std::move(members);
  const std::size_t count = ring.members_.size();
  const std::size_t full_groups = vnodes / count;
  const std::size_t last_size = vnodes % count;
  const std::vector<std::size_t> strides = strides_coprime_to(count);
  ring.table_.reserve(vnodes * count);
  for (std::size_t vnode = 0; vnode < vnodes; ++vnode) {
    const std::size_t group = vnode / count;
    const std::size_t local = vnode % count;
    for (std::size_t position = 0; position < count; ++position) {
      const std::size_t place =
          group < full_groups
              ? place_in_full_group(count, strides[group % strides.size()], local, position)
              : place_in_last_group(count, last_size, local, position);
      ring.table_.push_back(ring.members_[place]);
    }
  }
  return ring;
}

// The vnode is the top bits of XXH3 over: length of the bucket's name (4 bytes, little-endian), the
// name, the key. It decides where data lies: frozen by tests/node/ring/ring_test.cc.
VnodeId Ring::vnode_of(std::string_view bucket, std::string_view key) const {
  constexpr std::size_t kPrefixBytes = 4;
  const std::size_t size = kPrefixBytes + bucket.size() + key.size();
  char near[512];  // nearly every key fits: no allocation
  std::string far;
  char* bytes = near;
  if (size > sizeof near) {
    far.resize(size);
    bytes = far.data();
  }
  for (std::size_t i = 0; i < kPrefixBytes; ++i) {
    bytes[i] = static_cast<char>((bucket.size() >> (8 * i)) & 0xff);
  }
  // An empty view may have no address, which memcpy must not be given.
  if (!bucket.empty()) std::memcpy(bytes + kPrefixBytes, bucket.data(), bucket.size());
  if (!key.empty()) std::memcpy(bytes + kPrefixBytes + bucket.size(), key.data(), key.size());

  const int bits = std::countr_zero(vnodes_);
  if (bits == 0) return 0;
  return static_cast<VnodeId>(hash64(std::string_view(bytes, size)) >> (64 - bits));
}

std::span<const NodeId> Ring::preference_list(VnodeId vnode) const {
  QUORATE_CHECK(vnode < vnodes_);
  return std::span<const NodeId>(table_).subspan(vnode * members_.size(), members_.size());
}

std::span<const NodeId> Ring::primaries(VnodeId vnode, std::size_t n) const {
  return preference_list(vnode).first(std::min(n, members_.size()));
}

std::uint64_t Ring::hash() const {
  std::string bytes;
  bytes.reserve(16 + 2 * (members_.size() + table_.size()));
  append_fixed(version_, 8, bytes);
  append_fixed(vnodes_, 4, bytes);
  append_fixed(members_.size(), 4, bytes);
  for (const NodeId node : members_) append_fixed(node, 2, bytes);
  for (const NodeId node : table_) append_fixed(node, 2, bytes);
  return hash64(bytes);
}

}  // namespace quorate
