// What the row cache keeps, what it lets go, and in which order.
#include "node/io/row_cache.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "node/base/random.h"

namespace quorate {
namespace {

constexpr std::size_t kPlenty = 1u << 20;

RowPtr row_of(const std::string& value) {
  Row row;
  Sibling sibling;
  sibling.dot = Dot{{1, 0}, 1};
  sibling.value = Blob(value);
  row.record.siblings.push_back(std::move(sibling));
  return std::make_shared<const Row>(std::move(row));
}

Key key_of(const std::string& name) { return Key{"default", name}; }

TEST(RowCache, GivesBackWhatWasPutInAndNothingElse) {
  RowCache cache(kPlenty);
  const RowPtr row = row_of("one");
  cache.put(3, key_of("a"), row);
  EXPECT_EQ(cache.find(3, key_of("a")), row);
  EXPECT_EQ(cache.find(4, key_of("a")), nullptr);
  EXPECT_EQ(cache.find(3, key_of("b")), nullptr);
  EXPECT_EQ(cache.find(3, Key{"other", "a"}), nullptr);
}

TEST(RowCache, ANewRowReplacesTheOldAndItsBytes) {
  RowCache cache(kPlenty);
  cache.put(0, key_of("a"), row_of(std::string(1000, 'x')));
  const std::size_t large = cache.bytes();
  const RowPtr small = row_of("x");
  cache.put(0, key_of("a"), small);
  EXPECT_EQ(cache.find(0, key_of("a")), small);
  EXPECT_EQ(cache.size(), 1u);
  EXPECT_LT(cache.bytes(), large);
}

TEST(RowCache, WhatIsRemovedIsGoneWithItsBytes) {
  RowCache cache(kPlenty);
  cache.put(0, key_of("a"), row_of("one"));
  cache.put(0, key_of("b"), row_of("two"));
  cache.remove(0, key_of("a"));
  cache.remove(0, key_of("never there"));
  EXPECT_EQ(cache.find(0, key_of("a")), nullptr);
  EXPECT_NE(cache.find(0, key_of("b")), nullptr);
  cache.clear();
  EXPECT_EQ(cache.find(0, key_of("b")), nullptr);
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST(RowCache, WhatWasUsedSinceTheHandCameByStays) {
  RowCache probe(kPlenty);
  probe.put(0, key_of("a"), row_of("x"));
  RowCache cache(8 * probe.bytes());
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
    cache.put(0, key_of(name), row_of("x"));
  }
  ASSERT_EQ(cache.size(), 8u);
  EXPECT_NE(cache.find(0, key_of("a")), nullptr);
  EXPECT_NE(cache.find(0, key_of("c")), nullptr);
  cache.put(0, key_of("i"), row_of("x"));  // the hand passes over a, and takes b
  cache.put(0, key_of("j"), row_of("x"));  // over c, and takes d
  EXPECT_EQ(cache.size(), 8u);
  EXPECT_EQ(cache.find(0, key_of("b")), nullptr);
  EXPECT_EQ(cache.find(0, key_of("d")), nullptr);
  for (const char* name : {"a", "c", "e", "f", "g", "h", "i", "j"}) {
    EXPECT_NE(cache.find(0, key_of(name)), nullptr) << name;
  }
}

TEST(RowCache, WhereAllAreUsedTheHandGoesRoundOnceAndTakesTheFirst) {
  RowCache probe(kPlenty);
  probe.put(0, key_of("a"), row_of("x"));
  RowCache cache(8 * probe.bytes());
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
    cache.put(0, key_of(name), row_of("x"));
    EXPECT_NE(cache.find(0, key_of(name)), nullptr);
  }
  cache.put(0, key_of("i"), row_of("x"));
  EXPECT_EQ(cache.size(), 8u);
  EXPECT_NE(cache.find(0, key_of("i")), nullptr);
  cache.clear();
  cache.put(0, key_of("a"), row_of("x"));
  EXPECT_NE(cache.find(0, key_of("a")), nullptr);
}

TEST(RowCache, ALargeRowIsNotKeptNorItsOlderSelf) {
  RowCache cache(64u << 10);
  cache.put(0, key_of("a"), row_of("small"));
  cache.put(0, key_of("b"), row_of("small"));
  cache.put(0, key_of("a"), row_of(std::string(32u << 10, 'x')));
  EXPECT_EQ(cache.find(0, key_of("a")), nullptr);
  EXPECT_NE(cache.find(0, key_of("b")), nullptr);
}

TEST(RowCache, WithoutRoomItKeepsNothing) {
  RowCache cache(0);
  cache.put(0, key_of("a"), row_of("one"));
  EXPECT_EQ(cache.find(0, key_of("a")), nullptr);
  EXPECT_EQ(cache.bytes(), 0u);
}

// Against a map that never forgets: a row is the last that was put in, or not there; and the bound
// holds.
TEST(RowCache, NeverGivesAnOlderRowOrMoreThanItsBytes) {
  constexpr std::size_t kBytes = 20'000;
  RowCache cache(kBytes);
  std::map<std::pair<VnodeId, std::string>, RowPtr> all;
  Random random(7);
  std::size_t hits = 0;
  for (int step = 0; step < 20'000; ++step) {
    const auto vnode = static_cast<VnodeId>(random.below(3));
    const std::string name = "k" + std::to_string(random.below(60));
    const std::uint64_t what = random.below(10);
    if (what < 4) {
      RowPtr row = row_of(std::string(random.below(300), 'v'));
      cache.put(vnode, key_of(name), row);
      all[{vnode, name}] = std::move(row);
    } else if (what == 4) {
      cache.remove(vnode, key_of(name));
      all.erase({vnode, name});
    } else if (const RowPtr found = cache.find(vnode, key_of(name))) {
      ++hits;
      const auto known = all.find({vnode, name});
      ASSERT_TRUE(known != all.end() && known->second == found) << "step " << step;
    }
    ASSERT_LE(cache.bytes(), kBytes);
  }
  EXPECT_GT(hits, 1'000u);
}

}  // namespace
}  // namespace quorate
