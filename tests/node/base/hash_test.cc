#include "node/base/hash.h"

#include <gtest/gtest.h>

#include <string>

namespace quorate {
namespace {

// Of XXH3 with 64 bits, as its authors publish and freeze it: rings, checksums and stored sums
// stand on these.
TEST(Hash64, IsXxh3OnEveryMachineAndInEveryVersion) {
  EXPECT_EQ(hash64(""), 0x2d06800538d394c2u);
  EXPECT_EQ(hash64("a"), 0xe6c632b61e964e1fu);
  EXPECT_EQ(hash64("abc"), 0x78af5f94892f3950u);
  EXPECT_EQ(hash64("The quick brown fox jumps over the lazy dog"), 0xce7d19a5418fb365u);
  EXPECT_EQ(hash64(std::string(1000, 'x')), 0xc0a4877b962cba82u);  // the way of long inputs
  EXPECT_EQ(hash64("abc", 1), 0x6b4467b443c76228u);
}

TEST(Hash64, DependsOnEveryByteAndOnTheSeed) {
  const std::string bytes(300, '\0');
  const std::uint64_t hash = hash64(bytes);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = '\1';
    ASSERT_NE(hash64(changed), hash);
  }
  EXPECT_NE(hash64(bytes, 1), hash);
  EXPECT_NE(hash64(std::string(299, '\0')), hash);
}

}  // namespace
}  // namespace quorate
