// The keys of the store: their order, their bytes, and that no two things share one.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "node/base/random.h"
#include "node/io/row_keys.h"
#include "tests/support/test_seed.h"

namespace quorate::testing_support {
namespace {

std::string row_key(VnodeId vnode, const Key& key) {
  std::string bytes;
  row_keys::append_row(vnode, key, bytes);
  return bytes;
}

std::string siblings_prefix(VnodeId vnode, const Key& key) {
  std::string bytes;
  row_keys::append_siblings_prefix(vnode, key, bytes);
  return bytes;
}

std::string sibling_key(VnodeId vnode, const Key& key, const Dot& dot) {
  std::string bytes;
  row_keys::append_sibling(vnode, key, dot, bytes);
  return bytes;
}

// Few different bytes, the troublesome ones, so that prefixes and equal keys are frequent.
std::string random_text(Random& random) {
  constexpr char kBytes[] = {'\0', '\x01', 'a', '\xfe', '\xff'};
  std::string text(random.below(5), '\0');
  for (char& byte : text) byte = kBytes[random.below(sizeof kBytes)];
  return text;
}

Key random_key(Random& random) { return Key{random_text(random), random_text(random)}; }

TEST(RowKeys, AreOrderedAsVnodeBucketAndName) {
  Random random(test_seed());
  for (int i = 0; i < 100'000; ++i) {
    const auto vnode_a = static_cast<VnodeId>(random.below(3) * 255);
    const auto vnode_b = static_cast<VnodeId>(random.below(3) * 255);
    const Key a = random_key(random);
    const Key b = random_key(random);
    const bool less = vnode_a != vnode_b ? vnode_a < vnode_b : a < b;
    EXPECT_EQ(row_key(vnode_a, a) < row_key(vnode_b, b), less);
    EXPECT_EQ(row_key(vnode_a, a) == row_key(vnode_b, b), vnode_a == vnode_b && a == b);
  }
}

TEST(RowKeys, GiveBackTheKeyThatTheyWereMadeOf) {
  Random random(test_seed());
  for (int i = 0; i < 10'000; ++i) {
    const Key key = random_key(random);
    std::string prefix;
    row_keys::append_vnode_prefix(7, prefix);
    const std::string bytes = row_key(7, key);
    ASSERT_TRUE(bytes.starts_with(prefix));
    EXPECT_EQ(row_keys::parse_row(std::string_view(bytes).substr(prefix.size())), key);
  }
}

TEST(RowKeys, ThatAreMalformedAreNoKeys) {
  EXPECT_FALSE(row_keys::parse_row(""));
  EXPECT_FALSE(row_keys::parse_row("bucket without an end"));
  EXPECT_FALSE(row_keys::parse_row(std::string_view("b\0", 2)));
  EXPECT_FALSE(row_keys::parse_row(std::string_view("b\0\x01k", 4)));
  EXPECT_FALSE(row_keys::parse_dot("too short"));
  EXPECT_FALSE(row_keys::parse_dot(std::string(21, 'd')));
}

TEST(RowKeys, OfSiblingsAreOrderedAsTheirDots) {
  Random random(test_seed());
  const Key key{"b", "k"};
  const std::string prefix = siblings_prefix(1, key);
  const auto random_dot = [&] {
    return Dot{Actor{random.below(3) << 60, static_cast<std::uint32_t>(random.below(3) * 255)},
               random.below(600)};
  };
  for (int i = 0; i < 10'000; ++i) {
    const Dot a = random_dot();
    const Dot b = random_dot();
    EXPECT_EQ(sibling_key(1, key, a) < sibling_key(1, key, b), a < b);
    EXPECT_EQ(row_keys::parse_dot(std::string_view(sibling_key(1, key, a)).substr(prefix.size())),
              a);
  }
}

// A row's siblings are found by their prefix: no other row's may start with it.
TEST(RowKeys, OfSiblingsStartWithThePrefixOfTheirOwnRowOnly) {
  Random random(test_seed());
  for (int i = 0; i < 100'000; ++i) {
    const Key a = random_key(random);
    const Key b = random_key(random);
    const std::string key = sibling_key(1, a, Dot{Actor{1, 1}, 1});
    EXPECT_EQ(key.starts_with(siblings_prefix(1, b)), a == b);
    const std::string end = row_keys::end_of_prefix(siblings_prefix(1, b));
    EXPECT_EQ(key >= siblings_prefix(1, b) && key < end, a == b);
  }
}

TEST(RowKeys, TheEndOfAPrefixIsBehindAllThatStartWithIt) {
  EXPECT_EQ(row_keys::end_of_prefix("ab"), "ac");
  EXPECT_EQ(row_keys::end_of_prefix("a\xff\xff"), "b");
  EXPECT_EQ(row_keys::end_of_prefix(std::string("\x02\xff\xff", 3)), "\x03");
}

// Part of the store's format: these bytes are on disks.
TEST(RowKeys, KeepTheirBytes) {
  const Key key{std::string("b\0c", 3), "name"};
  EXPECT_EQ(row_key(0x0102, key), std::string("\x02\x01\x02"
                                              "b\0\xff"
                                              "c\0\0name",
                                              13));
  EXPECT_EQ(sibling_key(0x0102, key, Dot{Actor{0x1122334455667788, 0xaabbccdd}, 5}),
            std::string("\x03\x01\x02"
                        "b\0\xff"
                        "c\0\0name\0\0"
                        "\x11\x22\x33\x44\x55\x66\x77\x88\xaa\xbb\xcc\xdd\0\0\0\0\0\0\0\x05",
                        35));
  std::string meta;
  row_keys::append_meta("m", meta);
  EXPECT_EQ(meta, "\x01m");
}

}  // namespace
}  // namespace quorate::testing_support
