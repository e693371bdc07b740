#include "node/base/blob.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace quorate {
namespace {

TEST(BlobTest, HoldsAnyBytes) {
  const std::string bytes("\0a\xff\n", 4);
  const Blob blob(bytes);
  EXPECT_EQ(blob.view(), bytes);
  EXPECT_EQ(blob.size(), 4u);
}

TEST(BlobTest, IsEmptyWhenDefaultAndWhenMadeOfNothing) {
  EXPECT_EQ(Blob().size(), 0u);
  EXPECT_EQ(Blob().view(), "");
  EXPECT_EQ(Blob(std::string()), Blob());
}

TEST(BlobTest, ComparesByBytes) {
  EXPECT_EQ(Blob("same"), Blob("same"));
  EXPECT_NE(Blob("same"), Blob("other"));
  EXPECT_NE(Blob("same"), Blob());
}

TEST(BlobTest, CopiesShareOneBuffer) {
  const Blob blob(std::string(100'000, 'x'));
  const Blob copy = blob;
  EXPECT_EQ(copy.view().data(), blob.view().data());
  Blob outlives;
  {
    const Blob inner(std::string(100'000, 'y'));
    outlives = inner;
  }
  EXPECT_EQ(outlives.view(), std::string(100'000, 'y'));
}

TEST(BlobTest, TakesOverTheBytesOfAMovedString) {
  std::string bytes(100'000, 'x');
  const char* address = bytes.data();
  const Blob blob(std::move(bytes));
  EXPECT_EQ(blob.view().data(), address);
}

}  // namespace
}  // namespace quorate
