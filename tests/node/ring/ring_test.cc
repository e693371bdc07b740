#include "node/ring/ring.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace quorate {
namespace {

std::vector<NodeId> members_to(std::size_t count) {
  std::vector<NodeId> members;
  for (std::size_t i = 1; i <= count; ++i) members.push_back(static_cast<NodeId>(i));
  return members;
}

Ring ring_of(std::size_t members, std::uint32_t vnodes, RingVersion version = 1) {
  Result<Ring> ring = Ring::compute(version, members_to(members), vnodes);
  EXPECT_TRUE(ring) << ring.error().to_string();
  return *std::move(ring);
}

// Invariants (1) and (2) of ring.h, for every prefix length.
void expect_balanced(const Ring& ring) {
  const std::size_t count = ring.members().size();
  std::map<NodeId, std::size_t> places;
  std::vector<std::set<NodeId>> named(ring.vnodes());
  for (std::size_t n = 1; n <= count; ++n) {
    for (std::uint32_t vnode = 0; vnode < ring.vnodes(); ++vnode) {
      const NodeId node = ring.preference_list(static_cast<VnodeId>(vnode))[n - 1];
      ++places[node];
      ASSERT_TRUE(named[vnode].insert(node).second)
          << "node " << node << " twice in vnode " << vnode;
    }
    const std::size_t least = ring.vnodes() * n / count;
    const std::size_t most = (ring.vnodes() * n + count - 1) / count;
    for (const NodeId node : ring.members()) {
      ASSERT_GE(places[node], least) << "node " << node << " in the first " << n;
      ASSERT_LE(places[node], most) << "node " << node << " in the first " << n;
    }
  }
}

TEST(RingTable, IsBalancedForEveryPrefixAllMemberCountsTo32AndAllVnodeCountsTo1024) {
  int rings = 0;
  for (std::uint32_t vnodes = 1; vnodes <= 1024; vnodes *= 2) {
    for (std::size_t members = 1; members <= 32; ++members, ++rings) {
      SCOPED_TRACE(std::to_string(members) + " members, " + std::to_string(vnodes) + " vnodes");
      expect_balanced(ring_of(members, vnodes));
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_EQ(rings, 11 * 32);
}

TEST(RingTable, IsBalancedAtItsLargest) {
  for (const std::size_t members : {std::size_t{100}, std::size_t{251}, Ring::kMembersMax}) {
    SCOPED_TRACE(std::to_string(members) + " members");
    expect_balanced(ring_of(members, 64));
    expect_balanced(ring_of(members, Ring::kVnodesMax));
  }
}

// Where the next fallback is, for all vnodes of which a dead node is a primary.
std::map<NodeId, std::size_t> heirs_of(const Ring& ring, NodeId dead, std::size_t n) {
  std::map<NodeId, std::size_t> heirs;
  for (std::uint32_t vnode = 0; vnode < ring.vnodes(); ++vnode) {
    const auto list = ring.preference_list(static_cast<VnodeId>(vnode));
    if (std::find(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(n), dead) !=
        list.begin() + static_cast<std::ptrdiff_t>(n)) {
      ++heirs[list[n]];
    }
  }
  return heirs;
}

TEST(RingTable, WhatADeadNodeHeldFallsToManyOthersAndNoneOfThemTakesTwiceItsShare) {
  for (std::size_t members = 4; members <= 16; ++members) {
    const Ring ring = ring_of(members, 1024);
    for (const NodeId dead : ring.members()) {
      SCOPED_TRACE(std::to_string(members) + " members, dead: " + std::to_string(dead));
      const auto heirs = heirs_of(ring, dead, 3);
      std::size_t all = 0;
      std::size_t most = 0;
      for (const auto& [heir, vnodes] : heirs) {
        all += vnodes;
        most = std::max(most, vnodes);
      }
      EXPECT_GE(heirs.size() * 3, (members - 1) * 2) << "at least two thirds of the survivors";
      EXPECT_LE(most * (members - 1), 2 * all);
    }
  }
}

TEST(RingTable, NamesPrimariesFirstAndNeverMoreThanThereAre) {
  const Ring ring = ring_of(5, 64);
  for (VnodeId vnode = 0; vnode < 64; ++vnode) {
    const auto list = ring.preference_list(vnode);
    ASSERT_EQ(list.size(), 5u);
    for (std::size_t n = 0; n <= 7; ++n) {
      const auto primaries = ring.primaries(vnode, n);
      ASSERT_EQ(primaries.size(), std::min<std::size_t>(n, 5));
      ASSERT_TRUE(std::equal(primaries.begin(), primaries.end(), list.begin()));
    }
  }
}

TEST(RingTable, IsTheSameInWhateverOrderTheMembersAreNamed) {
  const Ring a = *Ring::compute(3, {30, 7, 65535, 12}, 128);
  const Ring b = *Ring::compute(3, {7, 12, 65535, 30}, 128);
  EXPECT_EQ(a.members(), (std::vector<NodeId>{7, 12, 30, 65535}));
  EXPECT_EQ(a.hash(), b.hash());
  for (VnodeId vnode = 0; vnode < 128; ++vnode) {
    const auto left = a.preference_list(vnode);
    const auto right = b.preference_list(vnode);
    ASSERT_TRUE(std::equal(left.begin(), left.end(), right.begin(), right.end()));
  }
}

TEST(RingHash, DiffersWithVersionMembersAndVnodes) {
  std::set<std::uint64_t> hashes;
  for (const RingVersion version : {RingVersion{1}, RingVersion{2}, RingVersion{1} << 40}) {
    for (std::size_t members = 1; members <= 8; ++members) {
      for (std::uint32_t vnodes = 1; vnodes <= 256; vnodes *= 2) {
        EXPECT_TRUE(hashes.insert(ring_of(members, vnodes, version).hash()).second);
      }
    }
  }
  EXPECT_EQ((*Ring::compute(1, {1, 2, 4}, 64)).hash() == ring_of(3, 64).hash(), false);
}

// Frozen: a ring that moved would look for data where it is not, and nodes of two versions would
// refuse each other.
TEST(RingHash, IsWhatItAlwaysWas) {
  EXPECT_EQ(ring_of(3, 64).hash(), 0x2a1bea3fd5231c97u);
  EXPECT_EQ(ring_of(5, 64).hash(), 0x41d6f088bb33fc1au);
}

TEST(RingTable, IsWhatItAlwaysWas) {
  const Ring ring = ring_of(3, 8);  // two full groups with strides 1 and 2, then a deal of two
  const std::vector<std::vector<NodeId>> expected = {{1, 2, 3}, {2, 3, 1}, {3, 1, 2}, {1, 3, 2},
                                                     {2, 1, 3}, {3, 2, 1}, {1, 3, 2}, {2, 1, 3}};
  for (VnodeId vnode = 0; vnode < 8; ++vnode) {
    const auto list = ring.preference_list(vnode);
    EXPECT_EQ(std::vector<NodeId>(list.begin(), list.end()), expected[vnode]) << "vnode " << vnode;
  }
}

TEST(VnodeOf, IsWhatItAlwaysWas) {
  struct Vector {
    std::string bucket;
    std::string key;
    VnodeId of_64;
    VnodeId of_4096;
  };
  const Vector vectors[] = {
      {"default", "city:1", 43, 2802},
      {"default", "city:2", 44, 2836},
      {"default", "", 35, 2280},
      {"", "city:1", 29, 1907},
      {"default", std::string("\0\xff", 2), 42, 2709},
      {"cart", std::string(1024, 'k'), 14, 896},
      {"ab", "c", 24, 1554},
      {"a", "bc", 55, 3553},
  };
  const Ring of_1 = ring_of(1, 1);
  const Ring of_64 = ring_of(3, 64);
  const Ring of_4096 = ring_of(5, 4096);
  for (const Vector& v : vectors) {
    SCOPED_TRACE(v.bucket + "/" + v.key);
    EXPECT_EQ(of_1.vnode_of(v.bucket, v.key), 0);
    EXPECT_EQ(of_64.vnode_of(v.bucket, v.key), v.of_64);
    EXPECT_EQ(of_4096.vnode_of(v.bucket, v.key), v.of_4096);
  }
}

TEST(VnodeOf, SpreadsKeysEvenly) {
  const Ring ring = ring_of(3, 64);
  std::vector<int> keys(64);
  for (int i = 0; i < 64'000; ++i) ++keys[ring.vnode_of("default", "key:" + std::to_string(i))];
  for (const int count : keys) {
    EXPECT_GT(count, 850);
    EXPECT_LT(count, 1150);
  }
}

TEST(VnodeOf, HalvesItsPieceWhenVnodesDouble) {
  const Ring coarse = ring_of(3, 64);
  const Ring fine = ring_of(3, 128);
  for (int i = 0; i < 1'000; ++i) {
    const std::string key = std::to_string(i);
    ASSERT_EQ(coarse.vnode_of("default", key), fine.vnode_of("default", key) / 2);
  }
}

TEST(RingInput, IsRefusedWithAReason) {
  const struct {
    std::vector<NodeId> members;
    std::uint32_t vnodes;
    const char* reason;
  } cases[] = {
      {{}, 64, "a ring needs at least one member"},
      {{1, 2, 0}, 64, "member 0: node ids run from 1 to 65535"},
      {{1, 2, 1}, 64, "member 1 is named twice"},
      {{1}, 0, "0 vnodes; it must be a power of two from 1 to 4096"},
      {{1}, 48, "48 vnodes; it must be a power of two from 1 to 4096"},
      {{1}, 8192, "8192 vnodes; it must be a power of two from 1 to 4096"},
      {members_to(257), 64, "a ring of 257 members; at most 256 are possible"},
  };
  for (const auto& c : cases) {
    const Result<Ring> ring = Ring::compute(1, c.members, c.vnodes);
    ASSERT_FALSE(ring) << c.reason;
    EXPECT_EQ(ring.error().code, ErrorCode::kInvalidInput);
    EXPECT_EQ(ring.error().message, c.reason);
  }
}

TEST(RingDeathTest, AVnodeBeyondTheLastIsABug) {
  const Ring ring = ring_of(3, 64);
  EXPECT_DEATH((void)ring.preference_list(64), "check failed");
}

}  // namespace
}  // namespace quorate
