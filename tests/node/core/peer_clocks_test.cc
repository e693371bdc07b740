#include "node/core/peer_clocks.h"

#include <gtest/gtest.h>

namespace quorate {
namespace {

PeerClocks with(std::initializer_list<std::int64_t> offsets, std::int64_t skew_max_ms = 500) {
  PeerClocks clocks(skew_max_ms);
  NodeId peer = 2;
  for (const std::int64_t offset_ms : offsets) clocks.heard(peer++, offset_ms);
  return clocks;
}

TEST(PeerClocks, AClockWithinTheBoundIsLeftAsItIs) {
  EXPECT_EQ(with({}).correction_ms(), 0);
  EXPECT_EQ(with({400, 500}).correction_ms(), 0);
  EXPECT_FALSE(with({400, 500}).skewed());
}

TEST(PeerClocks, AClockFarFromMostOthersIsSetRight) {
  EXPECT_EQ(with({-10'000, -10'100}).correction_ms(), -10'000);
  EXPECT_EQ(with({10'000, 10'100}).correction_ms(), 10'000);
  EXPECT_EQ(with({10'000, 10'100, 9'000, 12'000}).correction_ms(), 10'000);
  EXPECT_TRUE(with({10'000, 10'100}).skewed());
}

TEST(PeerClocks, OneStrangePeerChangesNothing) {
  EXPECT_EQ(with({1'000'000}).correction_ms(), 0);
  EXPECT_EQ(with({1'000'000, 10}).correction_ms(), 0);
  EXPECT_EQ(with({-1'000'000, 10, 20, -30}).correction_ms(), 0);
}

TEST(PeerClocks, WhenOffAnyClockIsLeftAsItIs) {
  EXPECT_EQ(with({-10'000, -10'100}, 0).correction_ms(), 0);
  EXPECT_FALSE(with({-10'000, -10'100}, 0).skewed());
  EXPECT_EQ(with({-10'000, -10'100}, 0).median_offset_ms(), -10'000);
}

TEST(PeerClocks, KnowsWhoWasHeard) {
  const PeerClocks clocks = with({7});
  std::int64_t offset_ms = 0;
  EXPECT_TRUE(clocks.offset_ms(2, &offset_ms));
  EXPECT_EQ(offset_ms, 7);
  EXPECT_FALSE(clocks.offset_ms(3, &offset_ms));
}

}  // namespace
}  // namespace quorate
