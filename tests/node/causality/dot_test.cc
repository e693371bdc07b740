#include "node/causality/dot.h"

#include <gtest/gtest.h>

#include <set>

#include "node/base/random.h"
#include "tests/support/test_seed.h"

namespace quorate {
namespace {

TEST(RunIdTest, NamesItsNodeForEverWhateverTheRandomPart) {
  for (const NodeId node : {NodeId{1}, NodeId{2}, NodeId{255}, NodeId{65535}}) {
    for (const std::uint64_t random : {std::uint64_t{0}, std::uint64_t{1}, UINT64_MAX}) {
      EXPECT_EQ(node_of(make_run_id(node, random)), node);
    }
  }
}

TEST(RunIdTest, Keeps48BitsOfTheRandomPart) {
  EXPECT_EQ(make_run_id(7, 0x123456789abc), 0x123456789abc0007);
  EXPECT_EQ(make_run_id(7, 0xffff123456789abc), 0x123456789abc0007);
}

// DESIGN 7, kv679_uid: two nodes that start in the same instant, and one node that starts again and
// again.
TEST(RunIdTest, DiffersForEveryStartOfEveryNode) {
  Random random(testing_support::test_seed());
  std::set<RunId> runs;
  for (int i = 0; i < 100'000; ++i) {
    EXPECT_TRUE(runs.insert(make_run_id(static_cast<NodeId>(1 + i % 5), random.next())).second);
  }
  EXPECT_NE(make_run_id(1, 42), make_run_id(2, 42));
}

TEST(DotTest, ComparesByActorThenCounter) {
  const Dot dot{{5, 2}, 7};
  EXPECT_LT(dot, (Dot{{5, 2}, 8}));
  EXPECT_LT(dot, (Dot{{5, 3}, 1}));
  EXPECT_LT(dot, (Dot{{6, 1}, 1}));
  EXPECT_EQ(dot, (Dot{{5, 2}, 7}));
}

TEST(DotTest, PrintsNodeRunEpochAndCounter) {
  const Actor actor{make_run_id(2, 0x5f3a91c04b7e), 3};
  EXPECT_EQ(to_string(actor), "n2.5f3a91c04b7e/3");
  EXPECT_EQ(to_string(Dot{actor, 17}), "n2.5f3a91c04b7e/3:17");
  EXPECT_EQ(to_string(Dot{{make_run_id(65535, 1), UINT32_MAX}, kCounterMax}),
            "n65535.000000000001/4294967295:281474976710656");
}

}  // namespace
}  // namespace quorate
